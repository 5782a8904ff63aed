import { listAddressListEntries } from './list-address-list-entries.ts';
import { updateAddressList } from './update-address-list.ts';

export const ADDRESS_LIST_OPERATIONS = [listAddressListEntries, updateAddressList];
