import type { EntityManager } from '@mikro-orm/postgresql';
import {
  RESOLUTIONS,
  type Aggregate,
  type MeasureName,
  type MetricKind,
  type Resolution,
} from '../../../../domain/device-metrics/measures.ts';
import { toIsoTime } from '../../stored-time.ts';
import { asFolds, columnOf, foldOf, STEP_ORIGIN, tableOf } from './fold-metrics.ts';

/** One series, from `from` on and before `to` (ISO 8601). */
export interface MetricQuery {
  deviceId: string;
  kind: MetricKind;
  /** Of the interface or pool; empty for the device itself. */
  name: string;
  measures: readonly MeasureName[];
  from: string;
  to: string;
  /** A point stands for so many seconds; points begin at whole steps, counted in UTC. */
  stepSeconds: number;
  /** The coarsest values that may be used: those of the newest times are finer, as they are not down-sampled yet. */
  resolution: Resolution;
  aggregate: Aggregate;
}

export interface MetricPoint {
  /** When the step begins (ISO 8601). */
  at: string;
  /** How often the device was asked in it. */
  samples: number;
  values: Partial<Record<MeasureName, number | null>>;
}

export interface MetricAnswer {
  /** Oldest first; none of a step without values. */
  points: MetricPoint[];
  /** Of the oldest value that is kept in this resolution; null when there is none. */
  keptFrom: string | null;
}

/** Null when nothing of this name was ever measured of the device. */
export async function readMetrics(em: EntityManager, query: MetricQuery): Promise<MetricAnswer | null> {
  const { deviceId, kind, name, measures, resolution, stepSeconds, aggregate } = query;
  const [series] = await em.execute<{ series_id: number }[]>(
    'select series_id from metric_series where device_id = ? and kind = ? and name = ?',
    [deviceId, kind, name],
  );
  if (series === undefined) return null;
  const columns = measures.map(columnOf);
  const parts = await partsOf(em, query);
  if (parts.length === 0) return { points: [], keptFrom: null };
  const folds = parts.map(
    (part) => `${asFolds(kind, part.resolution, columns)} where series_id = ? and at >= ? and at < ?`,
  );
  const rows = await em.execute<Record<string, unknown>[]>(
    `select date_bin(make_interval(secs => ?), at, ?::timestamptz) as step, sum(samples)::int as samples,
       ${columns.map((column) => `${foldOf(column, aggregate)} as ${column}`).join(', ')}
     from (${folds.join(' union all ')}) as fold group by step order by step`,
    [stepSeconds, STEP_ORIGIN, ...parts.flatMap(({ from, to }) => [series.series_id, from, to])],
  );
  const [oldest] = await em.execute<{ at: string }[]>(
    `select at from ${tableOf(kind, resolution)} where series_id = ? order by at limit 1`,
    [series.series_id],
  );
  return {
    points: rows.map((row) => toPoint(row, measures)),
    keptFrom: oldest === undefined ? null : toIsoTime(oldest.at),
  };
}

interface Part {
  resolution: Resolution;
  from: string;
  to: string;
}

/** Of which times which table is read: the coarsest that holds them already. */
async function partsOf(em: EntityManager, { resolution, from, to }: MetricQuery): Promise<Part[]> {
  const rows = await em.execute<{ resolution: Resolution; through: string }[]>(
    'select resolution, through from metric_progress',
  );
  const through = new Map(rows.map((row) => [row.resolution, Date.parse(toIsoTime(row.through))]));
  const coarsestFirst = RESOLUTIONS.toReversed().slice(RESOLUTIONS.toReversed().indexOf(resolution));
  const parts: Part[] = [];
  let begin = Date.parse(from);
  for (const one of coarsestFirst) {
    // What is collected has no end of its own.
    const end = Math.min(Date.parse(to), through.get(one) ?? (one === 'raw' ? Infinity : 0));
    if (begin >= end) continue;
    parts.push({ resolution: one, from: new Date(begin).toISOString(), to: new Date(end).toISOString() });
    begin = end;
  }
  return parts;
}

function toPoint(row: Record<string, unknown>, measures: readonly MeasureName[]): MetricPoint {
  const values = measures.map((measure) => [measure, toValue(row[columnOf(measure)])]);
  return {
    at: toIsoTime(row['step'] as Date | string),
    samples: Number(row['samples']),
    values: Object.fromEntries(values) as MetricPoint['values'],
  };
}

/** Six digits: what is stored has no more that mean anything. */
function toValue(stored: unknown): number | null {
  return stored == null ? null : Number(Number(stored).toPrecision(SIGNIFICANT));
}

const SIGNIFICANT = 6;
