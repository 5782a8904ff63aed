import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { canonicalJson } from '../../shared/domain/canonical-json.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import type { AccessFile } from '../auth/access-mapping.ts';

const MINUTE_MS = 60_000;

/**
 * Records that roles and devices of people are given by this access file from now on. Every process reads it at about the
 * same time; within one minute that is one record.
 */
export async function recordAccessFile(
  audit: Pick<AuditStore, 'append'>,
  log: Pick<Logger, 'error'>,
  content: AccessFile,
): Promise<void> {
  const digest = createHash('sha256').update(canonicalJson(content)).digest('hex');
  const minute = Math.floor(Date.now() / MINUTE_MS);
  const record = {
    key: `access-file/${digest}/${minute}`,
    action: 'access.loaded',
    actor: 'svc-web',
    via: 'file',
    outcome: 'ok' as const,
    details: { sha256: digest, rules: content.rules.length },
  };
  await audit.append(record).catch((err: unknown) => log.error({ err, digest }, 'access file not recorded'));
}
