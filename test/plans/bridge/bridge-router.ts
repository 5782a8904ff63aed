import { expect } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { bridgeVlans } from '../../../shared/plans/bridge-vlans.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';
import { capture } from '../laws.ts';

export type Wish = Record<string, unknown>;

export const port = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  bridge: 'switch',
  interface: name,
  disabled: 'false',
  dynamic: 'false',
  pvid: '1',
  'frame-types': 'admit-all',
  'ingress-filtering': 'true',
  edge: 'auto',
  'bpdu-guard': 'false',
  trusted: 'false',
  ...values,
});

export const vlan = (ids: string, tagged: string, untagged = '', values: RouterRecord = {}): RouterRecord => ({
  '.id': `*v${ids}`,
  bridge: 'switch',
  'vlan-ids': ids,
  tagged,
  untagged,
  'current-tagged': tagged,
  disabled: 'false',
  dynamic: 'false',
  ...values,
});

export const bridge = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  name,
  disabled: 'false',
  pvid: '1',
  'frame-types': 'admit-all',
  'vlan-filtering': 'true',
  'protocol-mode': 'rstp',
  priority: '0x8000',
  'ageing-time': '5m',
  'igmp-snooping': 'false',
  ...values,
});

export interface Held {
  ports?: readonly RouterRecord[];
  vlans?: readonly RouterRecord[];
  bridges?: readonly RouterRecord[];
  /** Behind which port the manager is; null: the MAC table does not know. */
  managerAt?: string | null;
  /** On which the address is that managers use. */
  address?: string;
}

const INTERFACES = [
  { name: 'switch', type: 'bridge' },
  { name: 'bridge-lan', type: 'bridge' },
  { name: 'mgmt', type: 'vlan' },
  ...['ether1', 'ether2', 'ether3', 'ether4', 'ether5', 'ether6', 'ether7'].map((name) => ({ name, type: 'ether' })),
  { name: 'v70', type: 'vlan' },
];

const MAC = '9C:B6:D0:00:00:05';

/** A switch that filters VLANs, managed in VLAN 99, which its trunk ether1 carries. */
export function routerWith({
  ports = [],
  vlans = [],
  bridges = [],
  managerAt = 'ether1',
  address = 'mgmt',
}: Held): Router {
  return cannedRouter(
    {
      '/interface/bridge': [bridge('switch'), bridge('bridge-lan', { 'vlan-filtering': 'false' }), ...bridges].filter(
        ({ name }, index, all) => all.findLastIndex((one) => one['name'] === name) === index,
      ),
      '/interface/bridge/port': [port('ether1'), ...ports],
      '/interface/bridge/vlan': [
        vlan('99', 'switch,ether1'),
        vlan('7', '', '', { dynamic: 'true', comment: 'added by pvid' }),
        ...vlans,
      ],
      '/interface/bridge/host': managerAt
        ? [{ 'mac-address': MAC, 'on-interface': managerAt, bridge: 'switch', local: 'false' }]
        : [],
      '/interface': INTERFACES,
      '/interface/vlan': [
        { name: 'mgmt', interface: 'switch', 'vlan-id': '99' },
        { name: 'v70', interface: 'ether7', 'vlan-id': '70' },
      ],
      '/ip/address': [
        { address: '198.18.0.1/24', interface: address, 'actual-interface': address },
        { address: '10.6.0.1/24', interface: 'ether6', 'actual-interface': 'ether6' },
      ],
      '/ipv6/address': [],
      '/ip/arp': [{ address: '198.18.0.5', 'mac-address': MAC, interface: address }],
      '/ip/service': [],
      '/user/active': [{ address: '198.18.0.5', via: 'rest-api' }],
      '/ip/route': [{ 'dst-address': '198.18.0.0/24', gateway: address, active: 'true' }],
      '/ipv6/route': [],
    },
    {},
    { host: '198.18.0.1' },
  );
}

export async function stepsFor(found: Held, wish: Wish, environment: 'lab' | 'prod' = 'lab'): Promise<Step[]> {
  const input = bridgeVlans.input.parse(wish);
  expect(bridgeVlans.refuse?.(input)).toBeNull();
  return bridgeVlans.steps(await capture(bridgeVlans, routerWith(found), input, { environment }), input);
}

export const access = { bridge: 'switch', vlanIds: '20' };
