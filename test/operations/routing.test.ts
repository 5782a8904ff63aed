import { expect, test } from 'vitest';
import { MOST_ROUTES } from '../../shared/operations/routing/routes.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const STATIC = {
  '.id': '*80000002',
  active: 'true',
  comment: 'uplink',
  distance: '1',
  'dst-address': '0.0.0.0/0',
  dynamic: 'false',
  gateway: '10.0.0.1',
  'immediate-gw': '10.0.0.1%ether2',
  inactive: 'false',
  'routing-table': 'main',
  scope: '30',
  static: 'true',
  'target-scope': '10',
};
const DISABLED = {
  '.id': '*80000003',
  disabled: 'true',
  'dst-address': '0.0.0.0/0',
  gateway: '10.0.0.2',
  inactive: 'false',
  static: 'true',
};
const BLACKHOLE = {
  '.id': '*80000004',
  active: 'true',
  blackhole: '',
  distance: '1',
  'dst-address': '10.9.0.0/16',
  dynamic: 'false',
  inactive: 'false',
  'routing-table': 'guests',
  static: 'true',
};
const CONNECTED = {
  '.id': '*2018C0A8',
  active: 'true',
  connect: 'true',
  distance: '0',
  'dst-address': '192.168.88.0/24',
  dynamic: 'true',
  gateway: 'bridge',
  'immediate-gw': 'bridge',
  inactive: 'false',
  'local-address': '192.168.88.1%bridge',
  'routing-table': 'main',
  scope: '10',
  'target-scope': '5',
};
const LEARNED = {
  '.id': '*F0000001',
  bgp: 'true',
  distance: '20',
  'dst-address': '10.1.2.0/24',
  dynamic: 'true',
  gateway: '10.0.0.9',
  'immediate-gw': '',
  inactive: 'true',
  'routing-table': 'main',
  scope: '40',
  'target-scope': '10',
};
const ROUTES = [STATIC, DISABLED, BLACKHOLE, CONNECTED, LEARNED];
const TABLES = [{ '.id': '*0', dynamic: 'true', fib: '', invalid: 'false', name: 'main' }];
const VRFS = [{ '.id': '*1', builtin: 'true', disabled: 'false', interfaces: 'all', name: 'main' }];

function routerWith(routes: readonly RouterRecord[]) {
  return cannedRouter({ '/ip/route': routes, '/ipv6/route': [], '/routing/table': TABLES, '/ip/vrf': VRFS });
}

const destinations = async (input: Record<string, unknown>, routes: readonly RouterRecord[] = ROUTES) => {
  const { routes: found } = (await read('list_routes', routerWith(routes), input)) as {
    routes: { destination: string; gateway: string | null }[];
  };
  return found.map(({ destination, gateway }) => `${destination} ${gateway}`);
};

test('routes are told with numbers and flags, also where routers leave fields out', async () => {
  const { routes } = await read('list_routes', routerWith([STATIC, DISABLED, BLACKHOLE]));
  expect(routes).toEqual([
    {
      id: '*80000002',
      destination: '0.0.0.0/0',
      gateway: '10.0.0.1',
      immediateGateway: '10.0.0.1%ether2',
      distance: 1,
      scope: 30,
      targetScope: 10,
      table: 'main',
      protocol: 'static',
      active: true,
      dynamic: false,
      disabled: false,
      ecmp: false,
      blackhole: false,
      preferredSource: null,
      checkGateway: null,
      comment: 'uplink',
    },
    expect.objectContaining({ gateway: '10.0.0.2', distance: null, table: null, active: false, disabled: true }),
    expect.objectContaining({ gateway: null, immediateGateway: null, blackhole: true, table: 'guests' }),
  ]);
});

test.each([
  [{ within: '10.0.0.0/8' }, ['10.9.0.0/16 null', '10.1.2.0/24 10.0.0.9']],
  [{ within: '10.1.2.0/25' }, []],
  [{ covers: '10.1.2.9' }, ['10.1.2.0/24 10.0.0.9', '0.0.0.0/0 10.0.0.1', '0.0.0.0/0 10.0.0.2']],
  [{ covers: '10.9.1.1', active: true }, ['10.9.0.0/16 null', '0.0.0.0/0 10.0.0.1']],
  [{ covers: '2001:db8::1' }, []],
  [{ family: 'ipv6' }, []],
  [{ gateway: 'ether2' }, ['0.0.0.0/0 10.0.0.1']],
  [{ gateway: '10.0.0.2' }, ['0.0.0.0/0 10.0.0.2']],
  [{ active: false }, ['0.0.0.0/0 10.0.0.2', '10.1.2.0/24 10.0.0.9']],
  [{ protocol: 'connected' }, ['192.168.88.0/24 bridge']],
  [{ protocol: 'bgp' }, ['10.1.2.0/24 10.0.0.9']],
  [{ table: 'guests' }, ['10.9.0.0/16 null']],
])('routes filtered by %o', async (input, expected) => {
  expect(await destinations(input)).toEqual(expected);
});

test('a filter for a network must be one', async () => {
  await expect(destinations({ within: '10.0.0.0/33' })).rejects.toThrow(/not an address or network/);
});

const FULL_TABLE = [
  STATIC,
  CONNECTED,
  ...Array.from({ length: MOST_ROUTES }, (_, index) => ({
    ...LEARNED,
    '.id': `*F${index.toString(16)}`,
    active: 'true',
    inactive: 'false',
  })),
];

