import { z } from 'zod';
import { AUDIT_OUTCOMES } from '../../shared/platform/persistence/stores/audit-record.ts';
import type { ActionRecord } from '../../shared/platform/persistence/stores/audit-store.ts';

/** One action, from its request to what came of it. */
export const AuditRecordShape = z.object({
  seq: z.int().describe('Its place in the chain of entries'),
  key: z.string(),
  at: z.string(),
  endedAt: z.string().nullable().describe('Null while it is open'),
  action: z.string(),
  actor: z.string(),
  actorEmail: z.string().nullable(),
  clientId: z.string().nullable(),
  via: z.string().nullable(),
  authMethod: z.string().nullable(),
  roles: z.array(z.string()).nullable(),
  tier: z.string().nullable(),
  planId: z.string().nullable(),
  deviceId: z.string().nullable(),
  environment: z.string().nullable(),
  operation: z.string().nullable(),
  outcome: z.enum(AUDIT_OUTCOMES).describe('requested: still open; unknown: nobody could tell what came of it'),
  code: z.string().nullable(),
  message: z.string().nullable(),
  arguments: z.record(z.string(), z.unknown()).nullable(),
  argumentsDigest: z.string().nullable().describe('SHA-256 of the arguments as canonical JSON, secrets masked'),
  details: z.record(z.string(), z.unknown()).nullable(),
  correlationId: z.string().nullable(),
  traceId: z.string().nullable(),
  hash: z.string().describe('SHA-256 of the entry and the hash before it'),
  outcomeSeq: z.int().nullable().describe('Place of the entry with the outcome, where that is another one'),
}) satisfies z.ZodType<ActionRecord>;
