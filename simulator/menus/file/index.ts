import type { MenuDefinition } from '../../engine/definition.ts';
import { file } from './file.ts';

/** `/file`. */
export const FILE_MENUS: readonly MenuDefinition[] = [file];
