import type { MenuDefinition } from '../../engine/definition.ts';
import { ping } from './ping.ts';

/** Commands of the `/tool` directory itself. */
export const tool: MenuDefinition = { path: '/tool', kind: 'directory', fields: {}, commands: { ping } };
