import { heartbeat } from '@temporalio/activity';
import type { Logger } from 'pino';
import type { RetentionActivities } from '../../shared/contract/retention-messages.ts';
import { RETENTION_BATCH, type RetentionStore } from '../../shared/platform/persistence/retention.ts';

export interface RetentionDeps {
  retention: RetentionStore;
  log: Pick<Logger, 'info'>;
  /** Told that it goes on. Default: Temporal. */
  beat?: () => void;
  now?: () => number;
}

/** How long one attempt goes on, milliseconds: then the workflow has it go on where it was. */
const LONGEST_MS = 20_000;

export function createRetentionActivities({
  retention,
  log,
  beat = heartbeat,
  now = () => performance.now(),
}: RetentionDeps): RetentionActivities {
  return {
    async removeOld({ rule, keepDays }) {
      const untilMs = now() + LONGEST_MS;
      let removed = 0;
      let isDone = false;
      while (!isDone && now() < untilMs) {
        const batch = await retention.removeBatch(rule, keepDays);
        removed += batch;
        isDone = batch < RETENTION_BATCH;
        beat();
      }
      if (removed > 0) log.info({ rule, keepDays, removed, isDone }, 'old rows removed');
      return { removed, isDone };
    },
  };
}
