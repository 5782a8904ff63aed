import type { RouterValues, Step } from '../domain/change.ts';
import type { RouterRecord } from './router.ts';
import { toBoolean } from './values.ts';

/** Firewall address lists; the two families have lists of their own, also under the same name. */
export const ADDRESS_LIST_MENUS = { ipv4: '/ip/firewall/address-list', ipv6: '/ipv6/firewall/address-list' } as const;

/** The step that puts an entry on its list for good. */
export function entryAddition(menu: string, { list, address }: ListedName, comment: string | undefined): Step {
  const values = { list, address, ...(comment ? { comment } : {}) };
  return { op: 'add', menu, key: { list, address }, values, placeBefore: null };
}

/** The entry is there: it is switched on, and gets the comment that was given. No step when it is so. */
export function entrySettling(menu: string, row: RouterRecord, comment: string | undefined, key: RouterValues): Step[] {
  const after: Record<string, string | null> = {};
  if (toBoolean(row['disabled'])) after['disabled'] = 'false';
  if (comment !== undefined && comment !== (row['comment'] ?? '')) after['comment'] = comment || null;
  if (Object.keys(after).length === 0) return [];
  const before = Object.fromEntries(Object.keys(after).map((field) => [field, row[field] ?? null]));
  return [{ op: 'change', menu, key, before, after }];
}

/** The step that takes an entry off its list, with all that adding it again needs. */
export function entryRemoval(menu: string, row: RouterRecord, key: RouterValues): Step {
  const { list = '', address = '', comment, timeout, disabled } = row;
  const values = {
    list,
    address,
    ...(timeout === undefined ? {} : { timeout }),
    ...(comment === undefined ? {} : { comment }),
    ...(toBoolean(disabled) ? { disabled: 'true' } : {}),
  };
  return { op: 'remove', menu, key, values, placeBefore: null };
}

interface ListedName {
  list: string;
  address: string;
}
