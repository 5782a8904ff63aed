import type { EntityManager } from '@mikro-orm/postgresql';
import { CountersSeen } from '../../../domain/device-metrics/counter-rates.ts';
import type { MetricKind, Resolution } from '../../../domain/device-metrics/measures.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';
import { appendMetrics, type MetricVisit } from './device-metrics/append-metrics.ts';
import { downsampleNext, type Downsampled } from './device-metrics/downsample-metrics.ts';
import { latestMetrics, type LatestMetrics } from './device-metrics/latest-metrics.ts';
import { readMetrics, type MetricAnswer, type MetricQuery } from './device-metrics/read-metrics.ts';
import { currentMs } from '../../process/platform-clock.ts';

export type { LatestMetrics, MetricAnswer, MetricQuery, MetricVisit };

/** What devices measured over time: as collected, per hour and per day. */
export interface DeviceMetricStore {
  /**
   * Keeps what was measured, and the counters for the next time. A second sample of the same instant, those of devices that
   * do not exist, and those from more than a day before or ten minutes after `now` are left out.
   */
  append(visits: readonly MetricVisit[], now?: Date): Promise<void>;
  /** The counters as they were last seen, by device; the others have none yet. */
  countersOf(deviceIds: readonly string[]): Promise<Map<string, CountersSeen>>;
  /** Null when nothing of this name was ever measured of the device. */
  read(query: MetricQuery): Promise<MetricAnswer | null>;
  /** The newest values of each series of the devices since then (ISO 8601), of all kinds unless told. By device, kind and name. */
  latest(deviceIds: readonly string[], since: string, kinds?: readonly MetricKind[]): Promise<LatestMetrics[]>;
  /** Names of the interfaces or pools that were ever measured of a device, in order, at most so many. */
  names(deviceId: string, kind: MetricKind, limit: number): Promise<string[]>;
  /** Makes the next hour or day that is over, of all devices; false when there is none yet. */
  downsampleNext(resolution: Downsampled, now?: Date): Promise<boolean>;
  /** Makes room for values of a time, of at most 800 days; answers how many tables that took. */
  addPartitions(resolution: Resolution, first: Date, last: Date): Promise<number>;
  /** Removes what is older than so many days and down-sampled; answers how many tables that were. */
  dropPartitions(resolution: Resolution, keepDays: number): Promise<number>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export function createDeviceMetricStore(units: Units): DeviceMetricStore {
  /** Days of which this process knows that there is room for their values. */
  const ready = new Set<string>();

  async function makeRoom(visits: readonly MetricVisit[]): Promise<void> {
    const days = new Set(visits.map(({ sample }) => sample.at.slice(0, 'YYYY-MM-DD'.length)));
    for (const day of days) {
      if (ready.has(day)) continue;
      // oxlint-disable-next-line no-await-in-loop -- one day, or two around midnight
      await units.run((em) => addPartitions(em, 'raw', `${day}T00:00:00Z`, `${day}T00:00:00Z`));
      if (ready.size > MOST_READY) ready.clear();
      ready.add(day);
    }
  }

  return {
    async append(visits, now = new Date(currentMs())) {
      const recent = visits.filter(({ sample }) => isRecent(sample.at, now));
      if (recent.length === 0) return;
      await makeRoom(recent);
      await units.transact((em) => appendMetrics(em, recent));
    },
    countersOf: (deviceIds) =>
      units.run(async (em) => {
        const rows = await em.execute<CountersRow[]>(
          'select * from metric_counters where device_id in (select json_array_elements_text(?::json))',
          [JSON.stringify(deviceIds)],
        );
        return new Map(rows.map((row) => [row.device_id, toCounters(row)]));
      }),
    read: (query) => units.run((em) => readMetrics(em, query)),
    latest: (deviceIds, since, kinds) => units.run((em) => latestMetrics(em, deviceIds, since, kinds)),
    names: (deviceId, kind, limit) =>
      units.run(async (em) => {
        const rows = await em.execute<{ name: string }[]>(
          'select name from metric_series where device_id = ? and kind = ? order by name limit ?',
          [deviceId, kind, limit],
        );
        return rows.map(({ name }) => name);
      }),
    downsampleNext: (resolution, now = new Date(currentMs())) =>
      units.transact((em) => downsampleNext(em, resolution, now)),
    addPartitions: (resolution, first, last) =>
      units.run((em) => addPartitions(em, resolution, first.toISOString(), last.toISOString())),
    dropPartitions: (resolution, keepDays) =>
      units.run(async (em) => {
        const [row] = await em.execute<{ dropped: number }[]>('select drop_metric_partitions(?, ?) as dropped', [
          resolution,
          keepDays,
        ]);
        ready.clear();
        return Number(row?.dropped);
      }),
  };
}

const MOST_READY = 1_000;

/** A clock that is wrong must not make tables for a time that nobody ever looks at. */
function isRecent(at: string, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(at);
  return ageMs <= DAY_MS && ageMs >= -10 * MINUTE_MS;
}

async function addPartitions(em: EntityManager, resolution: Resolution, first: string, last: string): Promise<number> {
  const [row] = await em.execute<{ made: number }[]>('select add_metric_partitions(?, ?, ?) as made', [
    resolution,
    first,
    last,
  ]);
  return Number(row?.made);
}

interface CountersRow {
  device_id: string;
  at: Date | string;
  uptime_seconds: number;
  interfaces: unknown;
}

function toCounters({ at, uptime_seconds: uptimeSeconds, interfaces }: CountersRow): CountersSeen {
  return CountersSeen.parse({ at: toIsoTime(at), uptimeSeconds, interfaces });
}
