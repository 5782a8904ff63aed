import type { MenuDefinition } from '../../engine/definition.ts';
import { interfaces } from './interface.ts';

/** `/interface` and the menus of its types. */
export const INTERFACE_MENUS: readonly MenuDefinition[] = [interfaces];
