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
