import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { dhcpLeases } from '../../shared/plans/dhcp-leases.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;
type Rows = readonly RouterRecord[];

const LEASES = '/ip/dhcp-server/lease';
const OPS = ['add', 'change', 'remove'];

const macOf = (n: number): string => `02:00:00:00:00:0${n}`;
const at = (n: number): string => `192.168.88.${n}`;
const lease = (mac: number, address: number, more: RouterRecord = {}): RouterRecord => ({
  'mac-address': macOf(mac),
  address: at(address),
  server: 'defconf',
  disabled: 'false',
  dynamic: 'false',
  ...more,
});

/** Managed from 192.168.88.5; ether3 has a network without a relay, and one with it. */
function routerWith(leases: Rows): Router {
  return cannedRouter(
    {
      [LEASES]: leases.map((row, index) => ({ '.id': `*${index + 1}`, ...row })),
      '/ip/dhcp-server/network': [
        { address: '192.168.88.0/24', gateway: '192.168.88.2' },
        { address: '10.0.3.0/24', gateway: '10.0.3.1' },
      ],
      '/ip/dhcp-server': [
        { name: 'defconf', interface: 'bridge' },
        { name: 'lab', interface: 'ether3' },
        { name: 'far', interface: 'ether3', relay: '10.9.9.1' },
      ],
      '/ip/address': [
        { address: '192.168.88.1/24', interface: 'bridge', disabled: 'false' },
        { address: '10.0.3.1/24', interface: 'ether3', disabled: 'false' },
      ],
      '/ipv6/address': [],
      '/ip/service': [],
      '/user/active': [{ '.id': '*1', address: '192.168.88.5', via: 'rest-api' }],
      '/ip/route': [{ 'dst-address': '192.168.88.0/24', gateway: 'bridge', active: 'true', dynamic: 'true' }],
      '/ipv6/route': [],
    },
    {},
    { host: '192.168.88.1' },
  );
}

const CLIENTS = [1, 2, 3, 4];

const wishes: fc.Arbitrary<Wish> = fc
  .tuple(fc.subarray([...CLIENTS], { minLength: 1 }), fc.shuffledSubarray([11, 12, 13, 14], { minLength: 4 }))
  .chain(([clients, addresses]) =>
    fc.tuple(
      ...clients.map((n, index) =>
        fc.oneof(
          fc.constant({ macAddress: macOf(n), state: 'absent' }),
          fc.record(
            {
              macAddress: fc.constant(macOf(n)),
              address: fc.constant(at(addresses[index]!)),
              server: fc.constant('defconf'),
              leaseTimeSeconds: fc.constantFrom(600, 3600),
              blocked: fc.boolean(),
              enabled: fc.boolean(),
              comment: fc.constantFrom('', 'printer'),
            },
            { requiredKeys: ['macAddress', 'address'] },
          ),
        ),
      ),
    ),
  )
  .map((leases) => ({ leases }));

const held = fc
  .tuple(fc.subarray([...CLIENTS]), fc.shuffledSubarray([11, 12, 13, 14], { minLength: 4 }))
  .chain(([clients, addresses]) =>
    fc.tuple(
      ...clients.map((n, index) =>
        fc.constantFrom<RouterRecord>(
          lease(n, addresses[index]!),
          lease(n, addresses[index]!, { comment: 'by hand', 'rate-limit': '1M/1M', 'client-id': '1:2' }),
          lease(n, addresses[index]!, { server: undefined, disabled: 'true', 'lease-time': '10m' }),
          lease(n, addresses[index]!, { 'block-access': 'true' }),
        ),
      ),
    ),
  );

async function configured(router: Router): Promise<unknown[]> {
  const { leases } = await capture(dhcpLeases, router, dhcpLeases.input.parse({ leases: everyone }));
  return (leases as Record<string, string>[]).map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')),
  );
}
const everyone = [...CLIENTS, 9].map((n) => ({ macAddress: macOf(n), address: at(10 + n) }));

/** Wishes that would need two clients to swap their addresses are refused, which is tested by itself. */
async function stepsUnlessTaken(router: Router, input: Wish): Promise<Step[] | null> {
  try {
    return dhcpLeases.steps(await capture(dhcpLeases, router, input), input);
  } catch (error) {
    if ((error as { code?: string }).code === 'CONFLICT') return null;
    throw error;
  }
}

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = dhcpLeases.input.parse(given);
  expect(dhcpLeases.refuse?.(input)).toBeNull();
  const found = await configured(router);
  const steps = await stepsUnlessTaken(router, input);
  if (steps === null) return;
  const order = steps.map(({ op }) => OPS.indexOf(op));
  expect(order, 'additions come before changes, and these before removals').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await configured(router);
  expect(
    dhcpLeases.steps(await capture(dhcpLeases, router, input), input),
    'the preview of the wanted state is empty',
  ).toEqual([]);
  await apply(router, steps);
  expect(await configured(router), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await configured(router), 'apply then undo restores').toEqual(found);
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  const foreign = [lease(9, 19), lease(8, 200, { dynamic: 'true' }), lease(1, 201, { dynamic: 'true' })];
  await fc.assert(
    fc.asyncProperty(held, wishes, (leases, input) => checkLaws(routerWith([...leases, ...foreign]), input)),
  );
});

