import { redactFields } from '../../telemetry/redaction.ts';
import { AuditEventEntity } from '../entities/audit-event-entity.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** The record of what was asked and what came of it. The database refuses to change or remove what was appended. */
export interface AuditStore {
  /** Appends the record; a repeated `key` is the same record, not a second one. Answers whether it was new. */
  append(record: AuditRecord): Promise<boolean>;
  /** Newest first. */
  list(request: AuditListRequest): Promise<AuditEvent[]>;
}

/** `requested` is written before an action is carried out, the others after. */
export type AuditOutcome = 'requested' | 'ok' | 'refused' | 'failed' | 'unknown';

export interface AuditRecord {
  /** Names the event itself, so that a repeated attempt to write it stays one record. */
  key: string;
  /** ISO 8601. Default: now. */
  at?: string;
  action: string;
  /** Subject of the person, or name of the service, that acted. */
  actor: string;
  actorEmail?: string | null;
  clientId?: string | null;
  /** The surface it came through, such as `mcp`, `http` or `gateway`. */
  via?: string | null;
  planId?: string | null;
  deviceId?: string | null;
  operation?: string | null;
  outcome: AuditOutcome;
  /** Error code when the outcome is not `ok`. */
  code?: string | null;
  message?: string | null;
  /** What the caller gave. Values of secret-looking keys are masked before they are stored. */
  arguments?: Record<string, unknown> | null;
  /** Masked like `arguments`. */
  details?: Record<string, unknown> | null;
  correlationId?: string | null;
}

export interface AuditListRequest {
  planId?: string;
  deviceId?: string;
  action?: string;
  /** Rows of a page. */
  limit: number;
  /** `seq` of the last event of the page before. */
  before?: number;
}

export interface AuditEvent {
  /** Position in the record, ascending; numbers may be missing. */
  seq: number;
  key: string;
  at: string;
  action: string;
  actor: string;
  actorEmail: string | null;
  clientId: string | null;
  via: string | null;
  planId: string | null;
  deviceId: string | null;
  operation: string | null;
  outcome: AuditOutcome;
  code: string | null;
  message: string | null;
  arguments: Record<string, unknown> | null;
  details: Record<string, unknown> | null;
  correlationId: string | null;
}

export function createAuditStore(units: Units): AuditStore {
  return {
    append: (record) =>
      units.run(async (em) => {
        const columns = toColumns(record);
        const names = Object.keys(columns);
        const rows = await em.execute(
          `insert into audit_event (${names.join(', ')}) values (${names.map(() => '?').join(', ')})
           on conflict (key) do nothing returning seq`,
          Object.values(columns),
        );
        return rows.length > 0;
      }),
    list: ({ planId, deviceId, action, limit, before }) =>
      units.run(async (em) => {
        const where = {
          ...(planId === undefined ? {} : { planId }),
          ...(deviceId === undefined ? {} : { deviceId }),
          ...(action === undefined ? {} : { action }),
          ...(before === undefined ? {} : { seq: { $lt: before } }),
        };
        const rows = await em.find(AuditEventEntity, where, { orderBy: { seq: 'desc' }, limit });
        return rows.map(toEvent);
      }),
  };
}

function toColumns(record: AuditRecord): Record<string, string | null> {
  return {
    key: storedText(record.key),
    at: record.at ?? new Date().toISOString(),
    action: storedText(record.action),
    actor: storedText(record.actor),
    actor_email: storedText(record.actorEmail),
    client_id: storedText(record.clientId),
    via: storedText(record.via),
    plan_id: storedText(record.planId),
    device_id: storedText(record.deviceId),
    operation: storedText(record.operation),
    outcome: record.outcome,
    code: storedText(record.code),
    message: storedText(record.message),
    arguments: toMaskedJson(record.arguments),
    details: toMaskedJson(record.details),
    correlation_id: storedText(record.correlationId),
  };
}

function toMaskedJson(fields: Record<string, unknown> | null | undefined): string | null {
  return fields === null || fields === undefined ? null : JSON.stringify(redactFields(fields));
}

function toEvent(row: AuditEventEntity): AuditEvent {
  return {
    seq: row.seq,
    key: row.key,
    at: toIsoTime(row.at),
    action: row.action,
    actor: row.actor,
    actorEmail: row.actorEmail,
    clientId: row.clientId,
    via: row.via,
    planId: row.planId,
    deviceId: row.deviceId,
    operation: row.operation,
    outcome: row.outcome,
    code: row.code,
    message: row.message,
    arguments: row.arguments,
    details: row.details,
    correlationId: row.correlationId,
  };
}
