import type { MenuDefinition } from '../engine/definition.ts';
import { boolean, text } from '../values/field-types.ts';
import { computed } from './row-fields.ts';
import { BUILD_TIME } from './system-resource.ts';

/** Installed packages. Installing and removing packages is not simulated: the rows are read-only. */
export const systemPackage: MenuDefinition = {
  path: '/system/package',
  kind: 'list',
  rows: 'read-only',
  nameField: 'name',
  fields: {
    available: { type: boolean, access: 'read-only', default: 'false', since: '7.18' },
    'build-time': computed(() => BUILD_TIME),
    disabled: { type: boolean, access: 'read-only', default: 'false' },
    name: { type: text, access: 'read-only' },
    scheduled: { type: text, access: 'read-only', default: '' },
    size: { type: text, access: 'read-only' },
    version: computed((_item, router) => router.version),
  },
  seed: (router) => [
    { name: 'routeros', size: '13668352' },
    ...(router.board.interfaces.some((port) => port.type === 'wifi') ? [{ name: 'wifi-qcom', size: '10485760' }] : []),
  ],
};
