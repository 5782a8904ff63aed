import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { findOperation } from '../../shared/operations/index.ts';
import { defineCommand } from '../../shared/operations/define-operation.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { z } from 'zod';
import { cannedRouter } from './canned-router.ts';

const INTERFACES: RouterRecord[] = [
  { '.id': '*1', name: 'ether1', type: 'ether', disabled: 'false', comment: 'uplink' },
  { '.id': '*2', name: 'ether2', type: 'ether', disabled: 'false', slave: 'true' },
  { '.id': '*3', name: 'ether5', type: 'ether', disabled: 'true' },
  { '.id': '*4', name: 'bridge', type: 'bridge', disabled: 'false' },
  { '.id': '*5', name: '<pppoe-bob>', type: 'pppoe-in', disabled: 'false', dynamic: 'true' },
];
const ADDRESSES: RouterRecord[] = [
  {
    '.id': '*1',
    address: '10.0.0.2/24',
    network: '10.0.0.0',
    interface: 'ether1',
    disabled: 'false',
    dynamic: 'false',
  },
  {
    '.id': '*2',
    address: '192.168.88.1/24',
    network: '192.168.88.0',
    interface: 'bridge',
    disabled: 'false',
    dynamic: 'false',
    comment: 'defconf',
  },
  {
    '.id': '*3',
    address: '172.16.0.1/24',
    network: '172.16.0.0',
    interface: 'bridge',
    disabled: 'true',
    dynamic: 'false',
  },
  {
    '.id': '*4',
    address: '100.64.0.9/24',
    network: '100.64.0.0',
    interface: 'ether5',
    disabled: 'false',
    dynamic: 'true',
  },
];
/** Managed from far away, through ether1, by the address 10.0.0.2. */
const MENUS = {
  '/interface': INTERFACES,
  '/interface/bridge/port': [{ '.id': '*1', bridge: 'bridge', interface: 'ether2' }],
  '/ip/address': ADDRESSES,
  '/ipv6/address': [],
  '/ip/service': [
    { '.id': '*F', name: 'www-ssl', connection: 'true', local: '10.0.0.2', remote: '198.51.100.7:50000' },
  ],
  '/user/active': [],
  '/ip/route': [
    { '.id': '*8', 'dst-address': '0.0.0.0/0', active: 'true', gateway: '10.0.0.1', 'immediate-gw': '10.0.0.1%ether1' },
  ],
  '/ipv6/route': [],
};

function stepsOf(name: string, input: Record<string, unknown>, more: Record<string, RouterRecord[]> = {}) {
  const operation = findOperation(name);
  if (operation?.effect !== 'write') throw new Error(`${name} is no write`);
  const router = cannedRouter({ ...MENUS, ...more }, {}, { host: '10.0.0.2' });
  return operation.steps(router, operation.input.parse(input));
}

const problem = (name: string, input: Record<string, unknown>) =>
  findOperation(name)?.input.safeParse(input).error?.issues[0]?.message;

test('an address is added with what names it, and a comment when one is given', async () => {
  const wanted = { address: '203.0.113.1/24', interface: 'bridge' };
  expect(await stepsOf('add_ip_address', { ...wanted, entryComment: 'lab' })).toEqual([
    { op: 'add', menu: '/ip/address', key: wanted, values: { ...wanted, comment: 'lab' }, placeBefore: null },
  ]);
});

test.each([
  [{ address: '192.168.88.1/24' }, []],
  [{ address: '192.168.88.1/24', entryComment: 'defconf' }, []],
  [{ address: '192.168.88.1/24', entryComment: 'lan' }, [[{ comment: 'defconf' }, { comment: 'lan' }]]],
  [{ address: '172.16.0.1/24' }, [[{ disabled: 'true' }, { disabled: 'false' }]]],
])('an address that is there is left, named or switched on: %o', async (input, changes) => {
  const steps = await stepsOf('add_ip_address', { interface: 'bridge', ...input });
  expect(steps.map((step) => step.op === 'change' && [step.before, step.after])).toEqual(changes);
});

test.each([
  [{ address: '192.168.88.201/29' }, 'CONFLICT'],
  [{ address: '192.168.0.1/16' }, 'CONFLICT'],
  [{ address: '100.64.0.10/24' }, 'CONFLICT'],
  [{ address: '192.168.88.1/24', interface: 'ether2' }, 'CONFLICT'],
  [{ address: '203.0.113.1/24', interface: 'ether2' }, 'CONFLICT'],
  [{ address: '203.0.113.1/24', interface: 'ether9' }, 'DEVICE_REFERENCE_MISSING'],
  [{ address: '203.0.113.1/24', interface: '<pppoe-bob>' }, 'UNSAFE_OPERATION'],
  // It would hide the manager, who is far away.
  [{ address: '198.51.100.1/24' }, 'UNSAFE_OPERATION'],
])('an address is not added where it does harm: %o', async (input, code) => {
  await expect(stepsOf('add_ip_address', { interface: 'bridge', ...input })).rejects.toMatchObject({ code });
});

