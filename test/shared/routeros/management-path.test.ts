import { expect, test } from 'vitest';
import { carriersOf } from '../../../shared/routeros/interface-carriers.ts';
import { findManagementPath } from '../../../shared/routeros/management-path.ts';
import type { RouterRecord } from '../../../shared/routeros/router.ts';
import { cannedRouter } from '../../operations/canned-router.ts';

const ADDRESSES = [
  { '.id': '*1', address: '10.20.1.1/16', interface: 'ether1', 'actual-interface': 'ether1', disabled: 'false' },
  { '.id': '*2', address: '192.168.88.1/24', interface: 'ether2', 'actual-interface': 'bridge', disabled: 'false' },
  { '.id': '*3', address: '172.16.0.1/24', interface: 'ether3', 'actual-interface': 'ether3', disabled: 'true' },
];
const route = (destination: string, more: RouterRecord): RouterRecord => ({
  'dst-address': destination,
  active: 'true',
  'routing-table': 'main',
  ...more,
});
const ROUTES = [
  route('0.0.0.0/0', { gateway: '10.20.0.1', 'immediate-gw': '10.20.0.1%ether1' }),
  route('192.168.88.0/24', { gateway: 'bridge', 'immediate-gw': 'bridge' }),
  route('198.51.100.0/24', { gateway: '10.9.9.9', 'immediate-gw': '192.168.88.2%bridge', active: undefined }),
  route('203.0.113.0/24', { gateway: '192.168.88.2', 'routing-table': 'guests' }),
];
const connection = (name: string, local: string, remote: string): RouterRecord => ({
  name,
  connection: 'true',
  dynamic: 'true',
  local,
  remote,
});

function pathOf(host: string, menus: Record<string, RouterRecord[]>) {
  const usual = { '/ipv6/address': [], '/ip/service': [], '/user/active': [], '/ip/route': ROUTES, '/ipv6/route': [] };
  return findManagementPath(cannedRouter({ '/ip/address': ADDRESSES, ...usual, ...menus }, {}, { host }));
}

const lists = ({ addresses, peers, interfaces }: Awaited<ReturnType<typeof pathOf>>) => ({
  addresses: [...addresses],
  peers: [...peers],
  interfaces: [...interfaces],
});

test('the address a router is reached under tells the interface, also when that is a port of a bridge', async () => {
  expect(lists(await pathOf('192.168.88.1', {}))).toEqual({
    addresses: ['192.168.88.1'],
    peers: [],
    interfaces: ['ether2', 'bridge'],
  });
});

test('behind another address, open connections tell, and the routes back to the managers', async () => {
  const services = [
    connection('www-ssl', '10.20.1.1', '198.51.100.7:51544'),
    connection('winbox', '192.168.88.1', '192.168.88.5:50000'),
    { name: 'www-ssl', disabled: 'false', dynamic: 'false', port: '443' },
  ];
  expect(lists(await pathOf('vpn.example', { '/ip/service': services }))).toEqual({
    addresses: ['10.20.1.1'],
    peers: ['198.51.100.7', '10.20.0.1'],
    interfaces: ['ether1'],
  });
});

test('versions that show no connections are asked for sessions', async () => {
  const sessions = [
    { address: '192.168.88.10', name: 'convoy', via: 'rest-api' },
    { name: 'convoy', via: 'api' },
    { address: '203.0.113.5', name: 'alice', via: 'winbox' },
  ];
  expect(lists(await pathOf('vpn.example', { '/user/active': sessions }))).toEqual({
    addresses: [],
    peers: ['192.168.88.10'],
    interfaces: ['bridge'],
  });
});

test('SSH sessions of Convoy count as well', async () => {
  const sessions = [{ address: '192.168.88.10', name: 'convoy', via: 'ssh' }];
  expect(lists(await pathOf('vpn.example', { '/user/active': sessions })).interfaces).toEqual(['bridge']);
});

test('in a VRF, its own routes are the ways back', async () => {
  const menus = {
    '/ip/address': [{ address: '172.31.0.2/24', interface: 'ether8', vrf: 'mgmt', disabled: 'false' }],
    '/ip/service': [connection('www-ssl', '172.31.0.2', '198.51.100.7:51544')],
    '/ip/route': [
      ...ROUTES,
      route('0.0.0.0/0', {
        gateway: '172.31.0.1@mgmt',
        'immediate-gw': '172.31.0.1%ether8',
        'routing-table': 'mgmt',
      }),
    ],
  };
  const found = await pathOf('172.31.0.2', menus);
  expect(lists(found)).toEqual({
    addresses: ['172.31.0.2'],
    peers: ['198.51.100.7', '172.31.0.1'],
    interfaces: ['ether8'],
  });
  expect([...found.tables]).toEqual(['mgmt']);
});

test('a routing table too large to be read leaves the ways back unknown, but to those next to the router', async () => {
  const services = [connection('www-ssl', '10.20.1.1', '198.51.100.7:51544')];
  const routes = Array.from({ length: 10_001 }, () => ROUTES[0]!);
  await expect(pathOf('10.20.1.1', { '/ip/service': services, '/ip/route': routes })).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
  });
  const nearby = [connection('www-ssl', '10.20.1.1', '10.20.7.7:51544')];
  expect(lists(await pathOf('10.20.1.1', { '/ip/service': nearby, '/ip/route': routes })).interfaces).toEqual([
    'ether1',
  ]);
});

