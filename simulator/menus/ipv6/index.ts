import type { MenuDefinition } from '../../engine/definition.ts';
import { ipv6Address } from './address.ts';
import { ipv6DhcpClient } from './dhcp-client.ts';
import { ipv6DhcpServer, ipv6DhcpServerBinding } from './dhcp-server.ts';
import { ipv6Nd, ipv6NdPrefix, ipv6NdPrefixDefault } from './nd.ts';
import { ipv6LearnedNeighbor, ipv6Neighbor } from './neighbor.ts';
import { ipv6Pool, ipv6PoolUsed } from './pool.ts';
import { ipv6Route } from './route.ts';
import { ipv6Settings } from './settings.ts';

/** `/ipv6` without its firewall. */
export const IPV6_MENUS: readonly MenuDefinition[] = [
  ipv6Address,
  ipv6DhcpClient,
  ipv6DhcpServer,
  ipv6DhcpServerBinding,
  ipv6LearnedNeighbor,
  ipv6Nd,
  ipv6NdPrefix,
  ipv6NdPrefixDefault,
  ipv6Neighbor,
  ipv6Pool,
  ipv6PoolUsed,
  ipv6Route,
  ipv6Settings,
];
