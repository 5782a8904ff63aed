import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { addressListSync } from '../../shared/plans/address-list-sync.ts';
import { findPlanKind } from '../../shared/plans/index.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

const MENU = '/ip/firewall/address-list';
const MENU6 = '/ipv6/firewall/address-list';
const ADDRESSES = ['192.0.2.1', '192.0.2.9', '198.51.100.0/24', '203.0.113.128/25', 'scans.example.net'];
const ADDRESSES6 = ['2001:db8::1', '2001:db8:bad::/48'];

const comment = fc.constantFrom('scans', 'abuse desk', 'left behind');
const flags = fc.record({ comment }, { requiredKeys: [] });
const wish = fc
  .record({
    list: fc.constant('blocked'),
    mode: fc.constantFrom('exact', 'add_only', 'remove_only'),
    entries: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...ADDRESSES, ...ADDRESSES6), flags).map(([address, more]) => ({ address, ...more })),
      { minLength: 1, maxLength: 7, selector: ({ address }) => address },
    ),
  })
  .map((input) =>
    input.mode === 'remove_only' ? { ...input, entries: input.entries.map(({ address }) => ({ address })) } : input,
  );

/** Rows as routers hold them: also of another list, disabled, and written in longer forms. */
const row = (addresses: readonly string[]): fc.Arbitrary<RouterRecord> =>
  fc
    .record({
      list: fc.constantFrom('blocked', 'other'),
      address: fc.constantFrom(...addresses),
      disabled: fc.boolean(),
    })
    .chain((base) => flags.map((more) => ({ ...base, ...more, disabled: String(base.disabled) })));
const rows = (addresses: readonly string[]): fc.Arbitrary<RouterRecord[]> =>
  fc.uniqueArray(row(addresses), { maxLength: 8, selector: ({ list, address }) => `${list} ${address}` });
const present = fc.record({
  v4: rows([...ADDRESSES, '10.0.0.0/8', '172.16.0.1-172.16.0.9']),
  v6: rows([...ADDRESSES6, '2001:db8:1::/64']),
});

interface Held {
  v4?: RouterRecord[];
  v6?: RouterRecord[];
  filter?: RouterRecord[];
}

function routerHolding({ v4 = [], v6 = [], filter = [] }: Held): Router {
  const numbered = (all: RouterRecord[]): RouterRecord[] => all.map((one, index) => ({ '.id': `*${index}`, ...one }));
  return cannedRouter({
    [MENU]: numbered(v4),
    [MENU6]: numbered(v6),
    '/ip/firewall/filter': numbered(filter),
    '/ip/firewall/raw': [],
    '/ipv6/firewall/filter': [],
    '/ipv6/firewall/raw': [],
    '/ip/address': [{ '.id': '*1', address: '192.0.2.1/24', interface: 'ether1' }],
    '/ipv6/address': [],
    '/ip/service': [{ '.id': '*1', name: 'ssh' }],
    '/user/active': [{ '.id': '*1', address: '192.0.2.9', via: 'rest-api' }],
    '/ip/route': [{ '.id': '*1', 'dst-address': '192.0.2.0/24', gateway: 'ether1', active: 'true' }],
    '/ipv6/route': [],
  });
}

async function stepsFor(router: Router, given: Record<string, unknown>): Promise<Step[]> {
  const input = addressListSync.input.parse({ list: 'blocked', mode: 'exact', ...given });
  return addressListSync.steps(await capture(addressListSync, router, input), input);
}

/** What the list holds: `+ - ~` of the steps in their order. */
function shown(steps: readonly Step[]): string[] {
  return steps.map((step) => `${step.op} ${step.op === 'set' ? '' : step.key['address']}`);
}

