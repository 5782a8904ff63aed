import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { canonicalJson } from '../../domain/canonical-json.ts';
import type { AuditStore } from './stores/audit-store.ts';

/** A file of rules by which a process works from now on. */
export interface TakenFile {
  action: 'access.loaded' | 'policy.loaded';
  /** Name of the service, such as `svc-web`. */
  actor: string;
  content: unknown;
  /** There is no file, and the defaults hold: worth a record only where a file held before. Default false. */
  isDefault?: boolean;
  details?: Record<string, unknown>;
}

/**
 * Records that the rules are others than those of the last record. Every process reads them, also whenever it starts: the
 * key is made of the content and the record before, so that however many take it at the same time leave one.
 */
export async function recordTakenFile(
  audit: Pick<AuditStore, 'append' | 'list'>,
  log: Pick<Logger, 'error'>,
  { action, actor, content, isDefault = false, details }: TakenFile,
): Promise<void> {
  const sha256 = createHash('sha256').update(canonicalJson(content)).digest('hex');
  try {
    const [last] = await audit.list({ action, limit: 1 });
    if (last?.details?.['sha256'] === sha256 || (last === undefined && isDefault)) return;
    await audit.append({
      key: `file/${action}/${sha256}/${last?.seq ?? 0}`,
      action,
      actor,
      via: 'file',
      outcome: 'ok',
      details: { ...details, sha256, isDefault },
    });
  } catch (err) {
    log.error({ err, action, sha256 }, 'file of rules not recorded');
  }
}
