import type { EntityManager } from '@mikro-orm/postgresql';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { all, grantsCondition, type SqlCondition } from '../device-filter.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import type { AuditEvent, AuditOutcome } from './audit-record.ts';

/** One action from its request to what came of it; what was refused at once, or needs no request, is one entry. */
export interface ActionRecord extends AuditEvent {
  /** When its outcome was recorded; null while it is open. */
  endedAt: string | null;
  /** Entry of the outcome where that is another one. */
  outcomeSeq: number | null;
}

export interface RecordFilter {
  planId?: string | undefined;
  deviceId?: string | undefined;
  actor?: string | undefined;
  action?: string | undefined;
  outcome?: AuditOutcome | undefined;
  code?: string | undefined;
  /** ISO 8601, inclusive. */
  from?: string | undefined;
  /** ISO 8601, exclusive. */
  to?: string | undefined;
  /** Beginning of the correlation id. */
  correlationId?: string | undefined;
  /** Whose entries may be seen. Default: everybody's. */
  visibleTo?: { sub: string; devices: readonly DeviceGrant[] } | undefined;
}

/** An action that was begun, and of which nothing was heard since. */
export type OpenAction = Pick<
  ActionRecord,
  'key' | 'at' | 'action' | 'actor' | 'planId' | 'deviceId' | 'environment' | 'operation' | 'correlationId' | 'traceId'
>;

export interface ActionRecords {
  /** Newest first. `before`: `seq` of the last record of the page before. */
  records(request: RecordFilter & { limit: number; before?: number | undefined }): Promise<ActionRecord[]>;
  /** Oldest first, a page at a time, so that any number can be passed on. */
  eachRecord(filter: RecordFilter, afterSeq: number, limit: number): Promise<ActionRecord[]>;
  /**
   * Calls, and changes to devices of plans, that were begun at least `openMs` ago, within the last week, and have no outcome;
   * oldest first.
   */
  openActions(request: { openMs: number; limit: number }): Promise<OpenAction[]>;
}

/** After this time a call or a rotation of keys without an outcome is shown as `unknown`; workflows take as long as they take. */
const IS_GIVEN_UP = `e.outcome = 'requested' and (e.key like 'call/%' or e.key like 'key-rotation/%') and e.at < now() - interval '1 hour'`;

export function createActionRecords(units: Units): ActionRecords {
  return {
    records: ({ limit, before, ...filter }) =>
      units.run((em) => {
        const older = before === undefined ? null : { sql: 'e.seq < ?', values: [before] };
        return select(em, all([conditionOf(filter), older]), 'desc', limit);
      }),
    eachRecord: (filter, afterSeq, limit) =>
      units.run((em) => select(em, all([conditionOf(filter), { sql: 'e.seq > ?', values: [afterSeq] }]), 'asc', limit)),
    openActions: ({ openMs, limit }) =>
      units.run(async (em) => {
        const rows = await em.execute<EventRow[]>(
          `select e.* from audit_event e
           where e.outcome = 'requested'
             and (e.key like 'call/%' or e.action in ('device.change', 'device.rollback')) and e.at <= now() - ? * interval '1 millisecond'
             and e.at > now() - interval '7 days'
             and not exists (select from audit_event o where o.key = e.key || '/outcome')
           order by e.at limit ?`,
          [openMs, limit],
        );
        return rows.map(toEvent);
      }),
  };
}

/** An entry with its outcome beside it; an outcome stands alone only when its request was removed for its age. */
const FROM = `audit_event e left join audit_event o on o.key = e.key || '/outcome'
  where not (e.key like '%/outcome'
    and exists (select from audit_event r where r.key = left(e.key, -length('/outcome'))))`;

const ENDED = `coalesce(o.outcome,
  case when ${IS_GIVEN_UP} then 'unknown' else e.outcome end)`;

async function select(
  em: EntityManager,
  condition: SqlCondition,
  order: 'asc' | 'desc',
  limit: number,
): Promise<ActionRecord[]> {
  const rows = await em.execute<RecordRow[]>(
    `select e.*, o.seq as outcome_seq, coalesce(o.at, case when e.outcome <> 'requested' then e.at end) as ended_at,
       ${ENDED} as ended, o.code as ended_code, o.message as ended_message, o.details as ended_details,
       o.plan_id as ended_plan, o.device_id as ended_device
     from ${FROM} and ${condition.sql} order by e.seq ${order} limit ?`,
    [...condition.values, limit],
  );
  return rows.map(toRecord);
}

