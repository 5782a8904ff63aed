import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const ADDRESSES = {
  '/ip/address': [
    {
      '.id': '*1',
      address: '10.20.0.10/16',
      network: '10.20.0.0',
      interface: 'ether1',
      'actual-interface': 'ether1',
      vrf: 'main',
      dynamic: 'true',
    },
    { '.id': '*2', address: '192.168.88.1/24', network: '192.168.88.0', interface: 'bridge', comment: 'defconf' },
    {
      '.id': '*3',
      address: '192.168.89.1/24',
      network: '192.168.89.0',
      interface: '*F',
      invalid: 'true',
      disabled: 'true',
    },
  ],
  '/ipv6/address': [
    { '.id': '*1', address: '2001:db8:1::1/64', interface: 'bridge', advertise: 'true', 'link-local': 'false' },
    {
      '.id': '*1001',
      address: 'fe80::d601:c3ff:fe00:1/64',
      interface: 'ether1',
      dynamic: 'true',
      'link-local': 'true',
    },
  ],
};

test.each([
  [{}, ['10.20.0.10/16', '192.168.88.1/24', '192.168.89.1/24']],
  [{ family: 'ipv6' }, ['2001:db8:1::1/64', 'fe80::d601:c3ff:fe00:1/64']],
  [{ family: 'all', interface: 'ether1' }, ['10.20.0.10/16', 'fe80::d601:c3ff:fe00:1/64']],
  [{ family: 'all', within: '2001:db8::/32' }, ['2001:db8:1::1/64']],
  [{ within: '2001:db8::/32' }, ['2001:db8:1::1/64']],
  [{ within: '192.168.88.0/23' }, ['192.168.88.1/24', '192.168.89.1/24']],
  [{ within: '192.168.88.0/23', disabled: false }, ['192.168.88.1/24']],
])('addresses chosen by %o are %o', async (filters, expected) => {
  const { addresses } = await read('list_ip_addresses', cannedRouter(ADDRESSES), filters);
  expect((addresses as { address: string }[]).map(({ address }) => address)).toEqual(expected);
});

test('an IPv4 address has a network, an IPv6 address says whether it is link-local', async () => {
  const { addresses } = await read('list_ip_addresses', cannedRouter(ADDRESSES), { family: 'all' });
  expect(addresses).toMatchObject([
    { family: 'ipv4', network: '10.20.0.0', linkLocal: null, advertise: null, dynamic: true },
    { family: 'ipv4', actualInterface: null, vrf: null, comment: 'defconf' },
    { family: 'ipv4', invalid: true, interface: '*F' },
    { family: 'ipv6', network: null, linkLocal: false, advertise: true },
    { family: 'ipv6', linkLocal: true, advertise: null },
  ]);
});

test('what is no network is refused with the form that is wanted', async () => {
  await expect(read('list_ip_addresses', cannedRouter(ADDRESSES), { within: '192.168.88' })).rejects.toThrow(
    /is not an address or network such as/,
  );
});

const ARP = [
  {
    '.id': '*1',
    DHCP: 'true',
    address: '192.168.88.20',
    complete: 'true',
    interface: 'bridge',
    'mac-address': 'AA:BB:CC:DD:EE:01',
    dynamic: 'true',
    status: 'reachable',
    vrf: 'main',
  },
  {
    '.id': '*2',
    dhcp: 'true',
    address: '192.168.88.21',
    complete: 'false',
    interface: 'bridge',
    status: 'failed',
    dynamic: 'true',
  },
  // 7.12 prints no state.
  {
    '.id': '*3',
    DHCP: 'false',
    address: '10.20.0.1',
    complete: 'true',
    interface: 'ether1',
    'mac-address': '2C:C8:1B:F0:A8:BA',
    published: 'true',
    comment: 'gateway',
  },
];

test('the ARP table shows who answered, in whatever form a version has it', async () => {
  const { entries } = await read('get_arp_table', cannedRouter({ '/ip/arp': ARP }));
  expect(entries).toEqual([
    {
      address: '192.168.88.20',
      macAddress: 'AA:BB:CC:DD:EE:01',
      interface: 'bridge',
      status: 'reachable',
      complete: true,
      dynamic: true,
      dhcp: true,
      published: false,
      disabled: false,
      invalid: false,
      vrf: 'main',
      comment: null,
    },
    expect.objectContaining({ macAddress: null, status: 'failed', complete: false, dhcp: true }),
    expect.objectContaining({ status: null, dhcp: false, published: true, vrf: null, comment: 'gateway' }),
  ]);
});

