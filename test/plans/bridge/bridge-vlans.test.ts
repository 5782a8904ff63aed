import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bridgeVlans } from '../../../shared/plans/bridge-vlans.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { apply, capture, undo } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';
import { access, port, routerWith, stepsFor, vlan, type Wish } from './bridge-router.ts';

/** Additions, what gives, ports and bridges, what takes, removals. */
const OPS = ['add', 'change', 'remove'];

const free = ['ether2', 'ether3', 'ether4', 'ether5'];
const comment = fc.constantFrom('', 'desk', 'printer');
const subset = (names: readonly string[]) => fc.uniqueArray(fc.constantFrom(...names), { maxLength: names.length });

/** Who of three is tagged in a VLAN, and who is untagged where its pvid is of it. */
const wishes = fc
  .record({
    pvids: fc.uniqueArray(fc.record({ interface: fc.constantFrom(...free), pvid: fc.constantFrom(20, 30) }), {
      selector: (one) => one.interface,
    }),
    settings: fc.record(
      {
        edge: fc.constantFrom('auto', 'yes'),
        bpduGuard: fc.boolean(),
        frameTypes: fc.constantFrom('all', 'untagged'),
        comment,
      },
      { requiredKeys: [] },
    ),
    tagged: subset(['switch', 'ether1']),
    without: subset(free),
    text: comment,
    removed: subset(free),
    withoutRow: fc.boolean(),
    igmpSnooping: fc.boolean(),
    ageingSeconds: fc.constantFrom(300, 600),
  })
  .map(({ pvids, settings, tagged, without, text, removed, withoutRow, ...ofBridge }) => {
    const named = pvids.map((one) => one.interface);
    return {
      ports: pvids.map((one) => ({ ...one, ...settings, bridge: 'switch' })),
      vlans: [
        ...(withoutRow ? [{ bridge: 'switch', vlanIds: '41, 40', remove: true }] : []),
        ...[20, 30].map((id) => {
          const untagged = pvids.filter(({ pvid }) => pvid === id).map((one) => one.interface);
          return {
            bridge: 'switch',
            vlanIds: String(id),
            tagged,
            untagged,
            without: [...new Set([...without, ...named])].filter((name) => !untagged.includes(name)),
            comment: text,
          };
        }),
      ],
      removePorts: removed.filter((name) => !named.includes(name)),
      bridges: [{ name: 'switch', ...ofBridge }],
    };
  });

const held = fc
  .record({
    present: fc.shuffledSubarray(free),
    values: fc.record({ pvid: fc.constantFrom('1', '20'), edge: fc.constantFrom('auto', 'yes') }),
    tagged: fc.constantFrom('', 'switch', 'ether1,switch'),
    others: fc.constantFrom<RouterRecord[]>([], [vlan('40-41', 'ether1', '', { comment: 'phones' })], [vlan('50', '')]),
    text: comment,
  })
  .map(({ present, values, tagged, others, text }) => ({
    ports: present.map((name) => port(name, { ...values, ...(text === '' ? {} : { comment: text }) })),
    vlans: [
      vlan('20', tagged, values.pvid === '20' ? present.join(',') : '', text === '' ? {} : { comment: text }),
      ...others,
    ],
  }));

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = bridgeVlans.input.parse(given);
  expect(bridgeVlans.refuse?.(input)).toBeNull();
  const steps = bridgeVlans.steps(await capture(bridgeVlans, router, input), input);
  const found = await tables(router);
  const order = steps.map(({ op }) => OPS.indexOf(op));
  expect(order, 'additions come before changes, and these before removals').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await tables(router);
  expect(
    bridgeVlans.steps(await capture(bridgeVlans, router, input), input),
    'the preview of the wanted state is empty',
  ).toEqual([]);
  await apply(router, steps);
  expect(await tables(router), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await tables(router), 'apply then undo restores').toEqual(found);
}

