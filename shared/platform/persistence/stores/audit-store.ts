import { all } from '../device-filter.ts';
import type { Units } from '../units.ts';
import { createAuditAnchors, type AuditAnchors } from './audit-anchors.ts';
import type { AuditEvent, AuditRecord } from './audit-record.ts';
import { createActionRecords, equal, toEvent, type ActionRecords, type EventRow } from './audit-records.ts';
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
        const { sql, values } = all([
          equal('plan_id', planId),
          equal('device_id', deviceId),
          equal('action', action),
          before === undefined ? null : { sql: 'seq < ?', values: [before] },
        ]);
        const rows = await em.execute<EventRow[]>(`select * from audit_event where ${sql} order by seq desc limit ?`, [
          ...values,
          limit,
        ]);
        return rows.map(toEvent);
      }),
  };
}
