import type { MenuDefinition } from '../../engine/definition.ts';
import { bandwidthServer } from './bandwidth-server.ts';
import { eMail } from './e-mail.ts';
import { macPing, macServer, macWinbox } from './mac-server.ts';
import { netwatch } from './netwatch.ts';
import { sniffer } from './sniffer.ts';
import { tool } from './tool.ts';

/** `/tool`: what a router can do to look around. */
export const TOOL_MENUS: readonly MenuDefinition[] = [
  tool,
  bandwidthServer,
  eMail,
  macServer,
  macWinbox,
  macPing,
  netwatch,
  sniffer,
];
