import type { Logger } from 'pino';
import type { StopStore } from '../../shared/platform/persistence/stores/stop-store.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';

export interface WatchStopsOptions {
  store: Pick<StopStore, 'active'>;
  metrics: Pick<Metrics, 'emergencyStops'>;
  log: Pick<Logger, 'warn'>;
  /** Default 5 000. */
  everyMs?: number;
}

/** Keeps the metric of active emergency stops up to date; one that cannot be counted is shown as no number at all. */
export function watchStops({ store, metrics, log, everyMs = 5_000 }: WatchStopsOptions): { close(): void } {
  let isClosed = false;
  const look = async (): Promise<void> => {
    try {
      metrics.emergencyStops.set((await store.active()).length);
    } catch (error) {
      if (isClosed) return;
      metrics.emergencyStops.set(Number.NaN);
      log.warn({ err: error }, 'active emergency stops not counted');
    }
  };
  void look();
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return {
    close() {
      isClosed = true;
      clearInterval(timer);
    },
  };
}