test.each([
  [{ interface: 'bridge' }, ['192.168.88.20', '192.168.88.21']],
  [{ within: '10.0.0.0/8' }, ['10.20.0.1']],
  [{ within: '192.168.88.21' }, ['192.168.88.21']],
  [{ macAddress: '2c:c8:1b' }, ['10.20.0.1']],
])('ARP entries chosen by %o are %o', async (filters, addresses) => {
  const { entries } = await read('get_arp_table', cannedRouter({ '/ip/arp': ARP }), filters);
  expect((entries as { address: string }[]).map(({ address }) => address)).toEqual(addresses);
});

test('of an ARP table too large to be read, one interface, address or MAC address can be asked for', async () => {
  const many = Array.from({ length: 20_000 }, (_, index) => ({
    address: `10.${100 + (index >> 14)}.${(index >> 7) & 127}.${index & 127}`,
    interface: 'pppoe',
  }));
  const router = cannedRouter({ '/ip/arp': [...ARP, ...many] });
  await expect(read('get_arp_table', router)).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    message: '/ip/arp holds 20003 such entries; at most 20000 can be listed.',
  });
  for (const filters of [{ interface: 'bridge' }, { within: '10.20.0.1' }, { macAddress: '2CC81BF0A8BA' }]) {
    expect((await read('get_arp_table', router, filters))['total']).toBeGreaterThan(0);
  }
});

const NEIGHBORS = [
  {
    '.id': '*1',
    address: '192.168.0.1',
    address4: '192.168.0.1',
    address6: 'fe80::2ec8:1bff:fef0:a8ba',
    age: '25s',
    board: 'RB750Gr3',
    'discovered-by': 'cdp,lldp,mndp',
    identity: 'dot-home',
    interface: 'ether2,bridge',
    'interface-name': 'bridge_lan/ether2',
    'mac-address': '2C:C8:1B:F0:A8:BA',
    platform: 'MikroTik',
    'system-caps': 'bridge,router',
    'system-caps-enabled': 'bridge',
    'system-description': 'MikroTik RouterOS 7.15 (stable) 2024-05-29 12:44:08 RB750Gr3',
    uptime: '1h12m38s',
    version: '7.15 (stable) 2024-05-29 12:44:08',
  },
  {
    '.id': '*2',
    address: 'fe80::1',
    'discovered-by': 'lldp',
    identity: 'see https://evil.example\u202e',
    interface: 'ether3',
    platform: '',
  },
];

test('neighbours are shown as they announce themselves, their text as data', async () => {
  const { neighbors } = await read('list_neighbors', cannedRouter({ '/ip/neighbor': NEIGHBORS }));
  expect(neighbors).toEqual([
    {
      interfaces: ['ether2', 'bridge'],
      macAddress: '2C:C8:1B:F0:A8:BA',
      address: '192.168.0.1',
      ipv6Address: 'fe80::2ec8:1bff:fef0:a8ba',
      identity: 'dot-home',
      remoteInterface: 'bridge_lan/ether2',
      platform: 'MikroTik',
      board: 'RB750Gr3',
      version: '7.15 (stable) 2024-05-29 12:44:08',
      description: 'MikroTik RouterOS 7.15 (stable) 2024-05-29 12:44:08 RB750Gr3',
      capabilities: ['bridge', 'router'],
      enabledCapabilities: ['bridge'],
      discoveredBy: ['cdp', 'lldp', 'mndp'],
      ageSeconds: 25,
      uptimeSeconds: 4358,
    },
    expect.objectContaining({
      identity: 'see hxxps://evil.example\\u{202e}',
      platform: null,
      macAddress: null,
      address: null,
      ipv6Address: 'fe80::1',
      capabilities: [],
      ageSeconds: null,
    }),
  ]);
});

test.each([
  [{ interface: 'bridge' }, ['dot-home']],
  [{ contains: 'rb750' }, ['dot-home']],
  [{ contains: '2c:c8:1b' }, ['dot-home']],
  [{ contains: 'cisco' }, []],
])('neighbours chosen by %o are %o', async (filters, identities) => {
  const { neighbors } = await read('list_neighbors', cannedRouter({ '/ip/neighbor': NEIGHBORS }), filters);
  expect((neighbors as { identity: string }[]).map(({ identity }) => identity)).toEqual(identities);
});
