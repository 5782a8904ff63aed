import type { EntityManager } from '@mikro-orm/postgresql';
import type { CountersSeen } from '../../../../domain/device-metrics/counter-rates.ts';
import {
  measuresOf,
  METRIC_KINDS,
  type MeasureName,
  type MetricKind,
  type MetricSample,
} from '../../../../domain/device-metrics/measures.ts';
import { storedJson, storedText } from '../../stored-text.ts';
import { columnOf, columnsOf, tableOf } from './fold-metrics.ts';

/** What one visit yields, and the counters of which the next visit makes rates; null when they are not known. */
export interface MetricVisit {
  sample: MetricSample;
  counters: CountersSeen | null;
}

/** A row of numbers of one series. */
interface SeriesRow {
  deviceId: string;
  name: string;
  at: string;
  values: Partial<Record<MeasureName, number | null>>;
}

export async function appendMetrics(em: EntityManager, visits: readonly MetricVisit[]): Promise<void> {
  for (const kind of METRIC_KINDS) {
    const rows = visits.flatMap(({ sample }) => rowsOf(kind, sample));
    // oxlint-disable-next-line no-await-in-loop -- one connection carries them out
    await appendRows(em, kind, rows);
  }
  await keepCounters(em, visits);
}

function rowsOf(kind: MetricKind, { deviceId, at, device, interfaces, pools }: MetricSample): SeriesRow[] {
  if (kind === 'device') return [{ deviceId, at, name: '', values: device }];
  const parts = kind === 'interface' ? interfaces : pools;
  return parts.map(({ name, values }) => ({ deviceId, at, name: storedText(name), values }));
}

async function appendRows(em: EntityManager, kind: MetricKind, rows: readonly SeriesRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = columnsOf(kind);
  const given = `with given as (
    select * from json_to_recordset(?::json) as row(device_id text, name text, at timestamptz,
      ${columns.map((column) => `${column} double precision`).join(', ')})
    where device_id in (select device_id from device)
  )`;
  const json = JSON.stringify(
    rows.map(({ deviceId, name, at, values }) => ({
      device_id: deviceId,
      name,
      at,
      ...Object.fromEntries(measuresOf(kind).map((measure) => [columnOf(measure), values[measure] ?? null])),
    })),
  );
  // Only what is new is tried: a row that meets another one uses up a number all the same.
  await em.execute(
    `${given} insert into metric_series (device_id, kind, name)
       select distinct device_id, '${kind}', name from given
        where not exists (select from metric_series as known
          where known.device_id = given.device_id and known.kind = '${kind}' and known.name = given.name)
        order by device_id, name
     on conflict do nothing`,
    [json],
  );
  await em.execute(
    `${given} insert into ${tableOf(kind, 'raw')} (series_id, at, ${columns.join(', ')})
       select series_id, at, ${columns.map((column) => `given.${column}`).join(', ')}
         from given join metric_series as known using (device_id, name) where known.kind = '${kind}'
     on conflict do nothing`,
    [json],
  );
}

async function keepCounters(em: EntityManager, visits: readonly MetricVisit[]): Promise<void> {
  const seen = visits.flatMap(({ sample: { deviceId }, counters }) =>
    counters === null
      ? []
      : [
          {
            device_id: deviceId,
            at: counters.at,
            uptime_seconds: counters.uptimeSeconds,
            interfaces: counters.interfaces,
          },
        ],
  );
  if (seen.length === 0) return;
  await em.execute(
    `insert into metric_counters as known (device_id, at, uptime_seconds, interfaces)
       select device_id, at, uptime_seconds, interfaces
         from jsonb_to_recordset(?::jsonb)
           as row(device_id text, at timestamptz, uptime_seconds double precision, interfaces jsonb)
        where device_id in (select device_id from device)
        -- In one order for everybody: two processes that write the same devices must not wait for each other.
        order by device_id
     on conflict (device_id) do update set
       at = excluded.at, uptime_seconds = excluded.uptime_seconds, interfaces = excluded.interfaces
     where known.at < excluded.at`,
    [storedJson(seen)],
  );
}
