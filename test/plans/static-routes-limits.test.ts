import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { staticRoutes } from '../../shared/plans/static-routes.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { capture } from './laws.ts';
import { configured, routerWith } from './router-with-routes.ts';

type Wish = Record<string, unknown>;

async function stepsFor(routes: readonly RouterRecord[], input: Wish, menus = {}): Promise<Step[]> {
  const parsed = staticRoutes.input.parse(input);
  return staticRoutes.steps(await capture(staticRoutes, routerWith(routes, menus), parsed), parsed);
}

const FAR = { '/user/active': [{ '.id': '*1', address: '203.0.113.5', via: 'rest-api' }] };
const uplink = configured(1, {
  'dst-address': '0.0.0.0/0',
  gateway: '198.18.0.254',
  'immediate-gw': '198.18.0.254%ether1',
});
const everything = { destination: '0.0.0.0/0' };

test.each<[string, Wish]>([
  ['goes', { remove: [{ ...everything, gateway: '198.18.0.254' }] }],
  ['is outbid by a longer prefix', { routes: [{ destination: '203.0.113.0/24', gateway: 'ether2' }] }],
  ['is shared with another one', { routes: [{ ...everything, gateway: 'ether2' }] }],
  ['is thrown away in part', { routes: [{ destination: '203.0.113.0/28', blackhole: true }] }],
  ['loses its next hop', { routes: [{ destination: '198.18.0.254/32', gateway: 'ether2' }] }],
  [
    'is replaced by another one',
    {
      routes: [{ ...everything, gateway: 'ether2', distance: 5 }],
      remove: [{ ...everything, gateway: '198.18.0.254' }],
    },
  ],
])('refuses a wish after which the way to the managers %s', async (_what, input) => {
  await expect(stepsFor([uplink], input, FAR)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining('answer those who manage it by another way, or not at all'),
    hint: expect.stringContaining('Add a route by the same gateway'),
  });
});

test.each<[string, Wish, string[]]>([
  ['a longer distance', { routes: [{ ...everything, gateway: '198.18.0.254', distance: 9 }] }, ['change']],
  ['a second way that waits', { routes: [{ ...everything, gateway: 'ether2', distance: 9 }] }, ['add']],
  ['another table', { routes: [{ ...everything, gateway: 'ether2', table: 'guests' }] }, ['add']],
  [
    'an equal replacement, which is there first',
    {
      routes: [{ ...everything, gateway: '198.18.0.254%ether1' }],
      remove: [{ ...everything, gateway: '198.18.0.254' }],
    },
    ['add', 'remove'],
  ],
])('lets the way to the managers be given %s', async (_what, input, ops) => {
  expect((await stepsFor([uplink], input, FAR)).map(({ op }) => op)).toEqual(ops);
});

test('a way that waited behind the one to the managers would take over, and is reckoned with', async () => {
  const waiting = configured(2, {
    ...everything,
    'dst-address': '0.0.0.0/0',
    gateway: 'ether2',
    distance: '2',
    active: undefined,
  });
  const input = {
    routes: [{ ...everything, gateway: '198.18.0.254%ether1', distance: 5 }],
    remove: [{ ...everything, gateway: '198.18.0.254' }],
  };
  await expect(stepsFor([uplink, waiting], input, FAR)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});

test('what a router lacks is named', async () => {
  await expect(stepsFor([], { routes: [{ destination: '10.1.0.0/16', gateway: 'sfp9' }] })).rejects.toMatchObject({
    code: 'DEVICE_REFERENCE_MISSING',
    message: 'The router has no interface "sfp9".',
  });
  const elsewhere = { destination: '10.1.0.0/16', gateway: 'ether2', table: 'voice' };
  await expect(stepsFor([], { routes: [elsewhere] })).rejects.toMatchObject({
    message: 'The router has no routing table "voice".',
  });
  expect(await stepsFor([], { remove: [elsewhere] })).toEqual([]);
});

const branch = { 'dst-address': '10.1.0.0/16', gateway: '198.18.0.9' };
const toBranch = { destination: '10.1.0.0/16', gateway: '198.18.0.9' };

test('two routes by the same gateway are told apart by their distances, or not at all', async () => {
  const both = [configured(2, branch), configured(3, { ...branch, distance: '20' })];
  await expect(stepsFor(both, { remove: [toBranch] })).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_AMBIGUOUS',
    message: 'There are 2 routes to 10.1.0.0/16 by 198.18.0.9 in table main.',
  });
  expect(await stepsFor(both, { remove: [{ ...toBranch, distance: 20 }] })).toMatchObject([
    { op: 'remove', key: { distance: '20' } },
  ]);
  expect(await stepsFor(both, { routes: [{ ...toBranch, distance: 20, scope: 10 }] })).toMatchObject([
    { op: 'change', key: { distance: '20' }, before: { scope: '30' }, after: { scope: '10' } },
  ]);
});

test('a disabled route, of which most is hidden, is left alone', async () => {
  const disabled = { '.id': '*80000005', ...branch, disabled: 'true', inactive: 'true', static: 'true' };
  for (const input of [{ routes: [toBranch] }, { remove: [toBranch] }]) {
    await expect(stepsFor([disabled], input)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('There is a disabled route to 10.1.0.0/16 by 198.18.0.9'),
    });
  }
});

