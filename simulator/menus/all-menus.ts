import type { MenuDefinition } from '../engine/definition.ts';
import { CAPS_MAN_MENUS } from './caps-man/index.ts';
import { consoleDirectory } from './console/console.ts';
import { CERTIFICATE_MENUS } from './certificate/index.ts';
import { FILE_MENUS } from './file/index.ts';
import { FIREWALL_MENUS } from './firewall/index.ts';
import { INTERFACE_MENUS } from './interface/index.ts';
import { IP_MENUS } from './ip/index.ts';
import { IPV6_MENUS } from './ipv6/index.ts';
import { PPP_MENUS } from './ppp/index.ts';
import { QUEUE_MENUS } from './queue/index.ts';
import { root } from './root.ts';
import { ROUTING_MENUS } from './routing/index.ts';
import { safeMode } from './safe-mode.ts';
import { SNMP_MENUS } from './snmp/index.ts';
import { SYSTEM_MENUS } from './system/index.ts';
import { TOOL_MENUS } from './tool/index.ts';
import { USER_MENUS } from './user/index.ts';

/** The menus a router can have: a folder for each directory of the console, a file for each menu, listed in its index. */
export const ALL_MENUS: readonly MenuDefinition[] = [
  root,
  consoleDirectory,
  safeMode,
  ...INTERFACE_MENUS,
  ...CAPS_MAN_MENUS,
  ...USER_MENUS,
  ...FILE_MENUS,
  ...CERTIFICATE_MENUS,
  ...SNMP_MENUS,
  ...SYSTEM_MENUS,
  ...IP_MENUS,
  ...FIREWALL_MENUS,
  ...IPV6_MENUS,
  ...ROUTING_MENUS,
  ...QUEUE_MENUS,
  ...PPP_MENUS,
  ...TOOL_MENUS,
];
