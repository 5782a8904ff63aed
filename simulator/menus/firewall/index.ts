import type { MenuDefinition } from '../../engine/definition.ts';
import { addressLists } from './address-list.ts';
import { connections, connectionTracking } from './connection.ts';
import { layer7Protocol } from './layer7-protocol.ts';
import { servicePort } from './service-port.ts';
import { RULE_TABLES } from './tables.ts';

/** `/ip/firewall` and `/ipv6/firewall`. */
export const FIREWALL_MENUS: readonly MenuDefinition[] = [
  ...RULE_TABLES,
  ...addressLists,
  ...connections,
  connectionTracking,
  layer7Protocol,
  servicePort,
];
