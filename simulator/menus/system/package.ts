import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, text } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';
import { BUILD_TIME } from './resource.ts';

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
  seed: (router) => [...router.packages].map((name) => ({ name, size: SIZES[name] ?? '1048576' })),
};

const SIZES: Readonly<Record<string, string | undefined>> = {
  routeros: '13668352',
  'wifi-qcom': '10485760',
  'wifi-qcom-ac': '3145728',
  wifiwave2: '10485760',
  wireless: '1998848',
};
