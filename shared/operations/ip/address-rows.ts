import type { Step } from '../../domain/change.ts';
import { sameValue } from '../../routeros/canonical.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean } from '../../routeros/values.ts';

export const ADDRESS = '/ip/address';
export const ADDRESS_FIELDS = ['address', 'network', 'interface', 'comment', 'disabled', 'dynamic'];

/** Whether the row is this address on this interface, however its prefix is written. */
export function isAddressOn(row: RouterRecord, address: string, name: string): boolean {
  return row['interface'] === name && sameValue('address', row['address'], address);
}

/** The step that removes the row; what it holds beside its key is what the undo needs. */
export function removalOf({ address = '', interface: name = '', network, comment, disabled }: RouterRecord): Step {
  const key = { address, interface: name };
  const values = {
    ...key,
    ...(network === undefined ? {} : { network }),
    ...(comment === undefined ? {} : { comment }),
    ...(toBoolean(disabled) ? { disabled: 'true' } : {}),
  };
  return { op: 'remove', menu: ADDRESS, key, values, placeBefore: null };
}

/** The step that adds the address; an empty comment is none. */
export function additionOf(address: string, name: string, comment: string | undefined): Step {
  const key = { address, interface: name };
  return { op: 'add', menu: ADDRESS, key, values: { ...key, ...(comment ? { comment } : {}) }, placeBefore: null };
}

/** The step that gives fields of the row other values; null takes one back. */
export function changeOf(row: RouterRecord, after: Record<string, string | null>): Step {
  const { address = '', interface: name = '' } = row;
  const before = Object.fromEntries(Object.keys(after).map((field) => [field, row[field] ?? null]));
  return { op: 'change', menu: ADDRESS, key: { address, interface: name }, before, after };
}
