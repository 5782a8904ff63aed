import type { MenuDefinition } from '../../../engine/definition.ts';
import { bridges } from './bridge.ts';
import { bridgePorts } from './port.ts';

/** `/interface/bridge` and what belongs to it. */
export const BRIDGE_MENUS: readonly MenuDefinition[] = [bridges, bridgePorts];
