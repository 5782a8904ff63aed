import { getArpTable } from './get-arp-table.ts';
import { listIpAddresses } from './list-ip-addresses.ts';

export const IP_OPERATIONS = [listIpAddresses, getArpTable];