test('a table of the whole Internet is listed only where the router can narrow it down', async () => {
  await expect(destinations({}, FULL_TABLE)).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    message: `/ip/route holds ${MOST_ROUTES + 2} such entries; at most ${MOST_ROUTES} can be listed.`,
  });
  expect(await destinations({ protocol: 'static' }, FULL_TABLE)).toEqual(['0.0.0.0/0 10.0.0.1']);
});

test.each([
  ['small', ROUTES, { total: 5, active: 3, inactive: 1, disabled: 1, dynamic: 2 }, [3, 1, 1]],
  [
    'huge',
    FULL_TABLE,
    { total: MOST_ROUTES + 2, active: MOST_ROUTES + 2, inactive: 0, disabled: 0, dynamic: MOST_ROUTES + 1 },
    [1, 1, MOST_ROUTES],
  ],
])('a %s table is summed up the same way', async (_, routes, totals, [fixed, connected, bgp]) => {
  const { families, tables, vrfs } = await read('get_routing_summary', routerWith(routes));
  expect(families).toEqual([
    {
      family: 'ipv4',
      ...totals,
      byProtocol: [
        { protocol: 'static', routes: fixed },
        { protocol: 'connected', routes: connected },
        { protocol: 'bgp', routes: bgp },
      ],
      defaultRoutes: expect.arrayContaining([
        { gateway: '10.0.0.1', distance: 1, table: 'main', protocol: 'static', active: true, disabled: false },
      ]) as unknown,
    },
    expect.objectContaining({ family: 'ipv6', total: 0, byProtocol: [], defaultRoutes: [] }),
  ]);
  expect(tables).toEqual([{ name: 'main', disabled: false, dynamic: true }]);
  expect(vrfs).toEqual([{ name: 'main', interfaces: ['all'], disabled: false }]);
});

const NEIGHBOUR = {
  '.id': '*1',
  address: '10.0.0.2',
  adjacency: '1d2h3m',
  area: 'backbone',
  dynamic: 'true',
  instance: 'o1',
  interface: 'ether2',
  'router-id': '10.255.0.2',
  state: 'Full',
  'state-changes': '6',
};
const SESSION = {
  '.id': '*2800000',
  established: 'true',
  name: 'transit-1',
  'remote.address': '10.0.0.9',
  'remote.as': '4200000001',
  'remote.id': '10.255.0.9',
  'remote.afi': 'ip,ipv6',
  'local.as': '65000',
  'local.role': 'ebgp',
  uptime: '1h2m3s220ms',
  'prefix-count': '950000',
};
const CONNECTIONS = [
  { '.id': '*1', name: 'transit', instance: 'main', disabled: 'false', inactive: 'false', comment: 'paid' },
  {
    '.id': '*2',
    name: 'peer',
    as: '65000',
    afi: 'ip',
    'address-families': 'ipv6',
    'local.role': 'ebgp',
    'remote.address': '10.0.0.10/32',
    'remote.as': '65010',
    disabled: 'true',
  },
  { '.id': '*3', name: 'lost', 'remote.address': 'fe80::1/128', inactive: 'false' },
];

function peersOf(facts: { bgpFamilies: 'afi' | 'address-families' }, input: Record<string, unknown> = {}) {
  const menus = {
    '/routing/ospf/neighbor': [NEIGHBOUR, { '.id': '*2', address: '10.0.0.3', state: 'Init', timeout: '37s' }],
    '/routing/bgp/session': [SESSION],
    '/routing/bgp/connection': CONNECTIONS,
  };
  return read('list_routing_peers', cannedRouter(menus, facts), input);
}

test('OSPF neighbours and BGP sessions have one shape; connections without a session are told too', async () => {
  const { peers } = await peersOf({ bgpFamilies: 'afi' });
  expect(peers).toMatchObject([
    { protocol: 'ospf', state: 'Full', isUp: true, remoteId: '10.255.0.2', uptimeSeconds: 93_780, interface: 'ether2' },
    { protocol: 'ospf', state: 'Init', isUp: false, uptimeSeconds: null, remoteAs: null },
    {
      protocol: 'bgp',
      name: 'transit-1',
      state: 'established',
      remoteAs: 4_200_000_001,
      localAs: 65_000,
      families: ['ip', 'ipv6'],
      uptimeSeconds: 3723.22,
      prefixes: 950_000,
      instance: 'main',
      comment: 'paid',
    },
    { name: 'peer', state: 'disabled', remoteAddress: '10.0.0.10', remoteAs: 65_010, families: ['ip'], prefixes: null },
    { name: 'lost', state: 'idle', isUp: false, remoteAddress: 'fe80::1' },
  ]);
});

test('older versions call the families of a connection otherwise', async () => {
  const { peers } = await peersOf({ bgpFamilies: 'address-families' }, { protocol: 'bgp', remote: '10.0.0.10' });
  expect(peers).toMatchObject([{ name: 'peer', families: ['ipv6'] }]);
});

test('a session that went down has no uptime, and peers can be asked for by that', async () => {
  const { established: _, uptime: __, ...down } = SESSION;
  const router = cannedRouter({
    '/routing/ospf/neighbor': [NEIGHBOUR],
    '/routing/bgp/session': [down],
    '/routing/bgp/connection': [],
  });
  const { peers } = await read('list_routing_peers', router, { isUp: false });
  expect(peers).toMatchObject([{ name: 'transit-1', state: 'down', uptimeSeconds: null }]);
});
