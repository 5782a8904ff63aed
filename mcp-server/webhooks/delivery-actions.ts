import { z } from 'zod';
import { PlanId } from '../../shared/domain/ids.ts';
import { TOLD_EVENTS } from '../../shared/domain/told-event.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { StoredDelivery, WebhookStore } from '../../shared/platform/persistence/stores/webhook-store.ts';
import { SUMMARY_TYPE } from '../../shared/platform/webhooks/notice-body.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Comment, Cursor, NextCursor } from '../call/input-fields.ts';

export interface WebhookActionDeps {
  webhooks: Pick<WebhookStore, 'list' | 'get' | 'setState'>;
  fleet: Pick<FleetClient, 'deliverWebhook'>;
}

const State = z.enum(['pending', 'delivered', 'failed']);
const EventId = z.string().regex(/^evt_[0-9A-HJKMNP-TV-Z]{26}$/, 'an event id: "evt_" and 26 characters');
const EndpointName = z.string().min(1).max(64).describe('Name of the endpoint in the webhooks file');

const DeliveryShape = z.object({
  eventId: z.string(),
  endpoint: z.string(),
  type: z.string(),
  planId: z.string().nullable(),
  state: State.describe('`failed`: it is not tried again by itself'),
  attempts: z.int(),
  lastStatus: z.int().nullable().describe('Of the last answer; null when none came'),
  lastError: z.string().nullable(),
  occurredAt: z.string(),
  changedAt: z.string(),
}) satisfies z.ZodType<StoredDelivery>;

const forAdministrators = {
  toolset: 'fleet',
  isCore: false,
  rate: 'admin',
  phase: 3,
  roles: ['admin'],
  scopes: ['fleet:admin'],
  surfaces: ['http'],
  target: { on: 'nothing' },
} as const;

/** What endpoints were told, and telling one of them once more. */
export function webhookActions(deps: WebhookActionDeps): Action[] {
  return [listDeliveriesAction(deps), replayDeliveryAction(deps)];
}

function listDeliveriesAction({ webhooks }: WebhookActionDeps): Action {
  return defineAction({
    ...forAdministrators,
    name: 'list_webhook_deliveries',
    title: 'List webhook deliveries',
    description: 'What the endpoints of the deployment were told, and what they did not take; newest first.',
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({
      state: State.optional().describe('Only these'),
      planId: PlanId.optional().describe('Only events of this plan'),
      type: z
        .enum([...TOLD_EVENTS, SUMMARY_TYPE])
        .optional()
        .describe('Only events of this type'),
      limit: z.int().min(1).max(100).default(25).describe('Deliveries of one page'),
      cursor: Cursor,
    }),
    output: z.object({ deliveries: z.array(DeliveryShape), nextCursor: NextCursor }),
    async dispatch({ input: { state, planId, type, limit }, after }) {
      const [eventId = '', endpoint = ''] = after?.split('/') ?? [];
      const before = after === null ? undefined : { eventId, endpoint };
      const found = await webhooks.list({ state, planId, type, limit: limit + 1, before });
      const deliveries = found.slice(0, limit);
      const last = deliveries.at(-1);
      const next = found.length > limit && last !== undefined ? `${last.eventId}/${last.endpoint}` : undefined;
      return { output: { deliveries }, next };
    },
    summarize: ({ deliveries }) => `${deliveries.length} deliveries.`,
  });
}

function replayDeliveryAction({ webhooks, fleet }: WebhookActionDeps): Action {
  return defineAction({
    ...forAdministrators,
    name: 'replay_webhook_delivery',
    title: 'Replay a webhook delivery',
    description:
      'Has an endpoint told of an event once more, under the same event id, also when it has taken it before.',
    hints: { readOnly: false, destructive: false, idempotent: false },
    audited: true,
    input: z.strictObject({ eventId: EventId.describe('Id of the event'), endpoint: EndpointName, comment: Comment }),
    output: DeliveryShape,
    async dispatch({ input: { eventId, endpoint } }) {
      const find = async () => {
        const found = await webhooks.get(eventId, endpoint);
        if (found !== null) return found;
        throw new AppError('NOT_FOUND', {
          message: `No endpoint "${endpoint}" was to be told of ${eventId}.`,
          hint: 'The list of webhook deliveries has the ids and the endpoints of each.',
        });
      };
      await find();
      await webhooks.setState(eventId, endpoint, 'pending', null);
      await fleet.deliverWebhook({ eventId, endpoint });
      return { output: DeliveryShape.parse(await find()) };
    },
    summarize: ({ eventId, endpoint }) => `${endpoint} is told of ${eventId} once more.`,
  });
}