async function checkLaws(router: Router, given: Record<string, unknown>): Promise<void> {
  const input = addressListSync.input.parse(given);
  const found = await capture(addressListSync, router, input);
  const foreign = await foreignRows(router);
  const steps = addressListSync.steps(found, input);
  await apply(router, steps);
  const once = await capture(addressListSync, router, input);
  expect(addressListSync.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(addressListSync, router, input), 'applying twice equals once').toEqual(once);
  expect(await foreignRows(router), 'other lists stay').toEqual(foreign);
  await undo(router, steps);
  expect(await capture(addressListSync, router, input), 'apply then undo restores').toEqual(found);
  const order = steps.map(({ op }) => ['add', 'change', 'remove'].indexOf(op));
  expect(order, 'additions before changes before removals').toEqual(order.toSorted((a, b) => a - b));
  expect(order).not.toContain(-1);
}

async function foreignRows(router: Router): Promise<RouterRecord[]> {
  const all = await router.list(MENU, { fields: ['list', 'address', 'comment', 'disabled'] });
  return all.filter(({ list }) => list !== 'blocked');
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(fc.asyncProperty(present, wish, (held, input) => checkLaws(routerHolding(held), input)));
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(addressListSync);
  await fc.assert(
    fc.asyncProperty(present, wish, async ({ v4, v6 }, input) => {
      for (const [menu, held] of [
        [MENU, v4],
        [MENU6, v6],
      ] as const) {
        for (const { list = '', address = '' } of await router.list(menu, { configuredOnly: true })) {
          await router.remove(menu, { list, address });
        }
        for (const { list = '', address = '', ...more } of held) {
          await router.add(menu, { list, address, ...defined(more) }, { key: { list, address } });
        }
      }
      await checkLaws(router, input);
    }),
    { numRuns: 8 },
  );
});

function defined(values: RouterRecord): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

test('is found by its kind and asks for firewall writes', () => {
  expect(findPlanKind('address_list_sync')).toBe(addressListSync);
  expect(addressListSync.flag).toBe('allowFirewallWrites');
});

test('adds, then settles what is there, then removes; the mode says which', async () => {
  const v4 = [
    { list: 'blocked', address: '192.0.2.7', disabled: 'true' },
    { list: 'blocked', address: '192.0.2.8', comment: 'old' },
    { list: 'other', address: '192.0.2.66' },
  ];
  const entries = [{ address: '192.0.2.7/32' }, { address: '198.51.100.4' }];
  expect(shown(await stepsFor(routerHolding({ v4 }), { entries }))).toEqual([
    'add 198.51.100.4',
    'change 192.0.2.7',
    'remove 192.0.2.8',
  ]);
  expect(shown(await stepsFor(routerHolding({ v4 }), { entries, mode: 'add_only' }))).toEqual([
    'add 198.51.100.4',
    'change 192.0.2.7',
  ]);
  expect(shown(await stepsFor(routerHolding({ v4 }), { entries, mode: 'remove_only' }))).toEqual(['remove 192.0.2.7']);
});

test('a comment is kept when none is given, changed by a text and taken away by an empty one', async () => {
  const v4 = [{ list: 'blocked', address: '192.0.2.7', comment: 'old' }];
  const changes = async (entry: { comment?: string }) =>
    stepsFor(routerHolding({ v4 }), { entries: [{ address: '192.0.2.7', ...entry }] });
  expect(await changes({})).toEqual([]);
  expect(await changes({ comment: 'new' })).toMatchObject([{ before: { comment: 'old' }, after: { comment: 'new' } }]);
  expect(await changes({ comment: '' })).toMatchObject([{ before: { comment: 'old' }, after: { comment: null } }]);
});

