import type { EntityManager } from '@mikro-orm/postgresql';
import { METRIC_KINDS, type MetricKind } from '../../../../domain/device-metrics/measures.ts';
import { allFolds, asFolds, columnsOf, foldedColumns, tableOf } from './fold-metrics.ts';

const HOUR_MS = 3_600_000;

/** From what each resolution is made, how long one of its parts is, and how long late values are waited for. */
export const DOWNSAMPLED = {
  hour: { from: 'raw', lengthMs: HOUR_MS, waitMs: HOUR_MS / 4 },
  day: { from: 'hour', lengthMs: 24 * HOUR_MS, waitMs: HOUR_MS / 2 },
} as const;
export type Downsampled = keyof typeof DOWNSAMPLED;

/**
 * Makes the next hour or day that is over, of all devices; false when there is none yet. Call it in a transaction: a part is
 * made whole or not at all, and by one process.
 */
export async function downsampleNext(em: EntityManager, resolution: Downsampled, now: Date): Promise<boolean> {
  const { from, lengthMs, waitMs } = DOWNSAMPLED[resolution];
  const [progress] = await em.execute<{ through: string }[]>(
    'select through from metric_progress where resolution = ? for update',
    [resolution],
  );
  if (progress === undefined) return false;
  const begin = new Date(progress.through);
  const end = new Date(begin.getTime() + lengthMs);
  if (end.getTime() + waitMs > now.getTime() || !(await isComplete(em, from, end))) return false;
  await em.execute('select add_metric_partitions(?, ?, ?)', [resolution, begin.toISOString(), begin.toISOString()]);
  for (const kind of METRIC_KINDS) {
    // oxlint-disable-next-line no-await-in-loop -- one connection carries them out
    await em.execute(insertFolds(kind, resolution), [begin.toISOString(), begin.toISOString(), end.toISOString()]);
  }
  await em.execute('update metric_progress set through = ? where resolution = ?', [end.toISOString(), resolution]);
  return true;
}

/** Days are made of hours, so all hours of a day must be there. */
async function isComplete(em: EntityManager, from: 'raw' | 'hour', end: Date): Promise<boolean> {
  if (from === 'raw') return true;
  const [row] = await em.execute<{ through: string }[]>('select through from metric_progress where resolution = ?', [
    from,
  ]);
  return row !== undefined && new Date(row.through) >= end;
}

function insertFolds(kind: MetricKind, resolution: Downsampled): string {
  const columns = columnsOf(kind);
  return `insert into ${tableOf(kind, resolution)} (series_id, at, ${foldedColumns(columns).join(', ')})
    select series_id, ?::timestamptz, ${allFolds(columns).join(', ')}
      from (${asFolds(kind, DOWNSAMPLED[resolution].from, columns)} where at >= ? and at < ?) as fold
     group by series_id
    on conflict do nothing`;
}
