import type { MenuDefinition } from '../../engine/definition.ts';
import { queueSimple } from './simple.ts';
import { queueTree } from './tree.ts';
import { queueTypes } from './type.ts';

/** `/queue`: limits of traffic. */
export const QUEUE_MENUS: readonly MenuDefinition[] = [queueSimple, queueTree, queueTypes];