test('leaves the other family alone unless it is named, and puts names on each that is', async () => {
  const v6 = [{ list: 'blocked', address: '2001:db8::1' }];
  const entries = [{ address: '198.51.100.4' }, { address: 'scans.example.net' }];
  const menus = (steps: Step[]): string[] => steps.map(({ op, menu }) => `${op} ${menu}`);
  expect(menus(await stepsFor(routerHolding({ v6 }), { entries }))).toEqual([`add ${MENU}`, `add ${MENU}`]);
  expect(menus(await stepsFor(routerHolding({ v6 }), { entries, families: ['ipv4', 'ipv6'] }))).toEqual([
    `add ${MENU}`,
    `add ${MENU}`,
    `add ${MENU6}`,
    `remove ${MENU6}`,
  ]);
});

test('leaves entries with a time alone, says so, and refuses to list what is there for a time', async () => {
  const v4 = [{ list: 'blocked', address: '192.0.2.7', dynamic: 'true', timeout: '1h' }];
  expect(shown(await stepsFor(routerHolding({ v4 }), { entries: [{ address: '198.51.100.4' }] }))).toEqual([
    'add 198.51.100.4',
  ]);
  await expect(stepsFor(routerHolding({ v4 }), { entries: [{ address: '192.0.2.7' }] })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: '192.0.2.7 is on blocked for a time, or by a name that leads to it; such entries are left alone.',
  });
  const input = addressListSync.input.parse({ list: 'blocked', mode: 'exact', entries: [{ address: '198.51.100.4' }] });
  const captured = [await capture(addressListSync, routerHolding({ v4 }), input)];
  const { risk, reasons } = addressListSync.risk({ environment: 'lab', deviceCount: 1, captured }, input);
  expect([risk, reasons.at(-1)]).toEqual(['medium', '1 entries that the routers keep by themselves stay as they are']);
});

test('refuses a list with the same address twice, by its name', async () => {
  const v4 = [
    { list: 'blocked', address: '192.0.2.7' },
    { list: 'blocked', address: '192.0.2.7', disabled: 'true' },
  ];
  await expect(stepsFor(routerHolding({ v4 }), { entries: [{ address: '192.0.2.7' }] })).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_AMBIGUOUS',
    message: 'blocked has 192.0.2.7 more than once, with some of them disabled.',
  });
});

const drops = { chain: 'input', action: 'drop', 'src-address-list': 'blocked' };
const admits = { chain: 'input', action: 'accept', 'src-address-list': 'blocked' };
const stopsOthers = { chain: 'input', action: 'drop', 'src-address-list': '!blocked' };

test.each([
  [
    'lists the manager where rules stop what is listed',
    drops,
    [],
    '192.0.2.9',
    'exact',
    /^192\.0\.2\.9 holds 192\.0\.2\.9/,
  ],
  ['lists its network', drops, [], '192.0.2.0/28', 'add_only', /^192\.0\.2\.0\/28 holds 192\.0\.2\.\d/],
  [
    'takes the manager off a list of those let in',
    admits,
    ['192.0.2.9'],
    '192.0.2.9',
    'remove_only',
    /let through only/,
  ],
  ['leaves it out where others are stopped', stopsOthers, ['192.0.2.9'], '198.51.100.1', 'exact', /let through only/],
] as const)('refuses what %s', async (_, rule, held, address, mode, sentence) => {
  const v4 = held.map((one) => ({ list: 'blocked', address: one }));
  const refusal = stepsFor(routerHolding({ v4, filter: [rule] }), { entries: [{ address }], mode });
  await expect(refusal).rejects.toMatchObject({ code: 'UNSAFE_OPERATION', message: expect.stringMatching(sentence) });
});

test.each([
  ['the rule is disabled', { ...drops, disabled: 'true' }],
  ['the rule is about forwarded traffic', { ...drops, chain: 'forward' }],
  ['the rule is about another list', { ...drops, 'src-address-list': 'other' }],
  ['the rule lets in what is listed', admits],
] as const)('lists the manager where %s', async (_, rule) => {
  const steps = await stepsFor(routerHolding({ filter: [rule] }), { entries: [{ address: '192.0.2.9' }] });
  expect(shown(steps)).toEqual(['add 192.0.2.9']);
});
