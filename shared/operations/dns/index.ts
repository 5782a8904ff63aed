import { getDnsStatus } from './get-dns-status.ts';
import { updateDnsServers } from './update-dns-servers.ts';

export const DNS_OPERATIONS = [getDnsStatus, updateDnsServers];
