import {
  AGGREGATES,
  measuresOf,
  type Aggregate,
  type MeasureName,
  type MetricKind,
  type Resolution,
} from '../../../../domain/device-metrics/measures.ts';

/** Where hours and days begin, and every step that is asked for: all of them are whole parts or multiples of a day from here. */
export const STEP_ORIGIN = '2000-01-01T00:00:00Z';

export function tableOf(kind: MetricKind, resolution: Resolution): string {
  return `metric_${kind}_${resolution}`;
}

/** `cpuLoadPercent` is `cpu_load_percent`. */
export function columnOf(measure: MeasureName): string {
  return measure.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function columnsOf(kind: MetricKind): string[] {
  return measuresOf(kind).map(columnOf);
}

/** The columns of a table of hours or days, behind `series_id` and `at`. */
export function foldedColumns(columns: readonly string[]): string[] {
  return ['samples', ...columns.flatMap((column) => AGGREGATES.map((aggregate) => `${column}_${aggregate}`))];
}

/** Rows of a table as if each were a fold: what was collected once is its own minimum, average, maximum and last value. */
export function asFolds(kind: MetricKind, resolution: Resolution, columns: readonly string[]): string {
  const values =
    resolution === 'raw'
      ? [
          '1 as samples',
          ...columns.flatMap((column) => AGGREGATES.map((aggregate) => `${column} as ${column}_${aggregate}`)),
        ]
      : foldedColumns(columns);
  return `select series_id, at, ${values.join(', ')} from ${tableOf(kind, resolution)}`;
}

/** Many folds of a column as one. A sample without the value counts for nothing, and one fold for as many samples as are in it. */
export function foldOf(column: string, aggregate: Aggregate): string {
  const value = `${column}_${aggregate}`;
  if (aggregate === 'avg') return `sum(${value} * samples) / sum(samples) filter (where ${value} is not null)`;
  if (aggregate === 'last') return `(array_agg(${value} order by at desc) filter (where ${value} is not null))[1]`;
  return `${aggregate}(${value})`;
}

/** All folds of all columns, named as the columns of a table of hours or days. */
export function allFolds(columns: readonly string[]): string[] {
  return [
    'sum(samples)::int as samples',
    ...columns.flatMap((column) =>
      AGGREGATES.map((aggregate) => `${foldOf(column, aggregate)} as ${column}_${aggregate}`),
    ),
  ];
}
