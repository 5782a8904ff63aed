import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { interfaceSettings } from '../../shared/plans/interface-settings.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;

const port = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  name,
  type: 'ether',
  disabled: 'false',
  running: 'true',
  mtu: '1500',
  l2mtu: '1598',
  ...values,
});

/** Managed on vlan7, which lies on ether1. */
function routerWith(interfaces: readonly RouterRecord[]): Router {
  return cannedRouter(
    {
      '/interface': [port('ether1'), port('vlan7', { type: 'vlan' }), ...interfaces],
      '/interface/vlan': [{ '.id': '*1', name: 'vlan7', interface: 'ether1' }],
      '/ip/address': [{ '.id': '*1', address: '198.18.0.1/24', interface: 'vlan7', 'actual-interface': 'vlan7' }],
      '/ipv6/address': [],
      '/ip/service': [],
      '/user/active': [],
      '/ip/route': [],
      '/ipv6/route': [],
    },
    {},
    { host: '198.18.0.1' },
  );
}

const comment = fc.constantFrom('', 'to the provider', 'spare');
const names = ['ether2', 'ether3', 'ether4'];

const wishes = fc.record({
  interfaces: fc.uniqueArray(
    fc
      .record(
        {
          name: fc.constantFrom(...names),
          enabled: fc.boolean(),
          comment,
          mtu: fc.integer({ min: 1280, max: 1590 }),
        },
        { requiredKeys: ['name'] },
      )
      .filter((wish) => Object.keys(wish).length > 1),
    { minLength: 1, maxLength: 3, selector: ({ name }) => name },
  ),
});

const held = fc.tuple(
  ...names.map((name) =>
    fc
      .record({ disabled: fc.constantFrom('true', 'false'), comment, mtu: fc.constantFrom('1400', '1500') })
      .map(({ comment: text, ...values }) => port(name, { ...values, ...(text === '' ? {} : { comment: text }) })),
  ),
);

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = interfaceSettings.input.parse(given);
  const read = async (): Promise<unknown> => settled(await capture(interfaceSettings, router, input));
  const others = async (): Promise<unknown> =>
    (await router.list('/interface', { fields: ['name', 'disabled', 'comment', 'mtu'] })).filter(
      ({ name = '' }) => !names.includes(name),
    );
  const [found, foreign] = [await read(), await others()];
  const steps = interfaceSettings.steps(await capture(interfaceSettings, router, input), input);
  const order = steps.map(placeOf);
  expect(order, 'what is switched on comes first, what is switched off last').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await read();
  expect(
    interfaceSettings.steps(await capture(interfaceSettings, router, input), input),
    'the preview of the wanted state is empty',
  ).toEqual([]);
  await apply(router, steps);
  expect(await read(), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await read(), 'apply then undo restores').toEqual(found);
  expect(await others(), 'other interfaces stay').toEqual(foreign);
}

function placeOf(step: Step): number {
  if (step.op !== 'change') throw new Error(`${step.op} is no step of this kind`);
  return ['false', undefined, 'true'].indexOf(step.after['disabled'] ?? undefined);
}

/** Apart from what the router works out itself. */
function settled(current: Record<string, unknown>): unknown {
  const { interfaces } = current as { interfaces: Record<string, unknown>[] };
  return interfaces.map((one) => ({ ...one, running: null }));
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(fc.asyncProperty(held, wishes, (interfaces, input) => checkLaws(routerWith(interfaces), input)));
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(interfaceSettings);
  const present = fc.record({ disabled: fc.constantFrom('true', 'false'), comment });
  await fc.assert(
    fc.asyncProperty(present, wishes, async (values, input) => {
      await router.change('/interface', { name: 'ether2' }, values);
      await checkLaws(router, input);
    }),
    { numRuns: 10 },
  );
});

async function stepsFor(interfaces: readonly RouterRecord[], wanted: readonly Wish[]): Promise<Step[]> {
  const input = interfaceSettings.input.parse({ interfaces: wanted });
  return interfaceSettings.steps(await capture(interfaceSettings, routerWith(interfaces), input), input);
}

test.each([
  { name: 'vlan7', enabled: false },
  { name: 'ether1', enabled: false },
  { name: 'ether1', mtu: 1280 },
])('refuses what could cut the way the router is managed: %j', async (wish) => {
  await expect(stepsFor([], [wish])).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: `The interface "${wish.name}" carries the connection by which the router is managed; it is neither disabled nor given another MTU.`,
  });
});

