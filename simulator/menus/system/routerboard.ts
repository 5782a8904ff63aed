import type { MenuDefinition, RouterView } from '../../engine/definition.ts';
import { boolean, duration, text, word } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

const ROUTERBOARD = '/system/routerboard';

/** The board and its boot loader, which follows RouterOS only when it is told to and after a reboot. */
export const systemRouterboard: MenuDefinition = {
  path: ROUTERBOARD,
  kind: 'singleton',
  rows: 'read-only',
  available: ({ board }) => board.model !== undefined,
  fields: {
    'board-name': computed((_item, router) => router.board.name),
    'current-firmware': { type: text, access: 'read-only' },
    'factory-firmware': computed(() => '7.5'),
    'firmware-type': computed((_item, router) => router.board.firmwareType),
    model: computed((_item, router) => router.board.model),
    revision: computed(() => 'r2'),
    routerboard: computed(() => 'true'),
    'serial-number': computed((_item, router) => serialNumber(router.index)),
    'upgrade-firmware': computed((_item, router) => router.version),
  },
  seed: (router) => [{ 'current-firmware': router.version }],
  booted: (router) => {
    const [item] = router.items(ROUTERBOARD);
    if (!item) return;
    const auto = router.singleton(`${ROUTERBOARD}/settings`)['auto-upgrade'] === 'true';
    const pending = item.values['pending'];
    if (pending !== undefined) item.values['current-firmware'] = pending;
    delete item.values['pending'];
    // With auto-upgrade the new firmware is written now and used after one more reboot.
    if (auto && item.values['current-firmware'] !== router.version) item.values['pending'] = router.version;
  },
  commands: {
    upgrade: {
      policy: 'write',
      parameters: [],
      writes: true,
      run: (_args, router) => {
        const [item] = router.items(ROUTERBOARD);
        if (item) item.values['pending'] = router.version;
        router.log('system,info,critical', 'Firmware upgraded successfully, please reboot for changes to take effect!');
        return { kind: 'done' };
      },
    },
  },
};

/** Settings of the boot loader. */
export const systemRouterboardSettings: MenuDefinition = {
  path: `${ROUTERBOARD}/settings`,
  kind: 'singleton',
  noun: 'routerboard settings',
  available: ({ board }) => board.model !== undefined,
  fields: {
    'auto-upgrade': { type: boolean, default: 'false' },
    'boot-device': {
      type: word(
        'ethernet',
        'flash-boot',
        'flash-boot-once-then-nand',
        'nand-if-fail-then-ethernet',
        'nand-only',
        'try-ethernet-once-then-nand',
      ),
      default: 'nand-if-fail-then-ethernet',
    },
    'boot-protocol': { type: word('bootp', 'dhcp'), default: 'bootp' },
    'cpu-frequency': { type: text, default: 'auto' },
    'force-backup-booter': { type: boolean, default: 'false' },
    'preboot-etherboot': { type: duration(1000, 30_000, ['disabled']), default: 'disabled' },
    'preboot-etherboot-server': { type: text, default: 'any' },
    'protected-routerboot': { type: word('disabled', 'enabled'), default: 'disabled' },
    'reformat-hold-button': { type: duration(5000, 300_000), default: '20s' },
    'reformat-hold-button-max': { type: duration(5000, 600_000), default: '10m' },
    'silent-boot': { type: boolean, default: 'false' },
  },
};

/** Printed by the device, and the same over all reboots. */
export function serialNumber(index: number): string {
  return `HEX${(0x0a1b2c3 + index * 0x101).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** `ABCD-EF12`: of letters and digits, another one for every router. */
export function softwareId({ index }: Pick<RouterView, 'index'>): string {
  let rest = 0x2f5_9c1 + index * 7919;
  let letters = '';
  for (let position = 0; position < 8; position++) {
    letters += LETTERS.charAt((rest + position * 11) % LETTERS.length);
    rest = Math.floor(rest / 3) + 17 * position;
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

const LETTERS = '0123456789ABCDEFGHIJKLMNPQRSTUVWXYZ';
