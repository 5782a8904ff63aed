import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const SET_UP = {
  '/ip/dhcp-server': [
    {
      '.id': '*1',
      name: 'defconf',
      interface: 'bridge',
      'address-pool': 'default-dhcp',
      'lease-time': '30m',
      authoritative: 'yes',
      'use-radius': 'no',
    },
    {
      '.id': '*2',
      name: 'static',
      interface: 'ether5',
      'address-pool': 'static-only',
      'lease-time': '1d',
      disabled: 'true',
    },
    // Its pool was removed.
    { '.id': '*3', name: 'orphan', interface: 'vlan30', 'address-pool': '*1', invalid: 'true', relay: '10.0.0.1' },
  ],
  '/ip/dhcp-server/network': [
    {
      '.id': '*1',
      address: '192.168.88.0/24',
      gateway: '192.168.88.1',
      'dns-server': '192.168.88.1,9.9.9.9',
      domain: 'lan',
      'ntp-server': '',
      netmask: '0',
    },
  ],
  '/ip/pool': [
    { '.id': '*5', name: 'default-dhcp', ranges: '192.168.88.10-192.168.88.99,192.168.88.200-192.168.88.254' },
  ],
};

test('one call tells how DHCP is set up', async () => {
  expect(await read('list_dhcp_servers', cannedRouter(SET_UP))).toMatchObject({
    servers: [
      {
        name: 'defconf',
        pool: 'default-dhcp',
        ranges: ['192.168.88.10-192.168.88.99', '192.168.88.200-192.168.88.254'],
        leaseTimeSeconds: 1800,
        relay: null,
      },
      { name: 'static', pool: null, ranges: [], leaseTimeSeconds: 86_400, disabled: true },
      { name: 'orphan', pool: '*1', ranges: [], leaseTimeSeconds: null, invalid: true, relay: '10.0.0.1' },
    ],
    networks: [
      {
        address: '192.168.88.0/24',
        gateways: ['192.168.88.1'],
        netmaskLength: null,
        dnsServers: ['192.168.88.1', '9.9.9.9'],
        dnsNone: null,
        domain: 'lan',
        ntpServers: [],
      },
    ],
    networkCount: 1,
    total: 3,
  });
});

test('servers are chosen by interface and whether they are on', async () => {
  const found = async (filters: Record<string, unknown>) =>
    (await read('list_dhcp_servers', cannedRouter(SET_UP), filters))['servers'];
  expect(await found({ interface: 'bridge' })).toMatchObject([{ name: 'defconf' }]);
  expect(await found({ disabled: true })).toMatchObject([{ name: 'static' }]);
});

test('of very many networks the first are shown and all are counted', async () => {
  const networks = Array.from({ length: 300 }, (_, index) => ({
    '.id': `*${index}`,
    address: `10.${index % 256}.0.0/24`,
  }));
  const answer = await read('list_dhcp_servers', cannedRouter({ ...SET_UP, '/ip/dhcp-server/network': networks }));
  expect(answer['networks']).toHaveLength(200);
  expect(answer['networkCount']).toBe(300);
});

const LEASES = [
  {
    '.id': '*1',
    address: '192.168.88.10',
    'address-lists': '',
    blocked: 'false',
    comment: 'printer',
    disabled: 'false',
    dynamic: 'false',
    'last-seen': 'never',
    'mac-address': '00:1B:A9:00:00:09',
    server: 'defconf',
    status: 'waiting',
  },
  {
    '.id': '*2',
    'active-address': '192.168.88.254',
    'active-client-id': '1:3c:22:fb:0:0:8',
    'active-mac-address': '3C:22:FB:00:00:08',
    'active-server': 'defconf',
    address: '192.168.88.254',
    'address-lists': 'staff,vpn',
    'class-id': 'MSFT 5.0',
    dynamic: 'true',
    'expires-after': '8m12s',
    'host-name': 'Laptop\u0007](http://evil.example)',
    'last-seen': '1m48s',
    'mac-address': '3C:22:FB:00:00:08',
    server: 'defconf',
    status: 'bound',
  },
  // An address from a pool, at any server; its server is gone.
  {
    '.id': '*3',
    address: 'default-dhcp',
    'client-id': '1:aa',
    'active-server': '*FFFFFFFF',
    'block-access': 'yes',
    blocked: 'true',
  },
];