test.each([
  ['203.0.113.1', 'is not an IPv4 address with a prefix length'],
  ['2001:db8::1/64', 'is not an IPv4 address with a prefix length'],
  ['203.0.113.1/33', 'is not an IPv4 address with a prefix length'],
  ['10.0.0.1/7', 'has a prefix length below 8'],
  ['203.0.113.0/24', 'is the network itself'],
  ['203.0.113.255/24', 'is the broadcast address'],
  ['127.0.0.2/32', 'is a loopback address'],
  ['224.0.0.1/24', 'is a multicast address'],
])('%s is no address for an interface', (address, reason) => {
  expect(problem('add_ip_address', { address, interface: 'bridge' })).toContain(reason);
});

test('both addresses of a point-to-point network can be used', () => {
  expect(problem('add_ip_address', { address: '203.0.113.0/31', interface: 'bridge' })).toBeUndefined();
});

test('an address is removed with all that is needed to add it again', async () => {
  const key = { address: '192.168.88.1/24', interface: 'bridge' };
  expect(await stepsOf('remove_ip_address', key)).toEqual([
    {
      op: 'remove',
      menu: '/ip/address',
      key,
      values: { ...key, network: '192.168.88.0', comment: 'defconf' },
      placeBefore: null,
    },
  ]);
  expect(await stepsOf('remove_ip_address', { address: '172.16.0.1/24', interface: 'bridge' })).toMatchObject([
    { values: { disabled: 'true' } },
  ]);
  expect(await stepsOf('remove_ip_address', { ...key, interface: 'ether2' })).toEqual([]);
});

test.each([
  ['the one the router is managed by', { address: '10.0.0.2/24', interface: 'ether1' }, {}],
  ['one that was leased', { address: '100.64.0.9/24', interface: 'ether5' }, {}],
  [
    'any, when it cannot be told how the router is managed',
    { address: '192.168.88.1/24', interface: 'bridge' },
    { '/ip/service': [], '/ip/address': ADDRESSES.slice(1), '/ip/route': [] },
  ],
  [
    'any, when only the way back is known and not the address that managers talk to',
    { address: '192.168.88.1/24', interface: 'bridge' },
    {
      '/ip/service': [],
      '/ip/address': ADDRESSES.slice(1),
      '/user/active': [{ '.id': '*1', address: '198.51.100.7', via: 'rest-api' }],
    },
  ],
])('an address is not removed: %s', async (_, input, more) => {
  await expect(stepsOf('remove_ip_address', input, more)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});

test('interfaces are switched only when they are otherwise', async () => {
  expect(await stepsOf('set_interface_enabled', { interface: 'ether2', enabled: false })).toEqual([
    {
      op: 'change',
      menu: '/interface',
      key: { name: 'ether2' },
      before: { disabled: 'false' },
      after: { disabled: 'true' },
    },
  ]);
  expect(await stepsOf('set_interface_enabled', { interface: 'ether5', enabled: true })).toHaveLength(1);
  expect(await stepsOf('set_interface_enabled', { interface: 'ether5', enabled: false })).toEqual([]);
  expect(await stepsOf('set_interface_enabled', { interface: 'ether1', enabled: true })).toEqual([]);
});

const THROUGH_BRIDGE = {
  '/ip/service': [
    { '.id': '*F', name: 'www', connection: 'true', local: '192.168.88.1', remote: '192.168.88.9:50000' },
  ],
};

test.each([
  ['ether1', {}, 'carries the connection'],
  ['bridge', THROUGH_BRIDGE, 'carries the connection'],
  ['ether2', THROUGH_BRIDGE, 'carries the connection'],
  ['<pppoe-bob>', {}, 'made this interface itself'],
])('%s is not disabled', async (name, more, reason) => {
  await expect(stepsOf('set_interface_enabled', { interface: name, enabled: false }, more)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining(reason) as string,
  });
});

test('comments of interfaces are set, kept and cleared', async () => {
  const sides = async (name: string, text: string) =>
    (await stepsOf('set_interface_comment', { interface: name, text })).map(
      (step) => step.op === 'change' && [step.before['comment'], step.after['comment']],
    );
  expect(await sides('ether1', 'to the provider')).toEqual([['uplink', 'to the provider']]);
  expect(await sides('ether1', 'uplink')).toEqual([]);
  expect(await sides('ether1', '')).toEqual([['uplink', null]]);
  expect(await sides('ether2', '')).toEqual([]);
  expect(problem('set_interface_comment', { interface: 'ether1', text: 'a\nb' })).toContain('cannot be printed');
});

const LIST = '/ip/firewall/address-list';
const ENTRIES = [
  { '.id': '*1', list: 'mcp-blocked', address: '192.0.2.1', dynamic: 'false', disabled: 'false', comment: 'old' },
  { '.id': '*2', list: 'mcp-blocked', address: '192.0.2.2', dynamic: 'false', disabled: 'true' },
  { '.id': '*3', list: 'mcp-blocked', address: '192.0.2.3', dynamic: 'true', disabled: 'false', timeout: '1h5m' },
  { '.id': '*4', list: 'mcp-blocked', address: '192.0.2.4', dynamic: 'true', disabled: 'false' },
  { '.id': '*5', list: 'offices', address: '192.0.2.9', dynamic: 'false', disabled: 'false' },
];

