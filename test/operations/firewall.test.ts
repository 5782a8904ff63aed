import { expect, test } from 'vitest';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const DUMMY = {
  '.id': '*A',
  action: 'passthrough',
  bytes: '0',
  chain: 'forward',
  comment: 'special dummy rule to show fasttrack counters',
  dynamic: 'true',
  invalid: 'false',
  packets: '0',
};
const ACCEPT = {
  '.id': '*1',
  action: 'accept',
  bytes: '31611',
  chain: 'input',
  'connection-state': 'established,related,untracked',
  dynamic: 'false',
  invalid: 'false',
  packets: '325',
};
const DROP = {
  '.id': '*5',
  action: 'drop',
  bytes: '44',
  chain: 'input',
  comment: 'defconf: drop all not coming from LAN',
  disabled: 'true',
  dynamic: 'false',
  'in-interface-list': '!LAN',
  invalid: 'false',
  log: 'true',
  'log-prefix': 'wan',
  packets: '1',
};
const FORWARDED_PORT = {
  '.id': '*2',
  action: 'dst-nat',
  bytes: '0',
  chain: 'dstnat',
  'dst-port': '8443',
  dynamic: 'false',
  packets: '0',
  protocol: 'tcp',
  'to-addresses': '192.168.88.5',
  'to-ports': '443',
};

const rulesOf = async (input: Record<string, unknown>) => {
  const router = cannedRouter({
    '/ip/firewall/filter': [DUMMY, ACCEPT, DROP],
    '/ip/firewall/nat': [FORWARDED_PORT],
    '/ipv6/firewall/raw': [],
  });
  return (await read('list_firewall_rules', router, input))['rules'];
};

test('rules come in order, with their place, and with what is set only', async () => {
  expect(await rulesOf({})).toEqual([
    expect.objectContaining({ position: 0, dynamic: true, action: 'passthrough' }),
    {
      id: '*1',
      position: 1,
      chain: 'input',
      action: 'accept',
      matchers: [{ name: 'connection-state', not: false, value: 'established,related,untracked' }],
      settings: [],
      bytes: 31_611,
      packets: 325,
      disabled: false,
      dynamic: false,
      invalid: false,
      log: false,
      logPrefix: null,
      comment: null,
    },
    expect.objectContaining({
      position: 2,
      matchers: [{ name: 'in-interface-list', not: true, value: 'LAN' }],
      disabled: true,
      log: true,
      logPrefix: 'wan',
    }),
  ]);
});

test('what an action is told stands apart from what packets must have', async () => {
  expect(await rulesOf({ table: 'nat' })).toMatchObject([
    {
      matchers: [
        { name: 'protocol', value: 'tcp' },
        { name: 'dst-port', value: '8443' },
      ],
      settings: [
        { name: 'to-addresses', value: '192.168.88.5' },
        { name: 'to-ports', value: '443' },
      ],
    },
  ]);
  expect(await rulesOf({ table: 'raw', family: 'ipv6' })).toEqual([]);
});

test.each([
  [{ chain: 'input' }, [1, 2]],
  [{ action: 'drop' }, [2]],
  [{ disabled: false }, [0, 1]],
  [{ chain: 'output' }, []],
  [{ contains: 'lan' }, [2]],
  [{ contains: 'established' }, [1]],
  [{ contains: 'fasttrack' }, [0]],
])('rules filtered by %o keep the place they have in the table', async (input, positions) => {
  const rules = (await rulesOf(input)) as { position: number }[];
  expect(rules.map(({ position }) => position)).toEqual(positions);
});

const CLOCK = { date: '2026-01-02', time: '10:00:00', 'gmt-offset': '+01:00' };
const ENTRIES = [
  {
    '.id': '*1',
    address: '192.0.2.50',
    'creation-time': '2026-01-01 01:00:00',
    disabled: 'false',
    dynamic: 'false',
    list: 'mcp-blocked',
  },
  {
    '.id': '*2',
    address: '198.51.100.0/24',
    'creation-time': 'jan/01/2026 01:00:00',
    disabled: 'true',
    dynamic: 'false',
    list: 'offices',
    comment: 'north',
  },
  { '.id': '*3', address: '203.0.113.9', dynamic: 'true', list: 'mcp-blocked', timeout: '1d2h' },
];

