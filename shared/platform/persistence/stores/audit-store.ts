import { AuditEventEntity } from '../entities/audit-event-entity.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { createAuditAnchors, type AuditAnchors } from './audit-anchors.ts';
import type { AuditEvent, AuditRecord } from './audit-record.ts';
import { createActionRecords, type ActionRecords } from './audit-records.ts';
import { verifyAudit, type AuditVerification, type VerifyOptions } from './audit-verification.ts';
import { createAuditWriter } from './audit-writer.ts';

export type { AuditEvent, AuditOutcome, AuditRecord } from './audit-record.ts';
export type { ActionRecord, RecordFilter } from './audit-records.ts';
export type { AuditVerification } from './audit-verification.ts';

/**
 * The record of what was asked and what came of it: a chain of entries, each with the hash of the one before. The database
 * refuses to change what was appended, and this process's role may neither change nor remove it.
 */
export interface AuditStore extends ActionRecords, AuditAnchors {
  /** Appends the record; a repeated `key` is the same record, not a second one. Answers whether it was new. */
  append(record: AuditRecord): Promise<boolean>;
  /** Entries as they were appended, newest first. */
  list(request: AuditListRequest): Promise<AuditEvent[]>;
  /** Reads the chain and says where it is broken first, if anywhere. */
  verify(options?: VerifyOptions): Promise<AuditVerification>;
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

export function createAuditStore(units: Units): AuditStore {
  return {
    ...createActionRecords(units),
    ...createAuditAnchors(units),
    append: createAuditWriter(units),
    verify: (options) => verifyAudit(units, options),
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
    authMethod: row.authMethod,
    roles: row.roles?.split(' ').filter((role) => role !== '') ?? null,
    tier: row.tier,
    planId: row.planId,
    deviceId: row.deviceId,
    environment: row.environment,
    operation: row.operation,
    outcome: row.outcome,
    code: row.code,
    message: row.message,
    arguments: row.arguments,
    argumentsDigest: row.argumentsDigest,
    details: row.details,
    correlationId: row.correlationId,
    traceId: row.traceId,
    hash: row.hash,
  };
}
