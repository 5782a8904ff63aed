import type { Field, FieldType, Item, MenuDefinition, Row, RouterView } from '../../../engine/definition.ts';
import { noMatch } from '../../../engine/router-error.ts';
import { boolean, integer, text, word } from '../../../values/field-types.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { computed } from '../../row-fields.ts';
import { isSlave } from '../bridge-membership.ts';
import { blink, reset } from '../interface.ts';
import { namedItems } from '../named-items.ts';
import { isCage, speedOf, switchOf } from '../port-hardware.ts';
import { countersOf, type Traffic } from '../traffic.ts';
import { ARP_FIELDS, interfaceMenu, LOOP_PROTECT_FIELDS, settableL2mtu } from '../typed-interface.ts';
import { cableTest } from './cable-test.ts';
import { DAMAGE_COUNTERS } from './damage-counters.ts';
import { monitorPort } from './monitor-port.ts';
import { POE_FIELDS } from './poe-fields.ts';

const PATH = '/interface/ethernet';

/** Every mode that a port of some board can offer, slowest first. */
const LINK_MODES = [
  '10M-baseT-half',
  '10M-baseT-full',
  '100M-baseT-half',
  '100M-baseT-full',
  '1G-baseT-half',
  '1G-baseT-full',
  '1G-baseX',
  '2.5G-baseT',
  '2.5G-baseX',
  '5G-baseT',
  '10G-baseT',
  '10G-baseSR-LR',
  '10G-baseCR',
  '25G-baseSR-LR',
  '25G-baseCR',
];

const modeList: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const modes = input.split(',').filter((mode) => mode !== '');
    if (!modes.every((mode) => LINK_MODES.includes(mode))) throw noMatch(field);
    return LINK_MODES.filter((mode) => modes.includes(mode)).join(',');
  },
};

const flowControl: Field = { type: word('off', 'on', 'auto'), default: 'off' };

/** Ports: made with the board, so none can be added or removed. */
export const ethernetPorts: MenuDefinition = interfaceMenu({
  path: PATH,
  type: 'ether',
  namePrefix: 'ether',
  rows: 'fixed',
  keeps: ['advertise'],
  fields: {
    ...ARP_FIELDS,
    ...LOOP_PROTECT_FIELDS,
    ...POE_FIELDS,
    ...DAMAGE_COUNTERS,
    advertise: { type: modeList, access: 'argument', compute: advertised },
    'auto-negotiation': { type: boolean, default: 'true' },
    bandwidth: { type: text, default: 'unlimited/unlimited', available: ({ board }) => switchOf(board) !== undefined },
    'cable-settings': { type: word('default', 'short', 'standard'), default: 'default' },
    'combo-mode': { type: word('auto', 'copper', 'sfp'), canUnset: true },
    'default-name': { type: text, access: 'read-only' },
    'disable-running-check': { type: boolean, default: (router) => String(router.board.model === undefined) },
    'driver-rx-byte': counter('rxBytes'),
    'driver-rx-packet': counter('rxPackets'),
    'driver-tx-byte': counter('txBytes'),
    'driver-tx-packet': counter('txPackets'),
    'fec-mode': { type: word('auto', 'off', 'fec74', 'fec91'), canUnset: true },
    l2mtu: settableL2mtu,
    'mac-address': { type: macAddress },
    'mdix-enable': { type: boolean, default: 'true' },
    mtu: { type: integer(68, 65_535), default: '1500' },
    name: { type: text },
    'orig-mac-address': { type: macAddress },
    'rx-broadcast': share('rxPackets', 50),
    'rx-bytes': counter('rxBytes'),
    'rx-flow-control': flowControl,
    'rx-multicast': share('rxPackets', 120),
    'rx-packet': counter('rxPackets'),
    'sfp-ignore-rx-los': { type: boolean, default: 'false', since: '7.15' },
    'sfp-rate-select': { type: word('high', 'low'), default: 'high' },
    'sfp-shutdown-temperature': { type: integer(0, 200), default: '95' },
    slave: computed((item, router) => (isSlave(item.id, router) ? 'true' : undefined)),
    speed: { type: word('10M-baseT-half', ...LINK_MODES.slice(1)), canUnset: true },
    switch: computed((_item, router) => switchOf(router.board)),
    'tx-broadcast': share('txPackets', 60),
    'tx-bytes': counter('txBytes'),
    'tx-flow-control': flowControl,
    'tx-multicast': share('txPackets', 90),
    'tx-packet': counter('txPackets'),
  },
  view: hideForeignFields,
  commands: {
    blink: blink(PATH),
    'cable-test': cableTest,
    monitor: monitorPort,
    'reset-counters': reset(PATH),
    'reset-mac-address': {
      policy: 'write',
      parameters: ['.id', 'numbers'],
      run: (args, router, caller) => {
        for (const { id, values } of namedItems(args, PATH, router)) {
          const made = values['orig-mac-address'] ?? '';
          void router.perform(
            caller,
            PATH,
            'set',
            new Map([
              ['.id', id],
              ['mac-address', made],
            ]),
          );
        }
        return { kind: 'done' };
      },
    },
  },
});

function advertised(port: Item): string {
  return port.values['advertise'] ?? speedOf(port).modes.join(',');
}

function counter(figure: keyof Traffic): Field {
  return computed((item, router) => String(countersOf(item, router)[figure]));
}

/** One packet of so many. */
function share(figure: keyof Traffic, of: number): Field {
  return computed((item, router) => String(Math.floor(countersOf(item, router)[figure] / of)));
}

const CAGE_FIELDS = ['sfp-ignore-rx-los', 'sfp-rate-select', 'sfp-shutdown-temperature'];
const COPPER_FIELDS = ['cable-settings', 'mdix-enable'];

/** A port shows the settings of its kind only; the check for a link can be switched off on virtual machines only. */
function hideForeignFields(row: Row, item: Item, router: RouterView): Row {
  const hidden = [
    ...(isCage(item) ? COPPER_FIELDS : CAGE_FIELDS),
    ...(item.values['gives-power'] === 'true' ? [] : Object.keys(POE_FIELDS)),
    ...(router.board.model === undefined ? [] : ['disable-running-check']),
  ];
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.includes(name)));
}