test('entries of address lists tell what is left of their time and when they were made', async () => {
  const router = cannedRouter({ '/ip/firewall/address-list': ENTRIES, '/system/clock': CLOCK });
  expect(await read('list_address_list_entries', router)).toEqual({
    lists: [
      { name: 'mcp-blocked', entries: 2 },
      { name: 'offices', entries: 1 },
    ],
    entries: [
      {
        id: '*1',
        list: 'mcp-blocked',
        address: '192.0.2.50',
        comment: null,
        timeoutSeconds: null,
        created: '2026-01-01T00:00:00.000Z',
        dynamic: false,
        disabled: false,
      },
      {
        id: '*2',
        list: 'offices',
        address: '198.51.100.0/24',
        comment: 'north',
        timeoutSeconds: null,
        created: '2026-01-01T00:00:00.000Z',
        dynamic: false,
        disabled: true,
      },
      {
        id: '*3',
        list: 'mcp-blocked',
        address: '203.0.113.9',
        comment: null,
        timeoutSeconds: 93_600,
        created: null,
        dynamic: true,
        disabled: false,
      },
    ],
    total: 3,
    nextOffset: null,
  });
});

test.each([
  [{ list: 'mcp-blocked' }, ['*1', '*3']],
  [{ address: '198.51' }, ['*2']],
  [{ dynamic: true }, ['*3']],
  [{ list: 'none' }, []],
])('entries filtered by %o', async (input, ids) => {
  const router = cannedRouter({ '/ip/firewall/address-list': ENTRIES, '/system/clock': CLOCK });
  const { entries } = (await read('list_address_list_entries', router, input)) as { entries: { id: string }[] };
  expect(entries.map(({ id }) => id)).toEqual(ids);
});

test('a blocklist too long to be read can be asked for one address, and for its other lists', async () => {
  const blocked = Array.from({ length: 20_000 }, (_, index) => ({
    '.id': `*F${index.toString(16)}`,
    address: `10.${index >> 8}.${index & 255}.1`,
    list: 'blocked',
  }));
  const router = cannedRouter({ '/ip/firewall/address-list': [...ENTRIES, ...blocked], '/system/clock': CLOCK });
  await expect(read('list_address_list_entries', router)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await read('list_address_list_entries', router, { list: 'offices' })).toMatchObject({ total: 1 });
  const one = { list: 'blocked', address: '10.1.2.1' };
  expect(await read('list_address_list_entries', router, one)).toMatchObject({ total: 1, entries: [{ id: '*F102' }] });
});

const TRACKING = { enabled: 'auto', 'active-ipv4': 'yes', 'total-entries': '4', 'max-entries': '1000' };
const CONNECTIONS = [
  { '.id': '*1', protocol: 'tcp', 'tcp-state': 'established' },
  { '.id': '*2', protocol: 'tcp', 'tcp-state': 'syn-sent' },
  { '.id': '*3', protocol: 'udp' },
  { '.id': '*4', protocol: 'gre' },
];

test('connections are counted, never listed', async () => {
  const router = cannedRouter({
    '/ip/firewall/connection/tracking': TRACKING,
    '/ip/firewall/connection': CONNECTIONS,
  });
  const counting = { ...router, list: () => Promise.reject(new Error('the table must not be read')) };
  expect(await read('count_connections', counting)).toEqual({
    tracking: 'auto',
    isActive: true,
    total: 4,
    maximum: 1000,
    usedPercent: 0.4,
    byProtocol: [
      { name: 'tcp', connections: 2 },
      { name: 'udp', connections: 1 },
      { name: 'icmp', connections: 0 },
    ],
    byTcpState: [
      { name: 'established', connections: 1 },
      { name: 'syn-sent', connections: 1 },
      { name: 'syn-received', connections: 0 },
      { name: 'time-wait', connections: 0 },
    ],
  });
});

test.each([
  [
    { enabled: 'no', 'active-ipv4': 'no' },
    { tracking: 'no', isActive: false, total: null, byProtocol: null },
  ],
  [
    { ...TRACKING, 'total-entries': '90000', 'max-entries': '100000' },
    { usedPercent: 90, byTcpState: null },
  ],
])('tracking that says %o is not burdened with counting', async (tracking, expected) => {
  const router = cannedRouter({ '/ip/firewall/connection/tracking': tracking });
  expect(await read('count_connections', router)).toMatchObject(expected);
});
