import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { ipAddresses } from '../../shared/plans/ip-addresses.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;

const OPS = ['add', 'change', 'remove'];

const row = (address: string, name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${address}`,
  address,
  interface: name,
  disabled: 'false',
  dynamic: 'false',
  ...values,
});

/** Managed under 198.18.0.1 on ether1, by 198.18.0.5. */
function routerWith(addresses: readonly RouterRecord[]): Router {
  return cannedRouter(
    {
      '/ip/address': [row('198.18.0.1/24', 'ether1'), row('192.168.88.1/24', 'bridge'), ...addresses],
      '/ipv6/address': [],
      '/ip/service': [],
      '/user/active': [{ '.id': '*1', address: '198.18.0.5', via: 'rest-api' }],
      '/ip/route': [{ 'dst-address': '198.18.0.0/24', gateway: 'ether1', active: 'true', dynamic: 'true' }],
      '/ipv6/route': [],
      '/interface': [
        { name: 'ether1' },
        { name: 'ether2', slave: 'true' },
        { name: 'bridge' },
        { name: '<ppp>', dynamic: 'true' },
      ],
    },
    {},
    { host: '198.18.0.1' },
  );
}

const comment = fc.constantFrom('', 'lab', 'guests');
const asked = ['10.77.1.1/24', '10.77.2.1/24', '10.77.3.1/32'];

const wishes = fc
  .tuple(
    fc.uniqueArray(fc.record({ address: fc.constantFrom(...asked), comment }, { requiredKeys: ['address'] }), {
      selector: ({ address }) => address,
    }),
    fc.uniqueArray(fc.constantFrom(...asked)),
  )
  .map(([addresses, remove]) => ({
    addresses: addresses.map((one) => ({ ...one, interface: 'bridge' })),
    remove: remove
      .filter((address) => !addresses.some((one) => one.address === address))
      .map((address) => ({ address, interface: 'bridge' })),
  }))
  .filter(({ addresses, remove }) => addresses.length + remove.length > 0);

const held = fc.uniqueArray(
  fc
    .record({ address: fc.constantFrom(...asked), comment, disabled: fc.constantFrom('true', 'false') })
    .map(({ address, comment: text, disabled }) =>
      row(address, 'bridge', { disabled, ...(text === '' ? {} : { comment: text }) }),
    ),
  { selector: ({ address }) => address },
);

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = ipAddresses.input.parse(given);
  // Once nothing is to be done, nobody asks how the router is managed.
  const read = async () => ({ ...(await capture(ipAddresses, router, input)), managed: null });
  const found = await read();
  const steps = ipAddresses.steps(await capture(ipAddresses, router, input), input);
  const order = steps.map(({ op }) => OPS.indexOf(op));
  expect(order, 'additions come before changes, and these before removals').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await read();
  expect(ipAddresses.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await read(), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  // All addresses are captured, so this says as well that nothing foreign was touched.
  expect(await read(), 'apply then undo restores').toEqual(found);
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(fc.asyncProperty(held, wishes, (addresses, input) => checkLaws(routerWith(addresses), input)));
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(ipAddresses);
  await fc.assert(
    fc.asyncProperty(wishes, wishes, async (present, input) => {
      const parsed = ipAddresses.input.parse(present);
      await apply(router, ipAddresses.steps(await capture(ipAddresses, router, parsed), parsed));
      await checkLaws(router, input);
    }),
    { numRuns: 6 },
  );
});

async function stepsFor(addresses: readonly RouterRecord[], wish: Wish): Promise<Step[]> {
  const input = ipAddresses.input.parse(wish);
  return ipAddresses.steps(await capture(ipAddresses, routerWith(addresses), input), input);
}

const on = (address: string, name: string): Wish => ({ address, interface: name });

test.each<[Wish, string, string]>([
  [
    { addresses: [on('192.168.88.9/24', 'bridge')] },
    'CONFLICT',
    '192.168.88.9/24 overlaps with the network of an address that the router has already.',
  ],
  [
    { addresses: [on('10.77.1.1/24', 'ether2')] },
    'CONFLICT',
    'This interface is a port of a bridge or bond; packets come to the bridge or bond, where the address belongs.',
  ],
  [{ addresses: [on('10.77.1.1/24', 'sfp9')] }, 'DEVICE_REFERENCE_MISSING', 'The router has no interface "sfp9".'],
  [
    { addresses: [on('10.77.1.1/24', '<ppp>')] },
    'UNSAFE_OPERATION',
    'The router made the interface "<ppp>" itself and may take it away; it gets no address.',
  ],
  [
    { remove: [on('198.18.0.1/24', 'ether1')] },
    'UNSAFE_OPERATION',
    'The network of 198.18.0.1/24 carries the connection by which the router is managed; removing it would cut that.',
  ],
  [
    { remove: [on('192.168.88.1/24', 'bridge')] },
    'UNSAFE_OPERATION',
    'The interface "bridge" would be left without an address.',
  ],
  [
    { remove: [on('10.77.9.1/24', 'ether1')] },
    'UNSAFE_OPERATION',
    'The router got this address itself, for example by DHCP, so it cannot be removed.',
  ],
  [
    { remove: [on('10.77.8.1/24', 'guests')] },
    'DEVICE_ENTRY_AMBIGUOUS',
    '10.77.8.1/24 is 2 times on the interface "guests".',
  ],
])('on a device, %j is %s: %s', async (wish, code, message) => {
  const present = [
    row('10.77.8.1/24', 'guests'),
    row('10.77.8.1/24', 'guests', { disabled: 'true' }),
    row('10.77.9.1/24', 'ether1', { dynamic: 'true' }),
  ];
  await expect(stepsFor(present, wish)).rejects.toMatchObject({ code, message });
});

test('the last address of an interface goes when another one comes', async () => {
  const wish = { addresses: [on('10.77.1.1/24', 'bridge')], remove: [on('192.168.88.1/24', 'bridge')] };
  expect((await stepsFor([], wish)).map(({ op }) => op)).toEqual(['add', 'remove']);
});

test('what carries management may get another comment', async () => {
  const wish = { addresses: [{ ...on('198.18.0.1/24', 'ether1'), comment: 'management' }] };
  expect(await stepsFor([], wish)).toMatchObject([{ op: 'change', after: { comment: 'management' } }]);
});

test.each<[Wish, string]>([
  [{}, 'give addresses, remove or both'],
  [
    { addresses: [on('10.77.1.1/24', 'bridge'), on('10.77.1.9/28', 'ether1')] },
    'addresses[1] overlaps with the network of addresses[0]',
  ],
  [
    { addresses: [on('10.77.1.1/24', 'bridge')], remove: [on('10.77.1.1/24', 'bridge')] },
    'remove[0] removes the address that addresses[0] wants',
  ],
  [
    { remove: [on('10.77.1.1/24', 'bridge'), on('10.77.1.1/24', 'bridge')] },
    'remove[1] is the same address as remove[0]',
  ],
])('refuses %j', (wish, sentence) => {
  expect(ipAddresses.refuse?.(ipAddresses.input.parse(wish))).toBe(sentence);
});

test('takes no field it does not know, and no network in place of an address', () => {
  const takes = (one: Wish): boolean => ipAddresses.input.safeParse({ addresses: [one] }).success;
  expect(takes({ ...on('10.77.1.1/24', 'bridge'), vrf: 'guests' })).toBe(false);
  expect(takes(on('10.77.1.0/24', 'bridge'))).toBe(false);
  expect(takes(on('10.77.1.1', 'bridge'))).toBe(false);
});

const loopback = { addresses: [on('10.77.3.1/32', 'lo')] };

test.each<['lab' | 'prod', number, Wish, string, string]>([
  ['lab', 1, { addresses: [on('10.77.1.1/24', 'bridge')] }, 'medium', 'the router answers in another network'],
  ['lab', 1, { remove: [on('10.77.1.1/24', 'bridge')] }, 'medium', 'what uses the removed addresses loses them'],
  ['lab', 2, loopback, 'medium', '2 devices share an address, as of anycast'],
  [
    'lab',
    2,
    { addresses: [on('10.77.1.1/24', 'bridge')] },
    'high',
    '2 devices get the same address, which conflicts where they see each other',
  ],
  ['prod', 1, loopback, 'high', 'production devices are changed'],
  ['lab', 11, loopback, 'high', '11 devices are changed, more than 10'],
])('in %s on %i devices, %j is a %s risk', (environment, deviceCount, wish, risk, reason) => {
  expect(ipAddresses.risk({ environment, deviceCount }, ipAddresses.input.parse(wish))).toEqual({
    risk,
    reasons: [reason],
  });
});