test.each(['7.12.2', '7.20.8'])('keeps the laws on a simulated router with %s', async (version) => {
  const router = await openSimulatedRouter(dhcpLeases, version);
  await fc.assert(
    fc.asyncProperty(wishes, wishes, async (before, input) => {
      const parsed = dhcpLeases.input.parse(before);
      await apply(router, (await stepsUnlessTaken(router, parsed)) ?? []);
      await checkLaws(router, input);
    }),
    { numRuns: 4 },
  );
});

test('on a simulated router a client with a dynamic lease gets a static one, and nobody else gets its address', async () => {
  const router = await openSimulatedRouter(dhcpLeases);
  const [dynamic] = await router.list(LEASES, { fields: ['mac-address', 'address', 'dynamic'] });
  expect(dynamic?.['dynamic']).toBe('true');
  const stepsOf = async (wish: Wish): Promise<Step[]> => {
    const input = dhcpLeases.input.parse({ leases: [wish] });
    return dhcpLeases.steps(await capture(dhcpLeases, router, input), input);
  };
  const { 'mac-address': mac = '', address = '' } = dynamic ?? {};
  await expect(stepsOf({ macAddress: macOf(1), address })).rejects.toMatchObject({
    code: 'CONFLICT',
    message: `${address} is lent to ${mac} at this moment; two clients would have it.`,
  });
  await apply(router, await stepsOf({ macAddress: mac, address, server: 'defconf' }));
  const rows = await router.list(LEASES, { fields: ['mac-address', 'address', 'dynamic'] });
  expect(rows.filter((row) => row['mac-address'] === mac)).toMatchObject([{ address, dynamic: 'false' }]);
});

async function stepsFor(leases: Rows, wish: readonly Wish[]): Promise<Step[]> {
  const input = dhcpLeases.input.parse({ leases: wish });
  return dhcpLeases.steps(await capture(dhcpLeases, routerWith(leases), input), input);
}

test('a client that comes in place of another one takes over its lease', async () => {
  const before = lease(1, 11, { comment: 'printer', 'client-id': '1:2' });
  const wish = [
    { macAddress: macOf(2), address: at(11) },
    { macAddress: macOf(1), state: 'absent' },
  ];
  expect(await stepsFor([before], wish)).toEqual([
    {
      op: 'change',
      menu: LEASES,
      key: { 'mac-address': macOf(1), server: 'defconf' },
      before: { 'mac-address': macOf(1), 'client-id': '1:2' },
      after: { 'mac-address': macOf(2), 'client-id': null },
    },
  ]);
});

test('an address is given on once it is free', async () => {
  const wish = [
    { macAddress: macOf(1), address: at(12) },
    { macAddress: macOf(2), address: at(13) },
  ];
  const steps = await stepsFor([lease(1, 11), lease(2, 12)], wish);
  expect(steps).toMatchObject([{ key: { 'mac-address': macOf(2) } }, { key: { 'mac-address': macOf(1) } }]);
});

test('a client may have a lease at each of two servers', async () => {
  const wish = [{ macAddress: '0200.0000.0001'.replaceAll('.', ''), address: '10.0.3.9', server: 'lab' }];
  expect(await stepsFor([lease(1, 11)], wish)).toMatchObject([
    { op: 'add', key: { 'mac-address': macOf(1), server: 'lab' }, values: { address: '10.0.3.9' } },
  ]);
});

