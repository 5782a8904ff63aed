import type { EntityManager } from '@mikro-orm/postgresql';
import {
  HEALTH_MEASURES,
  HealthReadings,
  type HealthMeasure,
  type HealthSample,
  type HealthStatus,
} from '../../../domain/health-sample.ts';
import { all, type SqlCondition } from '../device-filter.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** What devices said of their health, the newest 2,000 samples of each. */
export interface HealthStore {
  /** Keeps the samples; those of devices that do not exist, and a second one of the same instant, are left out. */
  append(samples: readonly HealthSample[]): Promise<void>;
  /** The newest one, or null when the device's health was never asked for. */
  latest(deviceId: string): Promise<HealthSample | null>;
  /** The newest status of each device that was asked, or checked by a sweep, within that time; the others are left out. */
  newest(deviceIds: readonly string[], options: { withinSeconds: number }): Promise<Map<string, HealthStatus>>;
  /** Newest first. */
  list(request: HealthRange & { limit: number; before?: string }): Promise<HealthSample[]>;
  /** Over all samples of the range. */
  aggregate(range: HealthRange): Promise<HealthAggregate>;
}

/** Samples of one device, from `from` on and before `to` (ISO 8601); left out, as far as they go. */
export interface HealthRange {
  deviceId: string;
  from?: string | undefined;
  to?: string | undefined;
}

export interface HealthAggregate {
  samples: number;
  /** Null where no sample of the range has the measure. */
  measures: Record<HealthMeasure, { min: number; avg: number; max: number } | null>;
}

/** Samples kept of a device, and how many more come together before the oldest are removed. */
const KEPT = 2_000;
const SLACK = 100;

const COLUMNS = {
  cpuLoadPercent: 'cpu_load_percent',
  memoryUsedPercent: 'memory_used_percent',
  diskUsedPercent: 'disk_used_percent',
  temperatureCelsius: 'temperature_celsius',
  uptimeSeconds: 'uptime_seconds',
} as const satisfies Record<HealthMeasure, string>;
const MEASURE_COLUMNS = HEALTH_MEASURES.map((measure) => COLUMNS[measure]);

export function createHealthStore(units: Units): HealthStore {
  return {
    append: (samples) => units.transact((em) => append(em, samples)),
    latest: (deviceId) =>
      units.run(async (em) => {
        const [row] = await em.execute<SampleRow[]>(
          'select * from health_sample where device_id = ? order by at desc limit 1',
          [deviceId],
        );
        return row === undefined ? null : toSample(row);
      }),
    newest: (deviceIds, { withinSeconds }) =>
      units.run(async (em) => {
        const rows = await em.execute<{ device_id: string; status: HealthStatus }[]>(
          `with asked as (select json_array_elements_text(?::json) as device_id)
           select distinct on (device_id) device_id, status from (
             select device_id, status, at from device_health join asked using (device_id)
             union all
             select device_id, status, checked_at from device_status join asked using (device_id)
             where status in ('healthy', 'degraded', 'critical')
           ) as known (device_id, status, at)
           where at > now() - make_interval(secs => ?) order by device_id, at desc`,
          [JSON.stringify(deviceIds), withinSeconds],
        );
        return new Map(rows.map(({ device_id, status }) => [device_id, status]));
      }),
    list: ({ limit, before, ...range }) => {
      const older = before === undefined ? null : { sql: 'at < ?', values: [before] };
      const { sql, values } = all([rangeCondition(range), older]);
      return units.run(async (em) => {
        const rows = await em.execute<SampleRow[]>(
          `select * from health_sample where ${sql} order by at desc limit ?`,
          [...values, limit],
        );
        return rows.map(toSample);
      });
    },
    aggregate: (range) => {
      const { sql, values } = rangeCondition(range);
      const columns = MEASURE_COLUMNS.flatMap((column) =>
        ['min', 'avg', 'max'].map((fold) => `${fold}(${column}) as ${fold}_${column}`),
      );
      return units.run(async (em) => {
        const [row = {}] = await em.execute<Record<string, unknown>[]>(
          `select count(*)::int as samples, ${columns.join(', ')} from health_sample where ${sql}`,
          values,
        );
        return { samples: Number(row['samples'] ?? 0), measures: toMeasures(row) };
      });
    },
  };
}

