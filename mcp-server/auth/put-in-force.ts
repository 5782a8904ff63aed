import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { AccessFileStore, TakenAccessFile } from '../../shared/platform/persistence/stores/access-file-store.ts';

const TRY_AGAIN_MS = 1_000;

/**
 * Puts every access file that a process takes in force for the workers too, which judge votes and the people behind a plan by
 * it. Tried again until the database has it, or this process a newer one.
 */
export function putInForce(
  store: Pick<AccessFileStore, 'take'>,
  log: Pick<Logger, 'warn' | 'error'>,
  tryAgainMs = TRY_AGAIN_MS,
): (file: TakenAccessFile) => void {
  let newest: TakenAccessFile | null = null;
  async function put(file: TakenAccessFile): Promise<void> {
    newest = file;
    try {
      if (await store.take(file)) return;
      log.warn({ digest: file.digest }, 'votes and plans are judged by an access file that is newer than the one here');
    } catch (error) {
      log.error({ err: error, digest: file.digest }, 'access file not in force for votes and plans yet');
      await setTimeout(tryAgainMs, undefined, { ref: false });
      if (newest === file) await put(file);
    }
  }
  return (file) => void put(file);
}
