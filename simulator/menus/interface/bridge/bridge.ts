import type { Item, Row, RouterView } from '../../../engine/definition.ts';
import { boolean, duration, integer, text, word } from '../../../values/field-types.ts';
import { hexadecimal } from '../../../values/hexadecimal.ts';
import { macAddress } from '../../../values/mac-address.ts';
import { computed } from '../../row-fields.ts';
import { portsOf } from '../bridge-membership.ts';
import { actualMtu, l2mtuOf } from '../frame-sizes.ts';
import { macOf } from '../mac-addresses.ts';
import { monitor, MONITOR_PARAMETERS } from '../../monitor.ts';
import { namedItems } from '../named-items.ts';
import { isRunning } from '../running.ts';
import { ARP_FIELDS, interfaceMenu, ownMacAddress } from '../typed-interface.ts';

const PATH = '/interface/bridge';

/** Which frames a port or a bridge takes in. */
export const frameTypes = word('admit-all', 'admit-only-untagged-and-priority-tagged', 'admit-only-vlan-tagged');

/** Bridges. */
export const bridges = interfaceMenu({
  path: PATH,
  type: 'bridge',
  namePrefix: 'bridge',
  noun: 'bridge',
  fields: {
    ...ARP_FIELDS,
    'actual-mtu': computed(actualMtu),
    'add-dhcp-option82': { type: boolean, default: 'false' },
    'admin-mac': { type: macAddress },
    'ageing-time': { type: duration(), default: '5m' },
    'auto-mac': { type: boolean, default: 'true' },
    'dhcp-snooping': { type: boolean, default: 'false' },
    'ether-type': { type: word('0x8100', '0x88a8', '0x9100'), default: '0x8100' },
    'fast-forward': { type: boolean, default: 'true' },
    'forward-delay': { type: duration(4000, 30_000), default: '15s' },
    'forward-reserved-addresses': { type: boolean, default: 'false', since: '7.16' },
    'frame-types': { type: frameTypes, default: 'admit-all' },
    'igmp-snooping': { type: boolean, default: 'false' },
    'igmp-version': { type: integer(2, 3), default: '2' },
    'ingress-filtering': { type: boolean, default: 'true' },
    l2mtu: computed(l2mtuOf),
    'last-member-interval': { type: duration(), default: '1s' },
    'last-member-query-count': { type: integer(0, 4_294_967_295), default: '2' },
    'mac-address': ownMacAddress,
    'max-hops': { type: integer(6, 40), default: '20' },
    'max-learned-entries': { type: integer(0, 4_294_967_295, ['auto', 'unlimited']), default: 'auto', since: '7.16' },
    'max-message-age': { type: duration(6000, 40_000), default: '20s' },
    'membership-interval': { type: duration(), default: '4m20s' },
    'mlag-heartbeat': { type: duration(), default: '5s', since: '7.22' },
    'mlag-peer-port': { type: text, default: 'none', since: '7.22' },
    'mlag-priority': { type: integer(0, 255), default: '50', since: '7.22' },
    'mld-version': { type: integer(1, 2), default: '1' },
    mtu: { type: integer(68, 65_535, ['auto']), default: 'auto' },
    'multicast-querier': { type: boolean, default: 'false' },
    'multicast-router': { type: word('disabled', 'permanent', 'temporary-query'), default: 'temporary-query' },
    mvrp: { type: boolean, default: 'false', since: '7.15' },
    'port-cost-mode': { type: word('long', 'short'), default: 'long', since: '7.13' },
    priority: { type: hexadecimal(0, 65_535), default: '0x8000' },
    'protocol-mode': { type: word('none', 'stp', 'rstp', 'mstp'), default: 'rstp' },
    pvid: { type: integer(1, 4094), default: '1' },
    'querier-interval': { type: duration(), default: '4m15s' },
    'query-interval': { type: duration(), default: '2m5s' },
    'query-response-interval': { type: duration(), default: '10s' },
    'ra-guard': { type: boolean, default: 'false', since: '7.22' },
    'region-name': { type: text, default: '' },
    'region-revision': { type: integer(0, 65_535), default: '0' },
    'startup-query-count': { type: integer(0, 4_294_967_295), default: '2' },
    'startup-query-interval': { type: duration(), default: '31s250ms' },
    'transmit-hold-count': { type: integer(1, 10), default: '6' },
    'vlan-filtering': { type: boolean, default: 'false' },
  },
  view: hideIdleFields,
  commands: {
    monitor: {
      policy: 'read',
      parameters: ['.id', 'numbers', ...MONITOR_PARAMETERS],
      run: (args, router, _caller, signal) => {
        const shown = namedItems(args, PATH, router);
        return monitor(args, router, signal, () => shown.map((bridge) => sample(bridge, router)));
      },
    },
  },
});

/** Are the fields that only a VLAN-filtering bridge obeys printed for one that does not filter? Not measured everywhere. */
const VLAN_FIELDS_WITHOUT_FILTERING = true;

const VLAN_FIELDS = ['ether-type', 'frame-types', 'ingress-filtering', 'mvrp', 'pvid'];
const MSTP_FIELDS = ['max-hops', 'region-name', 'region-revision'];
const IGMP_FIELDS = [
  'igmp-version',
  'last-member-interval',
  'last-member-query-count',
  'membership-interval',
  'mld-version',
  'multicast-querier',
  'multicast-router',
  'querier-interval',
  'query-interval',
  'query-response-interval',
  'startup-query-count',
  'startup-query-interval',
];

/** Settings of features that are off are not printed. */
function hideIdleFields(row: Row): Row {
  const hidden = new Set([
    ...(row['auto-mac'] === 'true' ? ['admin-mac'] : []),
    ...(row['dhcp-snooping'] === 'true' ? [] : ['add-dhcp-option82']),
    ...(row['igmp-snooping'] === 'true' ? [] : IGMP_FIELDS),
    ...(row['protocol-mode'] === 'mstp' ? [] : MSTP_FIELDS),
    ...(row['vlan-filtering'] === 'true' || VLAN_FIELDS_WITHOUT_FILTERING ? [] : VLAN_FIELDS),
  ]);
  return Object.fromEntries(Object.entries(row).filter(([name]) => !hidden.has(name)));
}

function sample(bridge: Item, router: RouterView): Row {
  const ports = portsOf(bridge.id, router);
  const mac = macOf(bridge, router) ?? '';
  const spansTree = bridge.values['protocol-mode'] !== 'none';
  return {
    'bridge-id': `${bridge.values['priority']}.${mac}`,
    'current-mac-address': mac,
    'designated-port-count': String(spansTree ? ports.filter((port) => isRunning(port, router)).length : 0),
    'port-count': String(ports.length),
    'root-bridge': String(spansTree),
    ...(spansTree
      ? { 'root-bridge-id': `${bridge.values['priority']}.${mac}`, 'root-path-cost': '0', 'root-port': 'none' }
      : {}),
    state: isRunning(bridge, router) ? 'enabled' : 'disabled',
  };
}
