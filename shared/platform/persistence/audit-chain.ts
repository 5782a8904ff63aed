import { createHash } from 'node:crypto';

/** The hash before the first entry. */
export const CHAIN_START = { seq: 0, hash: '0'.repeat(64) } as const;

/** A place in the chain: the number of an entry, and its hash. */
export interface ChainLink {
  seq: number;
  hash: string;
}

/** An entry as it is hashed: every value as text, JSON exactly as it is stored, the time in microseconds since 1970. */
export interface ChainEntry {
  seq: string;
  key: string;
  at_micros: string;
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
  outcome: string;
  code: string | null;
  message: string | null;
  arguments: string | null;
  arguments_digest: string | null;
  details: string | null;
  correlation_id: string | null;
  trace_id: string | null;
  prev_hash: string;
  hash: string;
}

/** Selects the columns of `ChainEntry` from `audit_event`. */
export const CHAIN_COLUMNS = `seq::text, key, (extract(epoch from at) * 1000000)::bigint::text as at_micros, action, actor,
  actor_email, client_id, via, auth_method, roles, tier, plan_id, device_id, environment, operation, outcome, code, message,
  arguments::text as arguments, arguments_digest, details::text as details, correlation_id, trace_id, prev_hash, hash`;

/**
 * SHA-256, in hex, over the entry before and everything this one holds. Each value is preceded by its length in bytes, an
 * absent one is `-`. The database computes the same when an entry is appended (`audit_hash`); this is the second opinion.
 */
export function hashOfEntry(entry: Omit<ChainEntry, 'hash'>): string {
  const values = [
    entry.prev_hash,
    entry.seq,
    entry.key,
    entry.at_micros,
    entry.action,
    entry.actor,
    entry.actor_email,
    entry.client_id,
    entry.via,
    entry.auth_method,
    entry.roles,
    entry.tier,
    entry.plan_id,
    entry.device_id,
    entry.environment,
    entry.operation,
    entry.outcome,
    entry.code,
    entry.message,
    entry.arguments,
    entry.arguments_digest,
    entry.details,
    entry.correlation_id,
    entry.trace_id,
  ];
  return createHash('sha256')
    .update(`convoy-audit-1\n${values.map(field).join('')}`)
    .digest('hex');
}

function field(value: string | null): string {
  return value === null ? '-\n' : `${Buffer.byteLength(value)}:${value}\n`;
}
