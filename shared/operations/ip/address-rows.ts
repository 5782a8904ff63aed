import { sameValue } from '../../routeros/canonical.ts';
import type { RouterRecord } from '../../routeros/router.ts';

export const ADDRESS = '/ip/address';
export const ADDRESS_FIELDS = ['address', 'network', 'interface', 'comment', 'disabled', 'dynamic'];

/** Whether the row is this address on this interface, however its prefix is written. */
export function isAddressOn(row: RouterRecord, address: string, name: string): boolean {
  return row['interface'] === name && sameValue('address', row['address'], address);
}
