import type { RouterValues } from '../domain/change.ts';
import { AppError } from '../errors/app-error.ts';
import { holdsValues } from './canonical.ts';
import type { RouterRecord, RowKey } from './router.ts';

/** The rows that a key means. Rows that the router made itself are left out unless the key asks for them. */
export function rowsNamed(rows: readonly RouterRecord[], key: RowKey): RouterRecord[] {
  return rows.filter((row) => (asksForDynamic(key) || !isDynamic(row)) && holdsValues(row, key));
}

/** The one row a key means; null when there is none, DEVICE_ENTRY_AMBIGUOUS when there are several. */
export function rowNamed(rows: readonly RouterRecord[], menu: string, key: RowKey): RouterRecord | null {
  const [first, ...others] = rowsNamed(rows, key);
  if (others.length === 0) return first ?? null;
  throw new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `${menu} has ${others.length + 1} entries with ${describeKey(key)}.`,
    hint: 'Make the entries tell apart on the device, for example by their comments.',
    details: { menu, key, entries: others.length + 1 },
  });
}

/**
 * What of a key the router itself can find rows by: of firewall address lists the list, whose name is compared letter by
 * letter. Those tables may hold a hundred thousand rows, of which only the list's own are then read.
 */
export function narrowing(menu: string, { list }: RowKey, changed: readonly string[] = []): RouterValues {
  // An entry that moves to another list is looked for in both.
  if (changed.includes('list')) return {};
  return list !== undefined && /^\/ip(v6)?\/firewall\/address-list$/.test(menu) ? { list } : {};
}

/** `list=blocked, address=192.0.2.1` */
export function describeKey(key: RowKey): string {
  return Object.entries(key)
    .map(([field, value]) => `${field}=${value}`)
    .join(', ');
}

/** Refuses what names no row by itself, before anything is sent. */
export function assertNaturalKey(menu: string, key: RowKey): void {
  const fields = Object.keys(key).filter((field) => field !== 'dynamic');
  if (fields.length > 0 && !fields.includes('.id') && !fields.includes('numbers')) return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `An entry of ${menu} must be named by what it holds, not by an id or by nothing.`,
    details: { menu },
  });
}

export function isDynamic(row: RouterRecord): boolean {
  return row['dynamic'] === 'true';
}

function asksForDynamic(key: RowKey): boolean {
  return key['dynamic'] === 'true';
}
