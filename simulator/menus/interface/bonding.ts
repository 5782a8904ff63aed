import type { Item, Row, RouterView } from '../../engine/definition.ts';
import { failure } from '../../engine/router-error.ts';
import { addressList, duration, integer, reference, word } from '../../values/field-types.ts';
import { macAddress } from '../../values/mac-address.ts';
import { referenceList } from '../../values/reference-list.ts';
import { computed } from '../row-fields.ts';
import { actualMtu } from './frame-sizes.ts';
import { monitor, MONITOR_PARAMETERS } from '../monitor.ts';
import { namedItems } from './named-items.ts';
import { idsIn, interfaceAt, isRunning, slavesOf } from './running.ts';
import { ARP_FIELDS, interfaceMenu, ownMacAddress } from './typed-interface.ts';

const PATH = '/interface/bonding';

const MODES = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'];

/** Several ports that act as one. */
export const bonds = interfaceMenu({
  path: PATH,
  type: 'bond',
  namePrefix: 'bonding',
  noun: 'bonding',
  fields: {
    ...ARP_FIELDS,
    'actual-mtu': computed(actualMtu),
    'arp-interval': { type: duration(), default: '100ms' },
    'arp-ip-targets': { type: addressList, default: '' },
    'down-delay': { type: duration(), default: '0s' },
    'forced-mac-address': { type: macAddress, canUnset: true },
    'lacp-mode': { type: word('active', 'passive'), default: 'active', since: '7.20' },
    'lacp-rate': { type: word('1sec', '30secs'), default: '30secs' },
    'lacp-system-id': { type: macAddress, canUnset: true, since: '7.22' },
    'lacp-system-priority': { type: integer(0, 65_535), default: '65535', since: '7.22' },
    'lacp-user-key': { type: integer(0, 1023), default: '0' },
    'link-monitoring': { type: word('none', 'arp', 'mii'), default: 'mii' },
    'mac-address': ownMacAddress,
    'mii-interval': { type: duration(), default: '100ms' },
    'min-links': { type: integer(0, 4_294_967_295), default: '0' },
    'mlag-id': {
      type: integer(0, 4_294_967_295),
      canUnset: true,
      // The tree of a CHR with 7.20 has no such parameter, those before and after it have.
      available: ({ version }) => !version.startsWith('7.20.'),
    },
    mode: { type: word(...MODES), default: 'balance-rr' },
    mtu: { type: integer(68, 65_535), default: '1500' },
    primary: { type: reference('/interface', ['none']), default: 'none' },
    slaves: { type: referenceList('/interface'), required: true },
    'transmit-hash-policy': {
      type: word('layer-2', 'layer-2-and-3', 'layer-3-and-4', 'encap-2-and-3', 'encap-3-and-4'),
      default: 'layer-2',
    },
    'up-delay': { type: duration(), default: '0s' },
  },
  prepare: ({ kind, item, after }, router) => {
    if (kind === 'remove') return;
    for (const id of idsIn(after['slaves'])) {
      const owner = router.items(PATH).find((bond) => bond.id !== item.id && idsIn(bond.values['slaves']).includes(id));
      const entry = router.items('/interface/bridge/port').find((port) => port.values['interface'] === id);
      if (owner || entry) throw failure(SLAVE_IS_TAKEN);
    }
  },
  commands: {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const shown = namedItems(args, PATH, router);
        return monitor(args, router, signal, () => shown.map((bond) => sample(bond, router)));
      },
    },
    'monitor-slaves': {
      policy: 'read',
      parameters: ['bond', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const bond = namedItems(new Map([['numbers', args.get('bond') ?? '']]), PATH, router)[0];
        return monitor(args, router, signal, () =>
          bond ? slavesOf(bond, router).map((slave) => sampleSlave(slave, router)) : [],
        );
      },
    },
  },
});

/** The refusal of a slave that is in a bridge or another bond. Not measured on a device. */
const SLAVE_IS_TAKEN = 'device already added as slave';

function sample(bond: Item, router: RouterView): Row {
  const slaves = slavesOf(bond, router);
  const names = (working: boolean): string =>
    slaves
      .filter((slave) => isRunning(slave, router) === working)
      .map((slave) => slave.values['name'] ?? '')
      .join(',');
  return { 'active-ports': names(true), 'inactive-ports': names(false), mode: bond.values['mode'] ?? '' };
}

function sampleSlave(slave: Item, router: RouterView): Row {
  return {
    active: String(isRunning(slave, router)),
    port: interfaceAt(slave.id, router)?.values['name'] ?? '',
    type: 'slave',
  };
}
