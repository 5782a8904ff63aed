import { listDhcpClients } from './list-dhcp-clients.ts';
import { listDhcpLeases } from './list-dhcp-leases.ts';
import { listDhcpServers } from './list-dhcp-servers.ts';
import { listPools } from './list-pools.ts';

export const DHCP_OPERATIONS = [listDhcpServers, listDhcpLeases, listDhcpClients, listPools];
