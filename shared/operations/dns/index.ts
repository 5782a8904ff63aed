import { flushDnsCache } from './flush-dns-cache.ts';
import { getDnsCache } from './get-dns-cache.ts';
import { getDnsStatus } from './get-dns-status.ts';
import { listDnsStatic } from './list-dns-static.ts';
import { updateDnsServers } from './update-dns-servers.ts';

export const DNS_OPERATIONS = [getDnsStatus, getDnsCache, listDnsStatic, updateDnsServers, flushDnsCache];
