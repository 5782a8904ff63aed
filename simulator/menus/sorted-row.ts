import type { Row } from '../engine/definition.ts';

/** A row in the order in which devices print keys: `.about` and `.id` first, then by name. */
export function sortedRow(row: Row): Row {
  const entries = Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries);
}