test('packets that are spread over several ways need all of them', async () => {
  const spread = route('0.0.0.0/0', { gateway: '10.1.0.1,10.2.0.1', 'immediate-gw': '10.1.0.1%ether1,10.2.0.1%lte1' });
  const sessions = [{ address: '198.51.100.7', via: 'rest-api' }];
  expect(lists(await pathOf('vpn.example', { '/user/active': sessions, '/ip/route': [spread] }))).toMatchObject({
    peers: ['198.51.100.7', '10.1.0.1', '10.2.0.1'],
    interfaces: ['ether1', 'lte1'],
  });
});

test('IPv6 is found the same way', async () => {
  const menus = {
    '/ipv6/address': [{ '.id': '*1', address: '2001:db8::1/64', interface: 'bridge', disabled: 'false' }],
    '/ip/service': [connection('www-ssl', '2001:db8::1', '[2001:db8:ffff::9]:51544')],
    '/ipv6/route': [route('::/0', { gateway: 'fe80::1%sfp1', 'immediate-gw': 'fe80::1%sfp1' })],
  };
  expect(lists(await pathOf('2001:DB8::0001', menus))).toEqual({
    addresses: ['2001:db8::1'],
    peers: ['2001:db8:ffff::9', 'fe80::1'],
    interfaces: ['bridge', 'sfp1'],
  });
});

test.each([
  ['an address that is not the router’s', '203.0.113.9', {}],
  ['an address that is disabled', '172.16.0.1', {}],
  ['a name', 'vpn.example', {}],
  [
    'sessions to which no route leads',
    'vpn.example',
    { '/user/active': [{ address: '198.51.100.7', via: 'rest-api' }], '/ip/route': [] },
  ],
])('nothing is taken for the way when all that is known is %s', async (_, host, menus) => {
  await expect(pathOf(host, menus)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});

const INTERFACES = [
  { name: 'ether1', type: 'ether' },
  { name: 'ether2', type: 'ether' },
  { name: 'ether3', type: 'ether' },
  { name: 'wifi1', type: 'wifi' },
  { name: 'wifi1-guests', type: 'wifi' },
  { name: 'wlan1-guests', type: 'wlan' },
  { name: 'wlan1', type: 'wlan' },
  { name: 'wifi9', type: 'wifi' },
  { name: 'cap1', type: 'cap' },
  { name: 'bond1', type: 'bond' },
  { name: 'bridge', type: 'bridge' },
  { name: 'mgmt', type: 'vlan' },
  { name: 'gateway', type: 'vrrp' },
  { name: 'wg1', type: 'wg' },
];
const MADE_OF = {
  '/interface': INTERFACES,
  '/interface/vlan': [{ name: 'mgmt', interface: 'bridge' }],
  '/interface/bonding': [{ name: 'bond1', slaves: 'ether1,ether2' }],
  '/interface/vrrp': [{ name: 'gateway', interface: 'mgmt' }],
  '/interface/pppoe-client': [],
  '/interface/wifi': [{ name: 'wifi1' }, { name: 'wifi1-guests', 'master-interface': 'wifi1' }],
  '/interface/wifiwave2': [{ name: 'wifi1-guests', 'master-interface': 'wifi9' }],
  '/interface/wireless': [{ name: 'wlan1-guests', 'master-interface': 'wlan1' }],
  '/caps-man/interface': [{ name: 'cap1', 'master-interface': 'none' }],
  '/interface/bridge/port': [
    { bridge: 'bridge', interface: 'bond1' },
    { bridge: 'bridge', interface: 'wifi1' },
    { bridge: 'other', interface: 'ether3' },
  ],
};

test.each([
  ['ether3', ['ether3']],
  ['bond1', ['bond1', 'ether1', 'ether2']],
  ['cap1', ['cap1']],
  ['wifi1-guests', ['wifi1', 'wifi1-guests']],
  ['gateway', ['bond1', 'bridge', 'ether1', 'ether2', 'gateway', 'mgmt', 'wifi1']],
])('%s is carried by %o', async (name, carriers) => {
  expect([...(await carriersOf(cannedRouter(MADE_OF), [name]))].sort()).toEqual(carriers);
});

test('a virtual access point is carried by the radio of its driver', async () => {
  const carriers = async (name: string, radios: '/interface/wifiwave2' | '/interface/wireless') =>
    [...(await carriersOf(cannedRouter(MADE_OF, { radios }), [name]))].sort();
  expect(await carriers('wlan1-guests', '/interface/wireless')).toEqual(['wlan1', 'wlan1-guests']);
  expect(await carriers('wifi1-guests', '/interface/wifiwave2')).toEqual(['wifi1-guests', 'wifi9']);
});

test.each(['wg1', 'gone'])('what carries %s cannot be told', async (name) => {
  await expect(carriersOf(cannedRouter(MADE_OF), ['ether1', name])).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});