test('says what it likes about the interface that carries management, and what it is already', async () => {
  const wish = { name: 'ether1', enabled: true, comment: 'uplink', mtu: 1500 };
  expect(await stepsFor([], [wish])).toEqual([
    {
      op: 'change',
      menu: '/interface',
      key: { name: 'ether1' },
      before: { comment: null },
      after: { comment: 'uplink' },
    },
  ]);
});

test('names the interfaces that a router lacks', async () => {
  const wanted = [
    { name: 'sfp9', enabled: true },
    { name: 'ether1', comment: 'x' },
    { name: 'Ether1', comment: 'x' },
  ];
  await expect(stepsFor([], wanted)).rejects.toMatchObject({
    code: 'DEVICE_REFERENCE_MISSING',
    message: 'The router has no interface "sfp9", "Ether1".',
  });
});

test('leaves interfaces alone that the router made itself', async () => {
  const made = port('<pppoe-guest>', { dynamic: 'true', type: 'pppoe-in' });
  await expect(stepsFor([made], [{ name: '<pppoe-guest>', comment: 'x' }])).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: 'The router made the interface "<pppoe-guest>" itself, so it cannot be changed.',
  });
});

test('refuses an MTU that an interface cannot have', async () => {
  await expect(stepsFor([port('ether2')], [{ name: 'ether2', mtu: 9000 }])).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: 'An MTU of 9000 is more than the 1598 bytes that the interface "ether2" takes.',
  });
  const without = port('ether2', { mtu: undefined });
  await expect(stepsFor([without], [{ name: 'ether2', mtu: 1400 }])).rejects.toMatchObject({
    code: 'DEVICE_UNSUPPORTED',
  });
});

test.each<[Wish[], string]>([
  [[{ name: 'ether2' }], 'interfaces[0]: give enabled, comment or mtu'],
  [
    [
      { name: 'ether2', enabled: true },
      { name: 'ether2', enabled: false },
    ],
    'interfaces[1] is the same interface as interfaces[0]',
  ],
])('refuses %j', (interfaces, sentence) => {
  expect(interfaceSettings.refuse?.(interfaceSettings.input.parse({ interfaces }))).toBe(sentence);
});

test('takes no field it does not know, and no MTU out of range', () => {
  const takes = (wish: Wish): boolean => interfaceSettings.input.safeParse({ interfaces: [wish] }).success;
  expect(takes({ name: 'ether2', mtu: 'auto' })).toBe(true);
  expect(takes({ name: 'ether2', mtu: 67 })).toBe(false);
  expect(takes({ name: 'ether2', speed: '1G' })).toBe(false);
  expect(interfaceSettings.input.safeParse({ interfaces: [] }).success).toBe(false);
});

const off = { name: 'ether2', enabled: false };

test.each<['lab' | 'staging' | 'prod', number, Wish, string, string]>([
  ['lab', 10, { name: 'ether2', comment: 'x' }, 'low', 'only comments are changed'],
  ['prod', 1, { name: 'ether2', comment: 'x' }, 'high', 'production devices are changed'],
  ['lab', 11, { name: 'ether2', comment: 'x' }, 'high', '11 devices are changed, more than 10'],
  ['staging', 1, { name: 'ether2', mtu: 1400 }, 'medium', 'packets may go another way, or not at all'],
  ['lab', 1, off, 'medium', 'packets may go another way, or not at all'],
])('in %s on %i devices, %j is a %s risk', (environment, deviceCount, wish, risk, reason) => {
  const input = interfaceSettings.input.parse({ interfaces: [wish] });
  expect(interfaceSettings.risk({ environment, deviceCount }, input)).toEqual({ risk, reasons: [reason] });
});

test('to disable what is in use is a high risk', async () => {
  const input = interfaceSettings.input.parse({ interfaces: [off] });
  const riskOn = async (running: string): Promise<unknown> => {
    const captured = [await capture(interfaceSettings, routerWith([port('ether2', { running })]), input)];
    return interfaceSettings.risk({ environment: 'lab', deviceCount: 1, captured }, input);
  };
  expect(await riskOn('true')).toEqual({ risk: 'high', reasons: ['interfaces that are in use are disabled'] });
  expect(await riskOn('false')).toMatchObject({ risk: 'medium' });
});
