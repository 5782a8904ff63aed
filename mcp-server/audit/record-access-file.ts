import type { Logger } from 'pino';
import { recordTakenFile } from '../../shared/platform/persistence/record-taken-file.ts';
import type { TakenAccessFile } from '../../shared/platform/persistence/stores/access-file-store.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';

/** Records that roles and devices of people are given by this access file from now on, unless they were before. */
export function recordAccessFile(
  audit: Pick<AuditStore, 'append' | 'list'>,
  log: Pick<Logger, 'error'>,
  { content }: Pick<TakenAccessFile, 'content'>,
): Promise<void> {
  const details = { rules: content.rules.length };
  return recordTakenFile(audit, log, { action: 'access.loaded', actor: 'svc-web', content, details });
}
