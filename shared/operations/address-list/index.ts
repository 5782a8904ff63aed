import { listAddressListEntries } from './list-address-list-entries.ts';

export const ADDRESS_LIST_OPERATIONS = [listAddressListEntries];
