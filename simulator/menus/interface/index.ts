import type { MenuDefinition } from '../../engine/definition.ts';
import { BRIDGE_MENUS } from './bridge/index.ts';
import { ETHERNET_MENUS } from './ethernet/index.ts';
import { interfaces } from './interface.ts';
import { interfaceListMembers, interfaceLists } from './list.ts';
import { vlans } from './vlan.ts';

/** `/interface` and the menus of its types. */
export const INTERFACE_MENUS: readonly MenuDefinition[] = [
  interfaces,
  ...ETHERNET_MENUS,
  ...BRIDGE_MENUS,
  interfaceLists,
  interfaceListMembers,
  vlans,
];
