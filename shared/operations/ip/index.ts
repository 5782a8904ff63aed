import { listIpAddresses } from './list-ip-addresses.ts';

export const IP_OPERATIONS = [listIpAddresses];
