import type { MenuDefinition } from '../engine/definition.ts';
import { redo, undo } from './system/history.ts';

/** Commands of the console's root. */
export const root: MenuDefinition = {
  path: '/',
  kind: 'directory',
  fields: {},
  commands: { redo, undo },
};
