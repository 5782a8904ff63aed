import { sameValue } from '../../shared/routeros/canonical.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { isSecretField } from '../../shared/routeros/secret-fields.ts';

type Wanted = Readonly<Record<string, string | null>>;

/**
 * Whether a row holds what was written to it; null means that the field was taken back. Values that run down by themselves
 * cannot be compared: there it is enough that they are set. Neither can secrets that the router does not show: they are
 * taken as held only where the rest of the row proves the write (`hidden: 'trusted'`).
 */
export function holdsWritten(menu: string, row: RouterRecord, wanted: Wanted, hidden: 'trusted' | 'doubted'): boolean {
  // The answer of another menu, or of an empty table, holds nothing.
  if (row['.id'] === undefined) return false;
  return Object.entries(wanted).every(([field, value]) => {
    if (isHidden(menu, field, row)) return hidden === 'trusted';
    if (RUNS_DOWN.has(field) && value !== null) return row[field] !== undefined;
    return sameValue(field, row[field], value ?? undefined);
  });
}

/** Whether reading the row again can tell this change from what was there before. */
export function canTell(menu: string, before: RouterRecord, wanted: Wanted): boolean {
  return Object.entries(wanted).some(
    ([field, value]) => !isHidden(menu, field, before) && !sameValue(field, before[field], value ?? undefined),
  );
}

function isHidden(menu: string, field: string, row: RouterRecord): boolean {
  return isSecretField(menu, field) && (row[field] ?? '') === '';
}

/** How fields are taken back in a `set`: text is emptied, anything else is named with a `!` in front. */
export function unsetBody(fields: readonly string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [EMPTY_CLEARS.has(field) ? field : `!${field}`, '']));
}

/** Counts down from what was written. */
const RUNS_DOWN: ReadonlySet<string> = new Set(['timeout']);

/** Text that is gone when it is empty; an empty matcher is refused as a wrong value instead. */
const EMPTY_CLEARS: ReadonlySet<string> = new Set(['comment']);
