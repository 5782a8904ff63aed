import type { Logger } from 'pino';
import { createBreaker, type BreakerPolicy, type CircuitBreaker } from '../activities/routeros/breaker.ts';
import type { BreakerRecord } from '../shared/domain/breaker.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import type { Metrics } from '../shared/platform/telemetry/metrics.ts';

interface LaneBreakerDeps {
  database: Pick<Database, 'lanes'>;
  logger: Pick<Logger, 'info' | 'error'>;
  breaker: Partial<BreakerPolicy>;
  metrics: Pick<Metrics, 'breakerChanges'>;
}

export interface LaneBreaker extends CircuitBreaker {
  /** Resolves when the last change is stored. */
  saved(): Promise<void>;
}

/**
 * The breaker of a device as the owner of its lane keeps it: begun where the last owner stopped, stored when it changes. An
 * owner without an epoch stores nothing.
 */
export function openLaneBreaker(
  deps: LaneBreakerDeps,
  deviceId: string,
  { record, epoch }: { record: BreakerRecord | null; epoch: () => number | null },
): LaneBreaker {
  const { database, logger, metrics } = deps;
  const store = latestFirst(
    async (changed: BreakerRecord | null) => {
      const current = epoch();
      if (current !== null) await database.lanes.saveBreaker(deviceId, current, changed);
    },
    // A record that is not stored is a cool-down the next owner does not know of; requests go on.
    (error) => logger.error({ err: error, deviceId }, 'breaker not stored'),
  );
  let openings = record?.openings ?? 0;
  const breaker = createBreaker({
    record,
    policy: deps.breaker,
    onChange(changed) {
      if ((changed?.openings ?? 0) !== openings) {
        openings = changed?.openings ?? 0;
        const { retryAt = null, lastFailure } = changed ?? {};
        const state = retryAt === null ? 'closed' : 'open';
        metrics.breakerChanges.inc({ state });
        logger.info({ deviceId, state, retryAt, lastFailure }, 'breaker changed');
      }
      store.put(changed);
    },
  });
  return { ...breaker, saved: store.settled };
}

/** Stores one value at a time; what comes meanwhile replaces what waits. */
function latestFirst<T>(save: (value: T) => Promise<void>, onError: (error: unknown) => void) {
  let waiting: { value: T } | null = null;
  let running: Promise<void> | null = null;
  const drain = async (): Promise<void> => {
    for (let next = waiting; next !== null; next = waiting) {
      waiting = null;
      await save(next.value).catch(onError);
    }
    running = null;
  };
  return {
    put(value: T): void {
      waiting = { value };
      running ??= drain();
    },
    settled: async (): Promise<void> => {
      await running;
    },
  };
}
