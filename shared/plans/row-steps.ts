import type { RouterValues, Step } from '../domain/change.ts';
import { sameValue } from '../routeros/canonical.ts';
import type { RouterRecord } from '../routeros/router.ts';

/** What fields of a row shall hold: undefined leaves a field as it is, null takes it back. */
export type RowWish = Readonly<Record<string, string | null | undefined>>;

/** Of a record the fields asked for, without those that it does not have. */
export function heldRow(record: RouterRecord, fields: readonly string[]): RouterValues {
  const entries = fields.map((field) => [field, record[field]] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The step that adds a row; what is empty is left out. */
export function additionOfRow(menu: string, key: RouterValues, wish: RowWish): Step {
  return { op: 'add', menu, key, values: { ...key, ...withoutEmpty(wish) }, placeBefore: null };
}

/** The step that gives a row what differs from the wish; null when it holds all of it. */
export function changeOfRow(menu: string, key: RouterValues, row: RouterValues, wish: RowWish): Step | null {
  const differing = Object.entries(wish).filter(
    (entry): entry is [string, string | null] =>
      entry[1] !== undefined && !sameValue(entry[0], row[entry[0]], entry[1] ?? undefined),
  );
  if (differing.length === 0) return null;
  const before = Object.fromEntries(differing.map(([field]) => [field, row[field] ?? null]));
  return { op: 'change', menu, key, before, after: Object.fromEntries(differing) };
}

/** The step that removes a row. `row` is all of it that can be written, so that the undo adds it as it was. */
export function removalOfRow(menu: string, key: RouterValues, row: RouterValues): Step {
  return { op: 'remove', menu, key, values: { ...key, ...withoutEmpty(row) }, placeBefore: null };
}

/** What the row holds once the step is made. */
export function rowAfter(row: RouterValues, step: Step): RouterValues {
  if (step.op !== 'change') return row;
  const kept = Object.entries({ ...row, ...step.after }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return Object.fromEntries(kept);
}

function withoutEmpty(values: RowWish): RouterValues {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => Boolean(entry[1])));
}
