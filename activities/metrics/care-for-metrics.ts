import { Context } from '@temporalio/activity';
import type { MetricRecords } from '../../shared/contract/metric-messages.ts';
import { RESOLUTIONS } from '../../shared/domain/device-metrics/measures.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

const DAY_MS = 86_400_000;
/** For so many days there is room ahead, should nobody look after it. */
const ROOM_DAYS = 3;

/** What is done with collected values afterwards, in the database alone. */
export function createMetricRecords({ deviceMetrics }: Pick<Database, 'deviceMetrics'>): MetricRecords {
  const downsample = async (resolution: 'hour' | 'day'): Promise<number> => {
    let made = 0;
    while (await deviceMetrics.downsampleNext(resolution)) {
      made += 1;
      Context.current().heartbeat();
      Context.current().cancellationSignal.throwIfAborted();
    }
    return made;
  };
  return {
    async downsampleMetrics() {
      const hours = await downsample('hour');
      return { hours, days: await downsample('day') };
    },
    async retainMetrics(retention) {
      const now = currentMs();
      await deviceMetrics.addPartitions('raw', new Date(now), new Date(now + ROOM_DAYS * DAY_MS));
      let dropped = 0;
      for (const resolution of RESOLUTIONS) {
        dropped += await deviceMetrics.dropPartitions(resolution, retention[resolution]);
        Context.current().heartbeat();
      }
      return { dropped };
    },
  };
}
