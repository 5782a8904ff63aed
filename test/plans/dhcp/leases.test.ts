import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../../shared/domain/change.ts';
import { dhcpLeases } from '../../../shared/plans/dhcp-leases.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { apply, capture, undo } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';
import { at, lease, LEASES, macOf, routerWith, stepsFor, type Wish } from './leasing-router.ts';

const OPS = ['add', 'change', 'remove'];

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

test('behind a relay addresses are of networks that the router is not in', async () => {
  expect(await stepsFor([], [{ macAddress: macOf(1), address: at(9), server: 'far' }])).toHaveLength(1);
});

test('dynamic leases are no leases of the plan', async () => {
  const dynamic = lease(1, 11, { dynamic: 'true' });
  expect(await stepsFor([dynamic], [{ macAddress: macOf(1), state: 'absent' }])).toEqual([]);
  expect(await stepsFor([dynamic], [{ macAddress: macOf(1), address: at(12) }])).toMatchObject([{ op: 'add' }]);
});
