/** `requested` is written before an action is carried out, the others after. */
export type AuditOutcome = 'requested' | 'ok' | 'refused' | 'failed' | 'unknown';

export const AUDIT_OUTCOMES = ['requested', 'ok', 'refused', 'failed', 'unknown'] as const satisfies AuditOutcome[];

/** Behind the key of an event: the key of what came of it. */
export const OUTCOME_SUFFIX = '/outcome';

/** What is appended. Everything that is left out is null. */
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
  /** How it was proven who acts, such as `access-token` or `session`. */
  authMethod?: string | null;
  /** Roles of the actor at that time. */
  roles?: readonly string[] | null;
  tier?: string | null;
  planId?: string | null;
  deviceId?: string | null;
  environment?: string | null;
  operation?: string | null;
  outcome: AuditOutcome;
  /** Error code when the outcome is not `ok`. */
  code?: string | null;
  message?: string | null;
  /** What the caller gave. Values of secret-looking keys are masked before they are stored. */
  arguments?: Record<string, unknown> | null;
  /** SHA-256, hex, of the masked arguments as canonical JSON. Default: computed from `arguments`. */
  argumentsDigest?: string | null;
  /** Masked like `arguments`. */
  details?: Record<string, unknown> | null;
  correlationId?: string | null;
  /** Trace id of a W3C `traceparent`, 32 hex digits. */
  traceId?: string | null;
}

/** One entry of the chain. */
export interface AuditEvent {
  /** Position in the chain, ascending without gaps. */
  seq: number;
  key: string;
  at: string;
  action: string;
  actor: string;
  actorEmail: string | null;
  clientId: string | null;
  via: string | null;
  authMethod: string | null;
  roles: string[] | null;
  tier: string | null;
  planId: string | null;
  deviceId: string | null;
  environment: string | null;
  operation: string | null;
  outcome: AuditOutcome;
  code: string | null;
  message: string | null;
  arguments: Record<string, unknown> | null;
  argumentsDigest: string | null;
  details: Record<string, unknown> | null;
  correlationId: string | null;
  traceId: string | null;
  /** SHA-256, hex, of the entry and the hash before it. */
  hash: string;
}