/** Everything of all bridges, in order, without ids and what the router works out itself. */
async function tables(router: Router): Promise<unknown> {
  const read = async (menu: string, fields: readonly string[]): Promise<unknown> =>
    (await router.list(menu, { fields })).map((row) =>
      Object.fromEntries(
        fields.flatMap((field) => (row[field] && row[field] !== 'false' ? [[field, row[field]]] : [])),
      ),
    );
  return {
    ports: await read('/interface/bridge/port', [
      'interface',
      'bridge',
      'pvid',
      'frame-types',
      'edge',
      'bpdu-guard',
      'trusted',
      'comment',
      'disabled',
      'priority',
      'hw',
    ]),
    vlans: sorted(
      await read('/interface/bridge/vlan', [
        'bridge',
        'vlan-ids',
        'tagged',
        'untagged',
        'comment',
        'disabled',
        'dynamic',
      ]),
    ),
    bridges: await read('/interface/bridge', [
      'name',
      'ageing-time',
      'igmp-snooping',
      'priority',
      'protocol-mode',
      'vlan-filtering',
      'comment',
    ]),
  };
}

/** The order of rows means nothing in the VLAN table. */
function sorted(rows: unknown): string[] {
  return (rows as unknown[]).map((row) => JSON.stringify(row)).toSorted();
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(fc.asyncProperty(held, wishes, (found, input) => checkLaws(routerWith(found), input)));
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(bridgeVlans);
  const named = (wish: Wish): Wish =>
    JSON.parse(JSON.stringify(wish).replaceAll('"switch"', '"bridge"').replaceAll('"ether1"', '"ether8"')) as Wish;
  await fc.assert(
    fc.asyncProperty(fc.boolean(), wishes, wishes, async (vlanFiltering, present, input) => {
      const bridges = [{ name: 'bridge', vlanFiltering }];
      const parsed = bridgeVlans.input.parse({ ...named(present), bridges });
      await apply(router, bridgeVlans.steps(await capture(bridgeVlans, router, parsed), parsed));
      await checkLaws(router, named(input));
    }),
    { numRuns: 3 },
  );
});

test('moves a port to another VLAN: given to it first, taken from the other last', async () => {
  const found = { ports: [port('ether2', { pvid: '20' })], vlans: [vlan('20', '', 'ether2'), vlan('30', 'ether1')] };
  const steps = await stepsFor(found, {
    ports: [{ interface: 'ether2', pvid: 30 }],
    vlans: [
      { ...access, without: ['ether2'] },
      { bridge: 'switch', vlanIds: '30', untagged: ['ether2'] },
    ],
  });
  expect(steps).toEqual([
    {
      op: 'change',
      menu: '/interface/bridge/vlan',
      key: { bridge: 'switch', 'vlan-ids': '30' },
      before: { untagged: '' },
      after: { untagged: 'ether2' },
    },
    {
      op: 'change',
      menu: '/interface/bridge/port',
      key: { interface: 'ether2' },
      before: { pvid: '20' },
      after: { pvid: '30' },
    },
    {
      op: 'change',
      menu: '/interface/bridge/vlan',
      key: { bridge: 'switch', 'vlan-ids': '20' },
      before: { untagged: 'ether2' },
      after: { untagged: '' },
    },
  ]);
});

test('a row is the same however its ids and members are written', async () => {
  const found = { ports: [port('ether2')], vlans: [vlan('10-13,30', 'ether2,switch')] };
  const wish = { bridge: 'switch', vlanIds: '30, 13,10-11, 12', tagged: ['switch', 'ether2'] };
  expect(await stepsFor(found, { vlans: [wish] })).toEqual([]);
});

test('a removed port is put back in front of the one that followed it', async () => {
  const found = { ports: [port('ether2', { horizon: '5' }), port('wifi', { dynamic: 'true' }), port('ether3')] };
  expect(await stepsFor(found, { removePorts: ['ether2', 'ether5'] })).toMatchObject([
    { op: 'remove', values: { horizon: '5', pvid: '1' }, placeBefore: { interface: 'ether3' } },
  ]);
});
