import type { MenuDefinition } from '../../engine/definition.ts';
import { tool } from './tool.ts';

/** `/tool`: what a router can do to look around. */
export const TOOL_MENUS: readonly MenuDefinition[] = [tool];
