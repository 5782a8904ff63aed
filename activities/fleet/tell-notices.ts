import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { NoticeActivities, NoticesTold } from '../../shared/contract/notice-messages.ts';
import {
  dueAt,
  groupKeyOf,
  tellingAt,
  type NoticeContent,
  type NoticeGroup,
  type Pace,
} from '../../shared/domain/notice.ts';
import type { FleetEvent } from '../../shared/domain/fleet-event.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { NoticeMessage, Notices } from '../../shared/platform/persistence/stores/notice-store.ts';
import { fleetEventBody, SUMMARY_TYPE, summaryBody } from '../../shared/platform/webhooks/notice-body.ts';
import { toldOfFleet } from '../../shared/platform/webhooks/told-of.ts';
import type { WebhookSource } from '../../shared/platform/webhooks/webhook-file.ts';
import { startDelivery } from './announce-plan.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface NoticeDeps {
  client: Pick<Client, 'workflow'>;
  database: { notices: Database['notices'] };
  /** Default: nobody is told of anything. */
  source?: WebhookSource;
}

/** Telling endpoints, as an activity. */
export function createNoticeActivities(deps: NoticeDeps): NoticeActivities {
  return { tellNotices: () => tellNotices(deps) };
}

/** Events, and deliveries, of one transaction or turn. */
const AT_ONCE = 500;

/**
 * Tells endpoints of what happened in the fleet, and of what their quiet hours held back, by the webhooks as they are now.
 * What is to be told lies in the database at every moment, and moves on in one transaction each: a process that dies
 * between any two of them leaves it to the next run. Answers how many events, messages and deliveries there were.
 */
export async function tellNotices(
  { client, database: { notices }, source }: NoticeDeps,
  now: () => number = currentMs,
): Promise<NoticesTold> {
  const endpoints = source?.current().endpoints ?? [];
  const told = { events: 0, messages: 0, deliveries: 0 };
  for (let routed = AT_ONCE; routed === AT_ONCE; told.events += routed) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
    routed = await notices.route(AT_ONCE, (event) =>
      toldOfFleet({ endpoints }, event).map((endpoint) => ({
        endpoint: endpoint.name,
        groupKey: groupKeyOf(event),
        dueMs: dueAt(event, endpoint, now()),
      })),
    );
  }
  for (const [name, groups] of await notices.untold()) {
    // What is for an endpoint that is gone is told all the same: its delivery fails and says so.
    const pace = endpoints.find((endpoint) => endpoint.name === name) ?? GONE;
    // oxlint-disable-next-line no-await-in-loop -- as above
    told.messages += await tellEndpoint(notices, name, tellingAt(groups, pace, now()), now());
  }
  for (let started = AT_ONCE; started === AT_ONCE; told.deliveries += started) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    started = await startDeliveries(client, notices);
  }
  return told;
}

const GONE: Pick<Pace, 'quietHours'> = { quietHours: null };

async function tellEndpoint(
  notices: Database['notices'],
  endpoint: string,
  { single, summary }: { single: NoticeGroup[]; summary: NoticeGroup[] },
  nowMs: number,
): Promise<number> {
  let messages = 0;
  const tell = async (done: Promise<boolean>): Promise<void> => {
    if (await done) messages += 1;
  };
  // The night comes first.
  if (summary.length > 0) {
    const keys = summary.map(({ groupKey }) => groupKey);
    await tell(notices.tell(endpoint, keys, (groups) => summaryMessage(groups, nowMs)));
  }
  for (const { groupKey, isOfPlan } of single.map(withKind)) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
    await tell(
      isOfPlan
        ? notices.tellAsStored(endpoint, groupKey)
        : notices.tell(endpoint, [groupKey], (groups) => groupMessage(groups, nowMs)),
    );
  }
  return messages;
}

function withKind({ groupKey, type }: NoticeGroup): { groupKey: string; isOfPlan: boolean } {
  return { groupKey, isOfPlan: /^(plan|rollout|rollback)\./.test(type) };
}

function groupMessage(groups: readonly Notices[], nowMs: number): NoticeMessage {
  const [first, ...others] = groups.flat().flatMap((notice) => (notice.of === 'fleet' ? notice.event : []));
  if (first === undefined) throw new Error('a group of the fleet holds events of the fleet');
  const events: [FleetEvent, ...FleetEvent[]] = [first, ...others];
  return { type: first.type, environment: environmentOf(groups), body: fleetEventBody(events, nowMs) };
}

function summaryMessage(groups: readonly Notices[], nowMs: number): NoticeMessage {
  return { type: SUMMARY_TYPE, environment: environmentOf(groups), body: summaryBody(groups, nowMs) };
}

/** Null when they are of several, or of none. */
function environmentOf(groups: readonly Notices[]): string | null {
  const environments = new Set(groups.flat().map(environmentOfNotice));
  const [only] = environments;
  return environments.size === 1 ? (only ?? null) : null;
}

function environmentOfNotice(notice: NoticeContent): string | null {
  return notice.of === 'fleet' ? notice.event.environment : notice.environment;
}

async function startDeliveries(client: Pick<Client, 'workflow'>, notices: Database['notices']): Promise<number> {
  const deliveries = await notices.unstarted(AT_ONCE);
  for (const delivery of deliveries) {
    // oxlint-disable-next-line no-await-in-loop -- quick, and in their order
    await startDelivery(client, delivery).catch((error: unknown) => {
      // Begun by a process that died before it could say so.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    });
    // oxlint-disable-next-line no-await-in-loop -- as above
    await notices.markStarted(delivery);
  }
  return deliveries.length;
}
