import type { MenuDefinition } from '../../../engine/definition.ts';
import { ethernetPorts } from './ethernet.ts';
import { poePorts } from './poe.ts';
import { switchChips } from './switch.ts';

/** `/interface/ethernet` and what belongs to it. */
export const ETHERNET_MENUS: readonly MenuDefinition[] = [ethernetPorts, poePorts, switchChips];