interface SampleRow {
  device_id: string;
  at: Date | string;
  status: string;
  reasons: unknown;
  [measure: string]: unknown;
}

async function append(em: EntityManager, samples: readonly HealthSample[]): Promise<void> {
  if (samples.length === 0) return;
  const full = await em.execute<{ device_id: string }[]>(
    `with given as (
       select * from jsonb_to_recordset(?::jsonb) as row(
         device_id text, at timestamptz, status text, reasons jsonb,
         ${MEASURE_COLUMNS.map((column) => `${column} double precision`).join(', ')})
     ), added as (
       insert into health_sample (device_id, at, status, reasons, ${MEASURE_COLUMNS.join(', ')})
       select device_id, at, status, reasons, ${MEASURE_COLUMNS.join(', ')} from given
         where device_id in (select device_id from device)
       on conflict do nothing returning device_id, at, status
     ), newest as (
       select distinct on (device_id) device_id, at, status, count(*) over (partition by device_id)::int as samples
         from added order by device_id, at desc
     )
     insert into device_health as known (device_id, at, status, samples)
       -- In one order for everybody: two processes that write the same devices must not wait for each other.
       select device_id, at, status, samples from newest order by device_id
     on conflict (device_id) do update set
       at = greatest(known.at, excluded.at),
       status = case when excluded.at >= known.at then excluded.status else known.status end,
       samples = known.samples + excluded.samples
     returning device_id, samples`,
    [JSON.stringify(samples.map(toRow))],
  );
  for (const { device_id: deviceId, samples: count } of full as { device_id: string; samples: number }[]) {
    if (count > KEPT + SLACK) await removeOldest(em, deviceId);
  }
}

async function removeOldest(em: EntityManager, deviceId: string): Promise<void> {
  await em.execute(
    `delete from health_sample where device_id = ? and at <
       (select at from health_sample where device_id = ? order by at desc offset ${KEPT - 1} limit 1)`,
    [deviceId, deviceId],
  );
  await em.execute(
    `update device_health set samples = (select count(*) from health_sample where device_id = ?) where device_id = ?`,
    [deviceId, deviceId],
  );
}

function rangeCondition({ deviceId, from, to }: HealthRange): SqlCondition {
  return all([
    { sql: 'device_id = ?', values: [deviceId] },
    from === undefined ? null : { sql: 'at >= ?', values: [from] },
    to === undefined ? null : { sql: 'at < ?', values: [to] },
  ]);
}

function toRow({ deviceId, at, status, reasons, ...readings }: HealthSample): Record<string, unknown> {
  return {
    device_id: deviceId,
    at,
    status,
    reasons: reasons.map((reason) => ({ ...reason, sensor: storedText(reason.sensor) })),
    ...Object.fromEntries(HEALTH_MEASURES.map((measure) => [COLUMNS[measure], readings[measure]])),
  };
}

function toSample(row: SampleRow): HealthSample {
  const readings = HealthReadings.parse({
    status: row.status,
    reasons: row.reasons,
    ...Object.fromEntries(HEALTH_MEASURES.map((measure) => [measure, row[COLUMNS[measure]]])),
  });
  return { deviceId: row.device_id, at: toIsoTime(row.at), ...readings };
}

function toMeasures(row: Record<string, unknown>): HealthAggregate['measures'] {
  const measures = HEALTH_MEASURES.map((measure) => {
    const [min, avg, max] = ['min', 'avg', 'max'].map((fold) => row[`${fold}_${COLUMNS[measure]}`]);
    return [measure, min == null ? null : { min: Number(min), avg: rounded(Number(avg)), max: Number(max) }];
  });
  return Object.fromEntries(measures) as HealthAggregate['measures'];
}

/** An average has no more meaning than what it is the average of. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
