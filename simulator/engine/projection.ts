import type { Row } from './definition.ts';

/** Leaves only the named fields, in the row's own order; unknown names are ignored. */
export function project(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

/** Splits a comma list of field names. */
export function splitNames(proplist: string | readonly string[]): string[] {
  const text = typeof proplist === 'string' ? proplist : proplist.join(',');
  return text.split(',').filter((name) => name !== '');
}