function conditionOf(filter: RecordFilter): SqlCondition {
  const { planId, deviceId, actor, action, outcome, code, from, to, correlationId, visibleTo } = filter;
  return all([
    planId === undefined ? null : eitherEntry('plan_id', planId),
    deviceId === undefined ? null : eitherEntry('device_id', deviceId),
    equal('e.actor', actor),
    equal('e.action', action),
    equal(ENDED, outcome),
    equal('coalesce(o.code, e.code)', code),
    from === undefined ? null : { sql: 'e.at >= ?', values: [from] },
    to === undefined ? null : { sql: 'e.at < ?', values: [to] },
    correlationId === undefined ? null : { sql: 'starts_with(e.correlation_id, ?)', values: [correlationId] },
    visibleTo === undefined ? null : visibleCondition(visibleTo),
  ]);
}

/** No condition when there is no value. */
export function equal(sql: string, value: string | undefined): SqlCondition | null {
  return value === undefined ? null : { sql: `${sql} = ?`, values: [value] };
}

/** The plan or device that an action made is told by its outcome alone. */
function eitherEntry(column: 'plan_id' | 'device_id', value: string): SqlCondition {
  return {
    sql: `e.key in (select unnest(array[key, regexp_replace(key, '/outcome$', '')]) from audit_event where ${column} = ?)`,
    values: [value],
  };
}

/**
 * What somebody did themselves, and what was about devices they may see: a plan only when they may see all of it. What was
 * about neither is for those who may see the whole fleet.
 */
function visibleCondition({ sub, devices }: { sub: string; devices: readonly DeviceGrant[] }): SqlCondition | null {
  if (devices.some((grant) => 'all' in grant)) return null;
  const { sql, values } = grantsCondition(devices);
  const visible = `select device_id from device where ${sql}`;
  return {
    sql: `(e.actor = ? or coalesce(o.device_id, e.device_id) in (${visible})
      or (coalesce(o.device_id, e.device_id) is null and exists (
          select from plan_device p where p.plan_id = coalesce(o.plan_id, e.plan_id))
        and not exists (select from plan_device p where p.plan_id = coalesce(o.plan_id, e.plan_id)
          and p.device_id not in (${visible}))))`,
    values: [sub, ...values, ...values],
  };
}

/** A row of `audit_event`. */
export interface EventRow {
  seq: string;
  key: string;
  at: string;
  action: string;
  actor: string;
  actor_email: string | null;
  client_id: string | null;
  via: string | null;
  auth_method: string | null;
  roles: string | null;
  tier: string | null;
  plan_id: string | null;
  device_id: string | null;
  environment: string | null;
  operation: string | null;
  outcome: AuditOutcome;
  code: string | null;
  message: string | null;
  arguments: Record<string, unknown> | null;
  arguments_digest: string | null;
  details: Record<string, unknown> | null;
  correlation_id: string | null;
  trace_id: string | null;
  hash: string;
}

interface RecordRow extends EventRow {
  outcome_seq: string | null;
  ended_at: string | null;
  ended: AuditOutcome;
  ended_code: string | null;
  ended_message: string | null;
  ended_details: Record<string, unknown> | null;
  ended_plan: string | null;
  ended_device: string | null;
}

function toRecord(row: RecordRow): ActionRecord {
  const event = toEvent(row);
  const isGivenUp = row.outcome === 'requested' && row.ended === 'unknown' && row.outcome_seq === null;
  return {
    ...event,
    planId: row.ended_plan ?? event.planId,
    deviceId: row.ended_device ?? event.deviceId,
    outcome: row.ended,
    code: row.ended_code ?? event.code ?? (isGivenUp ? 'OUTCOME_UNKNOWN' : null),
    message: row.ended_message ?? event.message ?? (isGivenUp ? 'Nobody recorded what came of it.' : null),
    details: row.ended_details === null ? event.details : { ...event.details, ...row.ended_details },
    endedAt: row.ended_at === null ? null : toIsoTime(row.ended_at),
    outcomeSeq: row.outcome_seq === null ? null : Number(row.outcome_seq),
  };
}

export function toEvent(row: EventRow): AuditEvent {
  return {
    seq: Number(row.seq),
    key: row.key,
    at: toIsoTime(row.at),
    action: row.action,
    actor: row.actor,
    actorEmail: row.actor_email,
    clientId: row.client_id,
    via: row.via,
    authMethod: row.auth_method,
    roles: row.roles === null ? null : row.roles.split(' ').filter((role) => role !== ''),
    tier: row.tier,
    planId: row.plan_id,
    deviceId: row.device_id,
    environment: row.environment,
    operation: row.operation,
    outcome: row.outcome,
    code: row.code,
    message: row.message,
    arguments: row.arguments,
    argumentsDigest: row.arguments_digest,
    details: row.details,
    correlationId: row.correlation_id,
    traceId: row.trace_id,
    hash: row.hash,
  };
}
