import type { MenuDefinition } from '../../../engine/definition.ts';
import { bridges } from './bridge.ts';
import { bridgeHosts } from './host.ts';
import { bridgePorts } from './port.ts';
import { bridgeSettings } from './settings.ts';
import { bridgeVlans } from './vlan.ts';

/** `/interface/bridge` and what belongs to it. */
export const BRIDGE_MENUS: readonly MenuDefinition[] = [bridges, bridgePorts, bridgeVlans, bridgeHosts, bridgeSettings];