test('routes that the router learned are nobody’s to remove', async () => {
  const learned = configured(2, { ...branch, dynamic: 'true', static: undefined, dhcp: 'true' });
  expect(await stepsFor([learned], { remove: [toBranch] })).toEqual([]);
});

test('without a manager that the router sees, nothing is changed', async () => {
  const nobody = { '/user/active': [] };
  await expect(stepsFor([], { routes: [toBranch] }, nobody)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});

test.each<[Wish, string]>([
  [{}, 'give routes, remove or both'],
  [{ routes: [{ destination: '10.1.0.0/16' }] }, 'routes[0]: give gateway or blackhole, and not both'],
  [{ remove: [{ ...toBranch, blackhole: true }] }, 'remove[0]: give gateway or blackhole, and not both'],
  [
    { routes: [{ destination: '10.1.0.0/16', blackhole: true, scope: 10, checkGateway: 'ping' }] },
    'routes[0]: a blackhole has no scope, checkGateway',
  ],
  [
    { routes: [{ destination: '10.1.0.0/16', gateway: '2001:db8::1' }] },
    'routes[0]: the gateway 2001:db8::1 is of another family than 10.1.0.0/16',
  ],
  [{ routes: [toBranch, { ...toBranch, distance: 5 }] }, 'routes[1] is the same route as routes[0]'],
  [{ remove: [toBranch, toBranch] }, 'remove[1] is the same route as remove[0]'],
  [{ routes: [toBranch], remove: [{ ...toBranch, distance: 5 }] }, 'remove[0] removes the route that routes[0] wants'],
  [
    { routes: [toBranch, { destination: '10.1.0.0/16', blackhole: true, distance: 1 }] },
    'routes: packets to 10.1.0.0/16 cannot be both sent on and thrown away with the same distance',
  ],
])('refuses %j', (given, sentence) => {
  expect(staticRoutes.refuse?.(staticRoutes.input.parse(given))).toBe(sentence);
});

test('takes away both of two routes that their distances tell apart', () => {
  const remove = [
    { ...toBranch, distance: 1 },
    { ...toBranch, distance: 2 },
  ];
  expect(staticRoutes.refuse?.(staticRoutes.input.parse({ remove }))).toBeNull();
});

test.each([
  [{ destination: '10.1.0.1/16', gateway: 'ether2' }, 'has bits behind its prefix length'],
  [{ destination: '224.0.0.0/4', gateway: 'ether2' }, 'is a multicast address'],
  [{ destination: 'branch', gateway: 'ether2' }, 'is not a network such as'],
  [{ destination: '10.1.0.0/16', gateway: '10.0.0.1,10.0.0.2' }, 'give each of several as a route of its own'],
  [{ destination: '10.1.0.0/16', gateway: '127.0.0.1' }, 'is a loopback address'],
  [{ destination: '2001:db8::/32', gateway: 'fe80::1' }, 'means nothing without an interface'],
  [{ destination: '10.1.0.0/16', gateway: 'ether2', metric: 1 }, 'metric'],
])('takes no %j', (route, sentence) => {
  const parsed = staticRoutes.input.safeParse({ routes: [route] });
  expect(parsed.error?.message).toContain(sentence);
});

test('addresses become what routers print', () => {
  const route = { destination: '2001:DB8:0::/32', gateway: 'FE80:0::1%ether2@main' };
  expect(staticRoutes.input.parse({ routes: [route] })).toMatchObject({
    routes: [{ destination: '2001:db8::/32', gateway: 'fe80::1%ether2@main', table: 'main' }],
  });
});

test.each<[string, number, Wish, string, string]>([
  ['lab', 10, { routes: [toBranch] }, 'medium', 'packets take another way'],
  ['lab', 11, { routes: [toBranch] }, 'high', '11 devices are changed, more than 10'],
  ['prod', 1, { routes: [toBranch] }, 'high', 'production devices are changed'],
  ['lab', 1, { routes: [{ ...everything, gateway: 'ether2', table: 'guests' }] }, 'high', 'default routes are changed'],
  ['lab', 1, { routes: [{ destination: '128.0.0.0/1', gateway: 'ether2' }] }, 'high', 'default routes are changed'],
  ['lab', 1, { remove: [toBranch] }, 'high', 'routes that are there are changed'],
  ['lab', 1, { routes: [{ destination: '10.1.0.0/16', blackhole: true }] }, 'high', 'packets are thrown away'],
])('in %s on %i devices, %j is a %s risk: %s', (environment, deviceCount, given, risk, reason) => {
  const facts = { environment: environment as 'lab' | 'prod', deviceCount };
  expect(staticRoutes.risk(facts, staticRoutes.input.parse(given))).toEqual({ risk, reasons: [reason] });
});

test('the risk knows what the devices hold', async () => {
  const input = staticRoutes.input.parse({ routes: [{ ...toBranch, distance: 7 }] });
  const captured = [await capture(staticRoutes, routerWith([configured(2, branch)]), input)];
  const facts = { environment: 'lab', deviceCount: 1, captured } as const;
  expect(staticRoutes.risk(facts, input).reasons).toEqual(['routes that are there are changed']);
  const wide = staticRoutes.input.parse({ routes: [{ destination: '198.0.0.0/8', gateway: 'ether1' }] });
  expect(staticRoutes.risk(facts, wide).reasons).toEqual(['it is about the way to those who manage the devices']);
});
