import type { MenuDefinition } from '../../engine/definition.ts';
import { ipAddress } from './address.ts';
import { ipArp } from './arp.ts';
import { ipCloud, ipCloudAdvanced } from './cloud.ts';
import { ipDhcpClient, ipDhcpClientOption } from './dhcp-client.ts';
import { ipDhcpServerLease } from './dhcp-server/lease.ts';
import { ipDhcpServerNetwork } from './dhcp-server/network.ts';
import { ipDhcpServerConfig, ipDhcpServerOption, ipDhcpServerOptionSets } from './dhcp-server/option.ts';
import { ipDhcpServer } from './dhcp-server/server.ts';
import { ipDnsCache, ipDnsCacheAll } from './dns/cache.ts';
import { ipDns } from './dns/dns.ts';
import { ipDnsAdlist, ipDnsForwarders } from './dns/forwarders.ts';
import { ipDnsStatic } from './dns/static.ts';
import { ipNeighbor, ipNeighborDiscoverySettings } from './neighbor.ts';
import { ipPool, ipPoolUsed } from './pool.ts';
import { ipRoute } from './route.ts';
import { serviceWebserver } from './service-webserver.ts';
import { ipService } from './service.ts';
import { ipSettings } from './settings.ts';
import { ipSsh } from './ssh.ts';
import { ipVrf } from './vrf.ts';

/** `/ip` without its firewall. */
export const IP_MENUS: readonly MenuDefinition[] = [
  ipAddress,
  ipArp,
  ipCloud,
  ipCloudAdvanced,
  ipDhcpClient,
  ipDhcpClientOption,
  ipDhcpServer,
  ipDhcpServerConfig,
  ipDhcpServerLease,
  ipDhcpServerNetwork,
  ipDhcpServerOption,
  ipDhcpServerOptionSets,
  ipDns,
  ipDnsAdlist,
  ipDnsCache,
  ipDnsCacheAll,
  ipDnsForwarders,
  ipDnsStatic,
  ipNeighbor,
  ipNeighborDiscoverySettings,
  ipPool,
  ipPoolUsed,
  ipRoute,
  ipService,
  serviceWebserver,
  ipSettings,
  ipSsh,
  ipVrf,
];
