import type { MenuDefinition } from '../../engine/definition.ts';
import { bonds } from './bonding.ts';
import { BRIDGE_MENUS } from './bridge/index.ts';
import { ETHERNET_MENUS } from './ethernet/index.ts';
import { interfaces } from './interface.ts';
import { interfaceListMembers, interfaceLists } from './list.ts';
import { pppoeClients } from './pppoe-client.ts';
import { vlans } from './vlan.ts';
import { virtualRouters } from './vrrp.ts';
import { WIFI_MENUS } from './wifi/index.ts';
import { wireguardInterfaces } from './wireguard/wireguard.ts';
import { wireguardPeers } from './wireguard/peers.ts';
import { WIRELESS_MENUS } from './wireless/index.ts';

/** `/interface` and the menus of its types. */
export const INTERFACE_MENUS: readonly MenuDefinition[] = [
  interfaces,
  ...ETHERNET_MENUS,
  ...BRIDGE_MENUS,
  bonds,
  interfaceLists,
  interfaceListMembers,
  pppoeClients,
  vlans,
  virtualRouters,
  ...WIFI_MENUS,
  wireguardInterfaces,
  wireguardPeers,
  ...WIRELESS_MENUS,
];