async function listed(input: Record<string, unknown>): Promise<string[]> {
  const steps = await stepsOf('update_address_list', { list: 'mcp-blocked', ...input }, { [LIST]: ENTRIES });
  return steps.map(said);
}

function said(step: Step): string {
  if (step.op === 'add' || step.op === 'remove') {
    const { address, timeout = '', comment = '' } = step.values;
    return [step.op, address, timeout, comment, step.key['dynamic'] && 'dynamic'].filter(Boolean).join(' ');
  }
  return step.op === 'change' ? `change ${step.key['address']} ${JSON.stringify(step.after)}` : step.op;
}

test.each([
  [{ add: ['192.0.2.5', '192.0.2.6/32'] }, ['add 192.0.2.5', 'add 192.0.2.6/32']],
  [{ add: ['192.0.2.5', '192.0.2.5'] }, ['add 192.0.2.5']],
  [{ add: ['192.0.2.1'] }, []],
  [{ add: ['192.0.2.1'], entryComment: 'new' }, ['change 192.0.2.1 {"comment":"new"}']],
  [{ add: ['192.0.2.2'] }, ['change 192.0.2.2 {"disabled":"false"}']],
  [{ add: ['192.0.2.9'], entryComment: 'x' }, ['add 192.0.2.9 x']],
  [{ add: ['192.0.2.5'], timeoutSeconds: 600 }, ['add 192.0.2.5 600s dynamic']],
  [{ add: ['192.0.2.3'], timeoutSeconds: 600 }, []],
  [{ add: ['192.0.2.3'] }, ['remove 192.0.2.3 1h5m dynamic', 'add 192.0.2.3']],
  [{ remove: ['192.0.2.1', '192.0.2.3', '192.0.2.8'] }, ['remove 192.0.2.1 old', 'remove 192.0.2.3 1h5m dynamic']],
  // What a listed name resolves to is the router's own business.
  [{ remove: ['192.0.2.4'] }, []],
  [{ remove: ['192.0.2.9'] }, []],
  [{ add: ['192.0.2.5'], remove: ['192.0.2.1'] }, ['add 192.0.2.5', 'remove 192.0.2.1 old']],
])('the steps to %o', async (input, steps) => {
  expect(await listed(input)).toEqual(steps);
});

test('an entry that stays for good gets no time', async () => {
  await expect(listed({ add: ['192.0.2.1'], timeoutSeconds: 600 })).rejects.toMatchObject({ code: 'CONFLICT' });
});

test.each([
  [{}, 'give addresses to add, to remove, or both'],
  [{ add: ['192.0.2.1'], remove: ['192.0.2.1'] }, 'an address is both to be added and to be removed'],
  [
    {
      add: Array.from({ length: 60 }, (_, n) => `192.0.2.${n}`),
      remove: Array.from({ length: 60 }, (_, n) => `192.0.3.${n}`),
    },
    '120 addresses are given; 100 are allowed at once',
  ],
  [{ add: ['0.0.0.0/0'] }, '"0.0.0.0/0" has a prefix length below 8'],
  [{ add: ['2000::/3'] }, '"2000::/3" has a prefix length below 16'],
  [{ add: ['192.0.2.1/24'] }, '"192.0.2.1/24" has bits behind its prefix length; give the network'],
  [{ add: ['evil.example'] }, '"evil.example" is not an IPv4 or IPv6 address or network'],
])('the input %o is refused', (input, message) => {
  expect(problem('update_address_list', { list: 'mcp-blocked', ...input })).toBe(message);
});

test('only lists made for it may be changed', () => {
  const operation = findOperation('update_address_list');
  if (operation?.effect !== 'write') throw new Error('no write');
  const may = (list: string, addressListPrefix: string) => operation.restrict?.({ list }, { addressListPrefix });
  expect(may('mcp-blocked', 'mcp-')).toBeNull();
  expect(may('convoy.x', 'convoy.')).toBeNull();
  expect(may('offices', 'mcp-')).toContain('begins with "mcp-"');
  expect(may('MCP-blocked', 'mcp-')).toContain('given was "MCP-blocked"');
});

test('a command that may not be run twice cannot be declared', () => {
  const declare = (menu: string, command: string) => () =>
    defineCommand({
      name: 'test_command',
      title: 'Test',
      summary: 'Test.',
      toolset: 'system',
      tier: 'advanced',
      phase: 2,
      paths: [],
      input: z.strictObject({}),
      example: {},
      menu,
      command,
    });
  expect(declare('/ip/dns/cache', 'flush')).not.toThrow();
  for (const [menu, command] of [
    ['/system', 'reboot'],
    ['/tool', 'ping'],
    ['/system', 'shutdown'],
  ] as const) {
    expect(declare(menu, command)).toThrow('is no command that may be repeated');
  }
});
