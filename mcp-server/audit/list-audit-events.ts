import { z } from 'zod';
import type { Device } from '../../shared/domain/device.ts';
import { rolesOn, rolesOnFleet, type Principal, type Role } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { pageOf } from '../../shared/operations/define-list-read.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import { resolvePlan } from '../call/resolve-plan.ts';
import { PlanIdField } from '../plans/plan-shape.ts';

const AuditEventShape = z.object({
  seq: z.int(),
  key: z.string(),
  at: z.string(),
  action: z.string(),
  actor: z.string(),
  actorEmail: z.string().nullable(),
  clientId: z.string().nullable(),
  via: z.string().nullable(),
  planId: z.string().nullable(),
  deviceId: z.string().nullable(),
  operation: z.string().nullable(),
  outcome: z.enum(['requested', 'ok', 'refused', 'failed', 'unknown']),
  code: z.string().nullable(),
  message: z.string().nullable(),
  arguments: z.record(z.string(), z.unknown()).nullable(),
  details: z.record(z.string(), z.unknown()).nullable(),
  correlationId: z.string().nullable(),
});

const ListAuditInput = z.strictObject({
  planId: PlanIdField.optional(),
  deviceId: z.string().min(1).max(64).optional().describe('Device id or unique name'),
  action: z.string().max(64).optional().describe('Only events of this action'),
  limit: z.int().min(1).max(500).default(100).describe('Events of one page'),
  cursor: Cursor,
});

/** Who may read what others did. */
const READERS: readonly Role[] = ['auditor', 'admin'];

/**
 * The audit trail: all of it for auditors and administrators of the whole fleet, that of a device for those of the device,
 * and that of a visible plan for everybody else.
 */
export function listAuditEventsAction(database: Pick<Database, 'audit' | 'plans' | 'devices'>): Action {
  return defineAction({
    name: 'list_audit_events',
    title: 'List audit events',
    description:
      'Who asked for what, when, through which client, and what came of it, newest first: of a plan, a device, or an action. ' +
      'All of it for auditors and administrators of the whole fleet; others name their device, or a plan they may see.',
    toolset: 'audit',
    isCore: false,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['mcp', 'http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: ListAuditInput,
    output: z.object({ events: z.array(AuditEventShape), nextCursor: NextCursor }),
    target: { on: 'nothing' },
    async dispatch({ input: { planId, deviceId, action, limit }, principal, after }) {
      const device = deviceId === undefined ? null : await resolveDevice(database.devices, principal, deviceId);
      if (planId !== undefined) await refuseOtherPlan(database, principal, planId);
      else refuseOthersEvents(principal, device);
      const rows = await database.audit.list({
        // One more than the page holds, because a page that is just full may be the last.
        limit: limit + 1,
        ...(planId === undefined ? {} : { planId }),
        ...(device === null ? {} : { deviceId: device.deviceId }),
        ...(action === undefined ? {} : { action }),
        ...(after === null ? {} : { before: Number(after) }),
      });
      // By size too: what people asked for may be long.
      const { rows: events, nextOffset } = pageOf(rows, { limit, offset: 0 });
      const last = nextOffset === null ? undefined : events.at(-1);
      return { output: { events }, next: last === undefined ? undefined : String(last.seq) };
    },
    summarize: ({ events }) => `${events.length} audit events.`,
  });
}

/** An auditor of everything also reads of plans that are gone; everybody else of those they may see. */
async function refuseOtherPlan(
  database: Pick<Database, 'plans' | 'devices'>,
  principal: Principal,
  planId: string,
): Promise<void> {
  if (isReader(rolesOnFleet(principal))) return;
  await resolvePlan(database, principal, planId);
}

function refuseOthersEvents(principal: Principal, device: Device | null): void {
  if (isReader(device === null ? rolesOnFleet(principal) : rolesOn(principal, device))) return;
  throw new AppError('FORBIDDEN', {
    message: `Only auditors and administrators ${device === null ? 'of the whole fleet may read the whole' : `of ${device.name} may read its`} audit trail.`,
    hint: 'Give the planId of a plan you may see.',
  });
}

function isReader(roles: readonly Role[]): boolean {
  return READERS.some((role) => roles.includes(role));
}
