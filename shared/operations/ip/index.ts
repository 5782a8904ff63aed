import { addIpAddress } from './add-ip-address.ts';
import { getArpTable } from './get-arp-table.ts';
import { listIpAddresses } from './list-ip-addresses.ts';
import { removeIpAddress } from './remove-ip-address.ts';

export const IP_OPERATIONS = [listIpAddresses, getArpTable, addIpAddress, removeIpAddress];
