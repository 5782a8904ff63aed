import type { MenuDefinition } from '../engine/definition.ts';
import { ROOT_COMMANDS } from './console/root-commands.ts';
import { redo, undo } from './system/history.ts';
import { ping } from './tool/ping.ts';
import { resolve } from './tool/resolve.ts';
import { password } from './user/password.ts';

/** Commands of the console's root. */
export const root: MenuDefinition = {
  path: '/',
  kind: 'directory',
  fields: {},
  commands: { ...ROOT_COMMANDS, password, ping: { ...ping, until: '7.24' }, redo, resolve, undo },
};
