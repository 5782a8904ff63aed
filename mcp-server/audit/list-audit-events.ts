import { z } from 'zod';
import type { Device } from '../../shared/domain/device.ts';
import { devicesOfRoles, rolesOn, rolesOnFleet, type Principal, type Role } from '../../shared/domain/principal.ts';
import { TIERS } from '../../shared/domain/tier.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { pageOf } from '../../shared/operations/define-list-read.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { AUDIT_OUTCOMES } from '../../shared/platform/persistence/stores/audit-record.ts';
import type { ActionRecord, RecordFilter } from '../../shared/platform/persistence/stores/audit-store.ts';
import { defineAction, type Action } from '../call/action.ts';
import { Cursor, NextCursor } from '../call/input-fields.ts';
import { resolveDevice } from '../call/resolve-device.ts';
import { resolvePlan } from '../call/resolve-plan.ts';
import { PlanIdField } from '../plans/plan-shape.ts';
import { AuditRecordShape } from './record-shape.ts';

/** What audit records can be searched by. */
export const AuditFilter = z.strictObject({
  planId: PlanIdField.optional(),
  deviceId: z.string().min(1).max(64).optional().describe('Device id or unique name'),
  actor: z.string().min(1).max(256).optional().describe('Subject of the person or service'),
  action: z.string().max(64).optional().describe('Only records of this action'),
  outcome: z.enum(AUDIT_OUTCOMES).optional().describe('What came of it; requested: still open'),
  code: z.string().max(64).optional().describe('Error code'),
  from: z.iso.datetime({ offset: true }).optional().describe('Begun at this time or later'),
  to: z.iso.datetime({ offset: true }).optional().describe('Begun before this time'),
  correlationId: z.string().min(1).max(64).optional().describe('The correlation id, or how it begins'),
});

const ListAuditInput = AuditFilter.safeExtend({
  limit: z.int().min(1).max(500).default(100).describe('Records of one page'),
  cursor: Cursor,
});

/** Who may read what others did. */
export const READERS: readonly Role[] = ['auditor', 'admin'];

/**
 * The audit trail: all of it for auditors and administrators of the whole fleet, that of their devices for those of some,
 * and that of a visible plan for everybody else.
 */
export function listAuditEventsAction(database: Pick<Database, 'audit' | 'plans' | 'devices'>): Action {
  return defineAction({
    name: 'list_audit_events',
    title: 'List audit events',
    description:
      'Who asked for what, when, through which client, and what came of it, newest first: one record an action, of a plan, a ' +
      'device, a person or a time. Auditors and administrators read that of their devices; others name a plan they may see.',
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
    output: z.object({ events: z.array(AuditRecordShape), nextCursor: NextCursor }),
    target: { on: 'nothing' },
    async dispatch({ input, principal, after }) {
      const { limit, cursor: _, ...wanted } = input;
      const rows = await database.audit.records({
        ...(await recordFilterOf(database, principal, wanted)),
        // One more than the page holds, because a page that is just full may be the last.
        limit: limit + 1,
        before: after === null ? undefined : Number(after),
      });
      // By size too: what people asked for may be long.
      const { rows: events, nextOffset } = pageOf(rows, { limit, offset: 0 });
      const last = nextOffset === null ? undefined : events.at(-1);
      const shown = isReader(principal.roles) ? events : events.map(withoutAddress);
      return { output: { events: shown }, next: last === undefined ? undefined : String(last.seq) };
    },
    summarize: ({ events }) => `${events.length} audit events.`,
  });
}

/**
 * What of the audit is meant, as far as the principal may see it: auditors and administrators that of the devices on which
 * they are that, everybody else that of a plan they may see.
 */
export async function recordFilterOf(
  database: Pick<Database, 'plans' | 'devices'>,
  principal: Principal,
  { deviceId, ...given }: z.output<typeof AuditFilter>,
): Promise<RecordFilter> {
  const device = deviceId === undefined ? null : await resolveDevice(database.devices, principal, deviceId);
  const filter = { ...given, deviceId: device?.deviceId };
  // An auditor of everything also reads of plans that are gone.
  if (isReader(rolesOnFleet(principal))) return filter;
  if (given.planId !== undefined) {
    await resolvePlan(database, principal, given.planId);
    return filter;
  }
  const devices = devicesOfRoles(principal, READERS);
  if (devices.length === 0 || (device !== null && !isReader(rolesOn(principal, device)))) throw notAReader(device);
  return { ...filter, visibleTo: { sub: principal.sub, devices } };
}

/** Where people work from is for those to know who look after the audit. */
function withoutAddress(record: ActionRecord): ActionRecord {
  if (record.details === null) return record;
  const { clientAddress: _, ...details } = record.details;
  return { ...record, details: Object.keys(details).length === 0 ? null : details };
}

function notAReader(device: Device | null): AppError {
  const which = device === null ? 'may read the whole' : `of ${device.name} may read its`;
  return new AppError('FORBIDDEN', {
    message: `Only auditors and administrators ${which} audit trail.`,
    hint: 'Give the planId of a plan you may see.',
  });
}

function isReader(roles: readonly Role[]): boolean {
  return READERS.some((role) => roles.includes(role));
}