test('leases tell who has an address until when, and who waits for one', async () => {
  const { leases } = await read('list_dhcp_leases', cannedRouter({ '/ip/dhcp-server/lease': LEASES }));
  expect(leases).toMatchObject([
    {
      address: '192.168.88.10',
      status: 'waiting',
      lastSeenSeconds: null,
      expiresAfterSeconds: null,
      hostName: null,
      comment: 'printer',
    },
    {
      address: '192.168.88.254',
      clientId: '1:3c:22:fb:0:0:8',
      clientClass: 'MSFT 5.0',
      hostName: 'Laptop\\u{7}] (hxxp://evil.example)',
      expiresAfterSeconds: 492,
      lastSeenSeconds: 108,
      dynamic: true,
      addressLists: ['staff', 'vpn'],
    },
    { address: null, pool: 'default-dhcp', macAddress: null, server: '*FFFFFFFF', status: null, blocked: true },
  ]);
});

test.each([
  [{ server: 'defconf' }, ['*1', '*2']],
  [{ status: 'bound' }, ['*2']],
  [{ within: '192.168.88.0/25' }, ['*1']],
  [{ macAddress: '3c22fb' }, ['*2']],
  [{ contains: 'laptop' }, ['*2']],
  [{ contains: 'PRINTER' }, ['*1']],
  [{ within: '0.0.0.0/0' }, ['*1', '*2']],
])('leases chosen by %o are %o', async (filters, ids) => {
  const { leases } = await read('list_dhcp_leases', cannedRouter({ '/ip/dhcp-server/lease': LEASES }), filters);
  expect((leases as { id: string }[]).map(({ id }) => id)).toEqual(ids);
});

test('DHCP clients tell what the provider gave, and that it gave nothing', async () => {
  const router = cannedRouter({
    '/ip/dhcp-client': [
      {
        '.id': '*1',
        'add-default-route': 'yes',
        address: '10.0.2.15/24',
        'default-route-distance': '1',
        'dhcp-server': '10.0.2.2',
        'expires-after': '23h59m',
        gateway: '10.0.2.2',
        interface: 'ether1',
        'primary-dns': '10.0.2.3',
        'secondary-dns': '10.0.2.4',
        status: 'bound',
        'use-peer-dns': 'exclusively',
        'use-peer-ntp': 'true',
      },
      { '.id': '*2', interface: 'lte1', status: 'searching...', invalid: 'false', comment: 'spare' },
    ],
  });
  expect((await read('list_dhcp_clients', router))['clients']).toMatchObject([
    {
      interface: 'ether1',
      status: 'bound',
      address: '10.0.2.15/24',
      gateway: '10.0.2.2',
      dnsServers: ['10.0.2.3', '10.0.2.4'],
      ntpServers: [],
      expiresAfterSeconds: 86_340,
      defaultRouteDistance: 1,
      usesPeerDns: 'exclusively',
      usesPeerNtp: 'yes',
      defaultRoute: 'yes',
    },
    { interface: 'lte1', status: 'searching...', address: null, dnsServers: [], expiresAfterSeconds: null },
  ]);
});

test('pools tell how full they are', async () => {
  const router = cannedRouter({
    '/ip/pool': [{ '.id': '*1', name: 'p', ranges: '10.0.0.1-10.0.0.9', total: '9', used: '2', 'next-pool': 'none' }],
  });
  expect((await read('list_pools', router))['pools']).toMatchObject([
    { name: 'p', nextPool: null, totalAddresses: 9, usedAddresses: 2, freeAddresses: 7 },
  ]);
});

test('where the version does not count, the addresses of a pool and those in use are counted here', async () => {
  const router = cannedRouter({
    '/ip/pool': [
      { '.id': '*1', name: 'a', ranges: '10.0.0.1-10.0.0.10,10.0.1.5', 'next-pool': 'b' },
      { '.id': '*2', name: 'b', ranges: 'unclear' },
    ],
    '/ip/pool/used': [{ pool: 'a' }, { pool: 'a' }, { pool: 'x' }],
  });
  expect((await read('list_pools', router))['pools']).toMatchObject([
    {
      ranges: ['10.0.0.1-10.0.0.10', '10.0.1.5'],
      nextPool: 'b',
      totalAddresses: 11,
      usedAddresses: 2,
      freeAddresses: 9,
    },
    { totalAddresses: null, usedAddresses: 0, freeAddresses: null },
  ]);
});
