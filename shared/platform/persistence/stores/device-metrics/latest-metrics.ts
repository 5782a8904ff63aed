import type { EntityManager } from '@mikro-orm/postgresql';
import {
  measuresOf,
  METRIC_KINDS,
  type MeasureName,
  type MetricKind,
} from '../../../../domain/device-metrics/measures.ts';
import { toIsoTime } from '../../stored-time.ts';
import { columnOf, columnsOf, tableOf } from './fold-metrics.ts';

/** The newest values of one series. */
export interface LatestMetrics {
  deviceId: string;
  kind: MetricKind;
  /** Of the interface or pool; empty for the device itself. */
  name: string;
  /** ISO 8601. */
  at: string;
  values: Partial<Record<MeasureName, number | null>>;
}

/** Series without a value since then are left out. Of the kinds given, by device, kind and name. */
export async function latestMetrics(
  em: EntityManager,
  deviceIds: readonly string[],
  since: string,
  kinds: readonly MetricKind[] = METRIC_KINDS,
): Promise<LatestMetrics[]> {
  const found: LatestMetrics[] = [];
  for (const kind of kinds) {
    // oxlint-disable-next-line no-await-in-loop -- one connection carries them out
    const rows = await em.execute<LatestRow[]>(
      `select device_id, name, newest.* from metric_series cross join lateral (
         select at, ${columnsOf(kind).join(', ')} from ${tableOf(kind, 'raw')} as sample
          where sample.series_id = metric_series.series_id and at >= ? order by at desc limit 1) as newest
       where kind = ? and device_id in (select json_array_elements_text(?::json)) order by device_id, name`,
      [since, kind, JSON.stringify(deviceIds)],
    );
    found.push(...rows.map((row) => toLatest(kind, row)));
  }
  return found;
}

interface LatestRow {
  device_id: string;
  name: string;
  at: Date | string;
  [column: string]: unknown;
}

function toLatest(kind: MetricKind, row: LatestRow): LatestMetrics {
  const values = measuresOf(kind).map((measure) => {
    const stored = row[columnOf(measure)];
    return [measure, stored == null ? null : Number(stored)];
  });
  return {
    deviceId: row.device_id,
    kind,
    name: row.name,
    at: toIsoTime(row.at),
    values: Object.fromEntries(values) as LatestMetrics['values'],
  };
}
