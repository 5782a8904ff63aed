import type { Logger } from 'pino';
import type { HealthSample } from '../../shared/domain/health-sample.ts';
import type { HealthStore } from '../../shared/platform/persistence/stores/health-store.ts';

/** Keeps samples behind the backs of those who caused them: nobody waits for the write, and none fails with it. */
export interface HealthRecorder {
  record(sample: HealthSample): void;
  /** Resolves when everything recorded so far is written or given up. */
  settled(): Promise<void>;
}

/** Samples written by one statement, and waiting at most; a database that is slower than the fleet loses the oldest. */
const BATCH = 500;
const MOST_WAITING = 10_000;

export function createHealthRecorder(health: Pick<HealthStore, 'append'>, log: Pick<Logger, 'warn'>): HealthRecorder {
  let waiting: HealthSample[] = [];
  let writing: Promise<void> | null = null;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      try {
        await health.append(batch);
      } catch (error) {
        log.warn({ err: error, samples: batch.length }, 'health samples not kept');
      }
    }
    writing = null;
  }

  return {
    record(sample) {
      waiting.push(sample);
      if (waiting.length > MOST_WAITING) waiting.shift();
      // One statement at a time: a read of the whole fleet must not take every connection of the pool.
      writing ??= writeAll();
    },
    async settled() {
      await writing;
    },
  };
}