test.each<[Rows, Wish[], string, string]>([
  [
    [],
    [{ macAddress: macOf(1) }],
    'DEVICE_ENTRY_MISSING',
    `The router has no static lease of ${macOf(1)}, and to add it the plan must give address.`,
  ],
  [
    [],
    [{ macAddress: macOf(1), address: '10.9.9.9' }],
    'UNSAFE_OPERATION',
    '10.9.9.9 is in no DHCP network; the client would learn no gateway.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: '10.0.3.9', server: 'defconf' }],
    'UNSAFE_OPERATION',
    '10.0.3.9 is outside of the networks of "bridge", on which the DHCP server defconf answers.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(2) }],
    'UNSAFE_OPERATION',
    '192.168.88.2 is the gateway, or the first or last address, of 192.168.88.0/24.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(255) }],
    'UNSAFE_OPERATION',
    '192.168.88.255 is the gateway, or the first or last address, of 192.168.88.0/24.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(1) }],
    'UNSAFE_OPERATION',
    '192.168.88.1 is an address of the router itself.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(9), server: 'guests' }],
    'DEVICE_REFERENCE_MISSING',
    'The router has no DHCP server "guests".',
  ],
  [
    [lease(2, 9)],
    [{ macAddress: macOf(1), address: at(9) }],
    'CONFLICT',
    `192.168.88.9 is in the static lease of ${macOf(2)}.`,
  ],
  [
    [lease(2, 9, { dynamic: 'true' })],
    [{ macAddress: macOf(1), address: at(9) }],
    'CONFLICT',
    `192.168.88.9 is lent to ${macOf(2)} at this moment; two clients would have it.`,
  ],
  [
    [lease(1, 11), lease(2, 12)],
    [
      { macAddress: macOf(1), address: at(12) },
      { macAddress: macOf(2), address: at(11) },
    ],
    'CONFLICT',
    `192.168.88.12 is in the static lease of ${macOf(2)}.`,
  ],
  [
    [lease(1, 11), lease(1, 12, { server: 'lab' })],
    [{ macAddress: macOf(1), comment: 'x' }],
    'DEVICE_ENTRY_AMBIGUOUS',
    `${macOf(1)} has 2 static leases.`,
  ],
  [
    [lease(1, 5)],
    [{ macAddress: macOf(1), blocked: true }],
    'UNSAFE_OPERATION',
    `${macOf(1)} is managing the router at this moment; blocked, it could not any more.`,
  ],
])('with %j, %j is %s: %s', async (leases, wish, code, message) => {
  await expect(stepsFor(leases, wish)).rejects.toMatchObject({ code, message });
});

test('behind a relay addresses are of networks that the router is not in', async () => {
  expect(await stepsFor([], [{ macAddress: macOf(1), address: at(9), server: 'far' }])).toHaveLength(1);
});

test('dynamic leases are no leases of the plan', async () => {
  const dynamic = lease(1, 11, { dynamic: 'true' });
  expect(await stepsFor([dynamic], [{ macAddress: macOf(1), state: 'absent' }])).toEqual([]);
  expect(await stepsFor([dynamic], [{ macAddress: macOf(1), address: at(12) }])).toMatchObject([{ op: 'add' }]);
});

const one = { macAddress: macOf(1), address: at(9) };

test.each<[Wish[], string]>([
  [[one, { ...one, address: at(10) }], 'leases[1] is for the same client as leases[0]'],
  [[one, { ...one, server: 'lab', address: at(10) }], 'leases[1] is for the same client as leases[0]'],
  [[one, { ...one, macAddress: macOf(2) }], 'leases[1] has the address of leases[0]'],
  [[{ ...one, state: 'absent' }], 'leases[0] is removed and takes no address'],
])('refuses %j', (leases, sentence) => {
  expect(dhcpLeases.refuse?.(dhcpLeases.input.parse({ leases }))).toBe(sentence);
});

test('takes MAC addresses in whatever notation, and no other field', () => {
  const takes = (wish: Wish): boolean => dhcpLeases.input.safeParse({ leases: [wish] }).success;
  expect(takes({ ...one, macAddress: '02-00-00-00-00-01' })).toBe(true);
  expect(takes({ ...one, macAddress: '02:00:00:00:00' })).toBe(false);
  expect(takes({ ...one, hostName: 'x' })).toBe(false);
  expect(takes({ ...one, address: '2001:db8::1' })).toBe(false);
});

test.each<['lab' | 'prod', number, Wish, Rows, string, string]>([
  ['lab', 1, one, [], 'medium', 'clients keep the address they have until they renew their lease'],
  ['prod', 1, one, [], 'high', 'production devices are changed'],
  ['lab', 11, one, [], 'high', '11 devices are changed, more than 10'],
  [
    'lab',
    1,
    { macAddress: macOf(1), state: 'absent' },
    [lease(1, 9)],
    'high',
    'leases are removed: their clients get other addresses',
  ],
  ['lab', 1, { ...one, blocked: true }, [], 'high', 'clients are blocked: they get no address'],
  ['lab', 1, { ...one, address: at(10) }, [lease(1, 5)], 'high', 'it is about a machine that manages a device'],
])('in %s on %i devices, %j with %j is a %s risk', async (environment, deviceCount, wish, leases, risk, reason) => {
  const input = dhcpLeases.input.parse({ leases: [wish] });
  const captured = [await capture(dhcpLeases, routerWith(leases), input)];
  expect(dhcpLeases.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons: [reason] });
});
