import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const BRIDGES = [
  {
    '.id': '*A',
    name: 'bridge',
    priority: '0x8000',
    'protocol-mode': 'rstp',
    'vlan-filtering': 'true',
    'ageing-time': '5m',
    'forward-delay': '15s',
  },
  { '.id': '*B', name: 'lab', priority: '4096', 'protocol-mode': 'none', disabled: 'true', 'fast-forward': 'yes' },
];

test('bridges come with their place in the spanning tree', async () => {
  const states = [
    {
      'root-bridge': 'false',
      'root-bridge-id': '0x1000.48:A9:8A:00:00:01',
      'root-port': 'ether2',
      'root-path-cost': '20000',
      'port-count': '4',
    },
    { 'root-bridge': 'no', 'port-count': '0' },
  ];
  const commands = { '/interface/bridge monitor': () => states };
  const { bridges } = await read('list_bridges', cannedRouter({ '/interface/bridge': BRIDGES }, {}, { commands }));
  expect(bridges).toMatchObject([
    {
      name: 'bridge',
      priority: 32_768,
      protocol: 'rstp',
      isRoot: false,
      rootPort: 'ether2',
      rootPathCost: 20_000,
      portCount: 4,
      vlanFiltering: true,
      ageingTimeSeconds: 300,
      forwardDelaySeconds: 15,
    },
    {
      name: 'lab',
      priority: 4096,
      disabled: true,
      isRoot: false,
      rootBridgeId: null,
      rootPort: null,
      fastForward: true,
    },
  ]);
});

test('states that cannot be told apart are given to no bridge', async () => {
  const commands = { '/interface/bridge monitor': () => [{ 'root-bridge': 'true', 'root-port': 'none' }] };
  const { bridges } = await read('list_bridges', cannedRouter({ '/interface/bridge': BRIDGES }, {}, { commands }));
  expect(bridges).toMatchObject([{ isRoot: null }, { isRoot: null }]);
});

test('a router without bridges is not watched', async () => {
  expect(await read('list_bridges', cannedRouter({ '/interface/bridge': [] }))).toMatchObject({
    bridges: [],
    total: 0,
  });
});

const PORTS = [
  {
    '.id': '*0',
    bridge: 'bridge',
    interface: 'ether2',
    priority: '0x80',
    pvid: '10',
    horizon: 'none',
    inactive: 'false',
    status: 'in-bridge',
    role: 'root-port',
    forwarding: 'true',
    'hw-offload': 'true',
  },
  { '.id': '*1', bridge: 'bridge', interface: 'ether3', status: 'inactive', 'path-cost': '10', horizon: '2' },
  { '.id': '*2', bridge: 'lab', interface: 'ether4', disabled: 'true', inactive: 'false' },
  { '.id': '*3', bridge: 'lab', interface: 'ether5', inactive: 'true' },
];

test.each([
  [{ bridge: 'bridge' }, ['ether2', 'ether3']],
  [{ active: true }, ['ether2']],
  [{ active: false, bridge: 'lab' }, ['ether4', 'ether5']],
  [{ interface: 'ether5' }, ['ether5']],
])('bridge ports chosen by %o are %o', async (filters, names) => {
  const { ports } = await read('list_bridge_ports', cannedRouter({ '/interface/bridge/port': PORTS }), filters);
  expect((ports as { interface: string }[]).map((port) => port.interface)).toEqual(names);
});

test('a port tells its numbers as numbers, and what it does not have as null', async () => {
  const { ports } = await read('list_bridge_ports', cannedRouter({ '/interface/bridge/port': PORTS }));
  expect(ports).toMatchObject([
    { priority: 128, pvid: 10, horizon: null, pathCost: null, role: 'root-port', forwarding: true, hwOffload: true },
    { priority: null, pathCost: 10, horizon: 2, forwarding: null, hwOffload: false },
    {},
    {},
  ]);
});

const VLANS = [
  {
    '.id': '*1',
    bridge: 'bridge',
    'vlan-ids': '10,20-30',
    tagged: 'bridge,ether2',
    untagged: '',
    'current-tagged': 'bridge',
  },
  {
    '.id': '*80000001',
    bridge: 'bridge',
    'vlan-ids': '1',
    dynamic: 'true',
    'current-untagged': 'ether3',
    comment: 'added by pvid',
  },
];

test.each([
  [{ vlanId: 10 }, ['*1']],
  [{ vlanId: 25 }, ['*1']],
  [{ vlanId: 31 }, []],
  [{ vlanId: 1 }, ['*80000001']],
  [{ port: 'ether3' }, ['*80000001']],
  [{ port: 'ether2' }, ['*1']],
  [{ bridge: 'lab' }, []],
])('VLANs of bridges chosen by %o are %o', async (filters, ids) => {
  const { vlans } = await read('list_bridge_vlans', cannedRouter({ '/interface/bridge/vlan': VLANS }), filters);
  expect((vlans as { id: string }[]).map(({ id }) => id)).toEqual(ids);
});

test('the members of a VLAN are lists', async () => {
  const { vlans } = await read('list_bridge_vlans', cannedRouter({ '/interface/bridge/vlan': VLANS }), { vlanId: 10 });
  expect(vlans).toMatchObject([
    { vlanIds: ['10', '20-30'], tagged: ['bridge', 'ether2'], untagged: [], currentTagged: ['bridge'], dynamic: false },
  ]);
});

const HOSTS = [
  {
    '.id': '*1',
    bridge: 'bridge',
    interface: 'bridge',
    'on-interface': 'bridge',
    local: 'true',
    'mac-address': '48:A9:8A:DF:E5:B3',
  },
  {
    '.id': '*2',
    bridge: 'bridge',
    interface: '*5',
    'on-interface': 'ether2',
    vid: '10',
    dynamic: 'true',
    'mac-address': '00:1B:21:3A:5C:0D',
  },
  {
    '.id': '*3',
    bridge: 'bridge',
    interface: 'ether3',
    vid: '20',
    external: 'true',
    'mac-address': '00:1B:21:00:00:01',
  },
];

test.each([
  [{ macAddress: '001b213a' }, ['00:1B:21:3A:5C:0D']],
  [{ macAddress: '00-1b-21' }, ['00:1B:21:3A:5C:0D', '00:1B:21:00:00:01']],
  [{ vlanId: 20 }, ['00:1B:21:00:00:01']],
  [{ interface: 'ether2' }, ['00:1B:21:3A:5C:0D']],
  [{ local: false, vlanId: 20 }, ['00:1B:21:00:00:01']],
  [{ local: true }, ['48:A9:8A:DF:E5:B3']],
])('MAC addresses chosen by %o are %o', async (filters, addresses) => {
  const { hosts } = await read('list_bridge_hosts', cannedRouter({ '/interface/bridge/host': HOSTS }), filters);
  expect((hosts as { macAddress: string }[]).map(({ macAddress }) => macAddress)).toEqual(addresses);
});

test('what is no beginning of a MAC address is refused', async () => {
  const router = cannedRouter({ '/interface/bridge/host': HOSTS });
  for (const macAddress of ['', '0', '00:1B:2', 'zz', '00:1B:21:3A:5C:0D:01']) {
    await expect(read('list_bridge_hosts', router, { macAddress })).rejects.toThrow(/must be a MAC address/);
  }
});
