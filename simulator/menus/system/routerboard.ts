import type { MenuDefinition } from '../../engine/definition.ts';
import { computed } from '../row-fields.ts';

export const systemRouterboard: MenuDefinition = {
  path: '/system/routerboard',
  kind: 'singleton',
  rows: 'read-only',
  available: ({ board }) => board.model !== undefined,
  fields: {
    'board-name': computed((_item, router) => router.board.name),
    'current-firmware': computed((_item, router) => router.version),
    'factory-firmware': computed(() => '7.5'),
    'firmware-type': computed((_item, router) => router.board.firmwareType),
    model: computed((_item, router) => router.board.model),
    revision: computed(() => 'r2'),
    routerboard: computed(() => 'true'),
    'serial-number': computed((_item, router) => serialNumber(router.index)),
    'upgrade-firmware': computed((_item, router) => router.version),
  },
};

function serialNumber(index: number): string {
  return `HEX${(0x0a1b2c3 + index * 0x101).toString(16).toUpperCase().padStart(8, '0')}`;
}
