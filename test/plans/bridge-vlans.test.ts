import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { bridgeVlans } from '../../shared/plans/bridge-vlans.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;

/** Additions, what gives, ports and bridges, what takes, removals. */
const OPS = ['add', 'change', 'remove'];

const port = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  bridge: 'switch',
  interface: name,
  disabled: 'false',
  dynamic: 'false',
  pvid: '1',
  'frame-types': 'admit-all',
  'ingress-filtering': 'true',
  edge: 'auto',
  'bpdu-guard': 'false',
  trusted: 'false',
  ...values,
});

const vlan = (ids: string, tagged: string, untagged = '', values: RouterRecord = {}): RouterRecord => ({
  '.id': `*v${ids}`,
  bridge: 'switch',
  'vlan-ids': ids,
  tagged,
  untagged,
  'current-tagged': tagged,
  disabled: 'false',
  dynamic: 'false',
  ...values,
});

const bridge = (name: string, values: RouterRecord = {}): RouterRecord => ({
  '.id': `*${name}`,
  name,
  disabled: 'false',
  pvid: '1',
  'frame-types': 'admit-all',
  'vlan-filtering': 'true',
  'protocol-mode': 'rstp',
  priority: '0x8000',
  'ageing-time': '5m',
  'igmp-snooping': 'false',
  ...values,
});

interface Held {
  ports?: readonly RouterRecord[];
  vlans?: readonly RouterRecord[];
  bridges?: readonly RouterRecord[];
  /** Behind which port the manager is; null: the MAC table does not know. */
  managerAt?: string | null;
  /** On which the address is that managers use. */
  address?: string;
}

const INTERFACES = [
  { name: 'switch', type: 'bridge' },
  { name: 'bridge-lan', type: 'bridge' },
  { name: 'mgmt', type: 'vlan' },
  ...['ether1', 'ether2', 'ether3', 'ether4', 'ether5', 'ether6', 'ether7'].map((name) => ({ name, type: 'ether' })),
  { name: 'v70', type: 'vlan' },
];

const MAC = '9C:B6:D0:00:00:05';

/** A switch that filters VLANs, managed in VLAN 99, which its trunk ether1 carries. */
function routerWith({ ports = [], vlans = [], bridges = [], managerAt = 'ether1', address = 'mgmt' }: Held): Router {
  return cannedRouter(
    {
      '/interface/bridge': [bridge('switch'), bridge('bridge-lan', { 'vlan-filtering': 'false' }), ...bridges].filter(
        ({ name }, index, all) => all.findLastIndex((one) => one['name'] === name) === index,
      ),
      '/interface/bridge/port': [port('ether1'), ...ports],
      '/interface/bridge/vlan': [
        vlan('99', 'switch,ether1'),
        vlan('7', '', '', { dynamic: 'true', comment: 'added by pvid' }),
        ...vlans,
      ],
      '/interface/bridge/host': managerAt
        ? [{ 'mac-address': MAC, 'on-interface': managerAt, bridge: 'switch', local: 'false' }]
        : [],
      '/interface': INTERFACES,
      '/interface/vlan': [
        { name: 'mgmt', interface: 'switch', 'vlan-id': '99' },
        { name: 'v70', interface: 'ether7', 'vlan-id': '70' },
      ],
      '/ip/address': [
        { address: '198.18.0.1/24', interface: address, 'actual-interface': address },
        { address: '10.6.0.1/24', interface: 'ether6', 'actual-interface': 'ether6' },
      ],
      '/ipv6/address': [],
      '/ip/arp': [{ address: '198.18.0.5', 'mac-address': MAC, interface: address }],
      '/ip/service': [],
      '/user/active': [{ address: '198.18.0.5', via: 'rest-api' }],
      '/ip/route': [{ 'dst-address': '198.18.0.0/24', gateway: address, active: 'true' }],
      '/ipv6/route': [],
    },
    {},
    { host: '198.18.0.1' },
  );
}

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

async function stepsFor(found: Held, wish: Wish, environment: 'lab' | 'prod' = 'lab'): Promise<Step[]> {
  const input = bridgeVlans.input.parse(wish);
  expect(bridgeVlans.refuse?.(input)).toBeNull();
  return bridgeVlans.steps(await capture(bridgeVlans, routerWith(found), input, { environment }), input);
}

const access = { bridge: 'switch', vlanIds: '20' };

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

const CARRIES =
  'Management of the router comes tagged with VLAN 99 by the port "ether1" to VLAN 99 of the bridge "switch"';
const cut = (what: string): string => `${CARRIES}; the change of ${what} would alter that.`;

test.each<[string, Wish, string]>([
  ['its port', { removePorts: ['ether1'] }, cut('the port "ether1"')],
  ['a setting of its port', { ports: [{ interface: 'ether1', bpduGuard: true }] }, cut('the port "ether1"')],
  ['its port disabled', { ports: [{ interface: 'ether1', enabled: false }] }, cut('the port "ether1"')],
  ['its VLAN', { vlans: [{ bridge: 'switch', vlanIds: '99', remove: true }] }, cut('VLANs 99')],
  ['its port in the VLAN', { vlans: [{ bridge: 'switch', vlanIds: '99', without: ['ether1'] }] }, cut('VLANs 99')],
  ['itself in the VLAN', { vlans: [{ bridge: 'switch', vlanIds: '99', without: ['switch'] }] }, cut('VLANs 99')],
  [
    'its port untagged in the VLAN',
    { vlans: [{ bridge: 'switch', vlanIds: '99', tagged: ['ether2'], untagged: ['switch'] }], ports: [] },
    '"switch" is untagged in VLANs 99, but its pvid is 1: what comes in without a tag would go elsewhere than what goes out.',
  ],
])('refuses to cut management: %s', async (_what, wish, message) => {
  await expect(stepsFor({ ports: [port('ether2')] }, wish)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message,
  });
});

test('more ports may join the VLAN of management, and comments are free', async () => {
  const wish = {
    ports: [{ interface: 'ether1', comment: 'uplink' }],
    vlans: [{ bridge: 'switch', vlanIds: '99', tagged: ['ether2'] }],
  };
  expect(await stepsFor({ ports: [port('ether2')] }, wish)).toHaveLength(2);
});

test('without a place for the managers in the MAC table every port of their VLAN counts', async () => {
  const found = { ports: [port('ether2'), port('ether3')], vlans: [vlan('20', 'ether2')], managerAt: null };
  expect(await stepsFor(found, { ports: [{ interface: 'ether3', pvid: 20 }] })).toHaveLength(1);
  await expect(stepsFor(found, { removePorts: ['ether1'] })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  const lan = { ...found, address: 'switch', bridges: [bridge('switch', { 'vlan-filtering': 'false' })] };
  await expect(stepsFor(lan, { removePorts: ['ether3'] })).rejects.toMatchObject({
    message:
      'Management of the router may come untagged by the port "ether3" to the bridge "switch"; the change of the port "ether3" would alter that.',
  });
  expect(await stepsFor({ ...lan, managerAt: 'ether1' }, { removePorts: ['ether3'] })).toHaveLength(1);
});

test('where no way can be told, nothing of the bridge is changed', async () => {
  const found = { ports: [port('ether2')], vlans: [vlan('20', 'ether1')], managerAt: 'ether5' };
  await expect(stepsFor(found, { ports: [{ interface: 'ether2', pvid: 20 }] })).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message:
      'The router is managed through the bridge "switch", but by which port could not be told, so nothing of it is changed.',
  });
});

const off = { bridges: [bridge('switch', { 'vlan-filtering': 'false' })] };
const filtering = { bridges: [{ name: 'switch', vlanFiltering: true }] };

test('VLAN filtering is switched on where management passes it, and nowhere else', async () => {
  expect(await stepsFor(off, filtering)).toHaveLength(1);
  const lan = { ...off, address: 'switch' };
  expect(await stepsFor(lan, filtering)).toHaveLength(1);
  const elsewhere = {
    ...off,
    bridges: [bridge('switch', { 'vlan-filtering': 'false', pvid: '5' })],
    address: 'switch',
  };
  await expect(stepsFor(elsewhere, filtering)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message:
      'Management of the router comes untagged by the port "ether1" to the bridge "switch"; the change of the bridge "switch" would alter that.',
    hint: expect.stringContaining('Add what lets it pass in the same plan') as unknown,
  });
});

test('the plan itself may bring what lets management pass a bridge that will filter', async () => {
  const tagged = { name: 'v98', type: 'vlan' };
  const router = (rows: readonly RouterRecord[]): Router => {
    const canned = routerWith({ ...off, vlans: rows, address: 'v98' });
    return {
      ...canned,
      list: async (menu, options) => {
        const found = await canned.list(menu, options);
        if (menu === '/interface') return [...found, tagged];
        return menu === '/interface/vlan' ? [...found, { name: 'v98', interface: 'switch', 'vlan-id': '98' }] : found;
      },
    };
  };
  const plan = async (wish: Wish): Promise<Step[]> => {
    const input = bridgeVlans.input.parse(wish);
    return bridgeVlans.steps(await capture(bridgeVlans, router([]), input), input);
  };
  await expect(plan(filtering)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  const row = { bridge: 'switch', vlanIds: '98', tagged: ['switch', 'ether1'] };
  expect((await plan({ ...filtering, vlans: [row] })).map(({ op, menu }) => `${op} ${menu}`)).toEqual([
    'add /interface/bridge/vlan',
    'change /interface/bridge',
  ]);
});

test.each<[Wish, 'lab' | 'prod', string]>([
  [{ bridges: [{ name: 'bridge-lan', protocolMode: 'stp' }] }, 'lab', 'on bridges of that name'],
  [{ bridges: [{ name: 'switch', priority: 4096 }] }, 'prod', 'on production devices'],
])('leaves the spanning tree alone: %j in %s', async (wish, environment, why) => {
  await expect(stepsFor({}, wish, environment)).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining(`is not changed by plans ${why}: all of the network would pause.`) as unknown,
  });
});

test('VLAN filtering is not switched in production, while the rest is', async () => {
  await expect(stepsFor(off, filtering, 'prod')).rejects.toMatchObject({
    code: 'UNSAFE_OPERATION',
    message: expect.stringContaining('VLAN filtering of the bridge "switch" is not switched by plans') as unknown,
  });
  const [step] = await stepsFor({}, { bridges: [{ name: 'switch', igmpSnooping: true, ageingSeconds: 90 }] }, 'prod');
  expect(step).toMatchObject({
    before: { 'ageing-time': '5m' },
    after: { 'ageing-time': '1m30s', 'igmp-snooping': 'true' },
  });
});

test.each<[string, Wish, string, string]>([
  [
    'an address',
    { ports: [{ interface: 'ether6', bridge: 'switch' }] },
    'UNSAFE_OPERATION',
    'The interface "ether6" has an IP address, which a port cannot keep; it does not become a port of a bridge.',
  ],
  [
    'a VLAN interface',
    { ports: [{ interface: 'ether7', bridge: 'switch' }] },
    'UNSAFE_OPERATION',
    'The interface "ether7" carries the VLAN interface "v70", which would receive nothing more; it does not become a port of a bridge.',
  ],
  [
    'a bridge',
    { ports: [{ interface: 'bridge-lan', bridge: 'switch' }] },
    'UNSAFE_OPERATION',
    'The interface "bridge-lan" is a bridge itself; it does not become a port of a bridge.',
  ],
  [
    'another bridge',
    { ports: [{ interface: 'ether2', bridge: 'bridge-lan' }] },
    'UNSAFE_OPERATION',
    'The interface "ether2" is a port of the bridge "switch" already.',
  ],
  [
    'no bridge',
    { ports: [{ interface: 'ether5', pvid: 20 }] },
    'DEVICE_ENTRY_MISSING',
    'The interface "ether5" is a port of no bridge.',
  ],
  [
    'missing interfaces',
    { ports: [{ interface: 'sfp9', bridge: 'switch' }], vlans: [{ ...access, tagged: ['Ether1'] }] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no interface "sfp9", "Ether1".',
  ],
  [
    'a missing bridge',
    { vlans: [{ bridge: 'br9', vlanIds: '20', tagged: ['ether1'] }] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no bridge "br9".',
  ],
  [
    'a member that is no port',
    { vlans: [{ ...access, tagged: ['ether5'] }] },
    'CONFLICT',
    '"ether5" is no port of the bridge "switch", so it cannot carry its VLANs 20.',
  ],
  [
    'another pvid',
    { vlans: [{ ...access, untagged: ['ether2'] }] },
    'UNSAFE_OPERATION',
    '"ether2" is untagged in VLANs 20, but its pvid is 1: what comes in without a tag would go elsewhere than what goes out.',
  ],
  [
    'a pvid outside of the row',
    { ports: [{ interface: 'ether3', pvid: 20 }] },
    'UNSAFE_OPERATION',
    '"ether3" is untagged in VLANs 40, but its pvid is 20: what comes in without a tag would go elsewhere than what goes out.',
  ],
  [
    'part of a row',
    { vlans: [{ bridge: 'switch', vlanIds: '60', remove: true }] },
    'CONFLICT',
    'VLANs 60 of the bridge "switch" are in a row with others: 60-65.',
  ],
  [
    'a port the router made',
    { ports: [{ interface: 'wifi1', pvid: 20 }], removePorts: [] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no interface "wifi1".',
  ],
  [
    'a port the router made',
    { removePorts: ['wifi1'] },
    'UNSAFE_OPERATION',
    'The router made the bridge port "wifi1" itself, so it can be neither changed nor removed.',
  ],
])('refuses %s', async (_what, wish, code, message) => {
  const found = {
    ports: [port('ether2'), port('ether3', { pvid: '40' }), port('wifi1', { dynamic: 'true' })],
    vlans: [vlan('40', '', 'ether3'), vlan('60-65', 'ether1')],
  };
  await expect(stepsFor(found, wish)).rejects.toMatchObject({ code, message });
});

test.each<[Wish, string]>([
  [{}, 'give ports, removePorts, vlans or bridges'],
  [{ ports: [{ interface: 'ether2' }] }, 'ports[0]: give bridge or a setting'],
  [{ ports: [{ interface: 'b', bridge: 'b' }] }, 'ports[0]: a bridge is no port of itself'],
  [
    {
      ports: [
        { interface: 'a', pvid: 1 },
        { interface: 'a', pvid: 2 },
      ],
    },
    'ports[1] is the same interface as ports[0]',
  ],
  [{ ports: [{ interface: 'a', pvid: 1 }], removePorts: ['a'] }, 'removePorts[0] removes the port that ports[0] wants'],
  [{ removePorts: ['a', 'a'] }, 'removePorts[1] is the same interface as removePorts[0]'],
  [{ vlans: [access] }, 'vlans[0]: give tagged, untagged, without, comment or remove'],
  [{ vlans: [{ ...access, tagged: ['a'], untagged: ['a'] }] }, 'vlans[0] names "a" twice'],
  [{ vlans: [{ ...access, tagged: ['a'] }], removePorts: ['a'] }, 'vlans[0] wants "a", which removePorts removes'],
  [
    {
      vlans: [
        { ...access, tagged: ['a'] },
        { bridge: 'switch', vlanIds: '10-20', remove: true },
      ],
    },
    'vlans[1] has VLAN ids that vlans[0] has',
  ],
  [{ vlans: [{ ...access, remove: true, comment: 'x' }] }, 'vlans[0] is removed, so it takes nothing else'],
  [
    { vlans: [{ ...access, untagged: ['a'] }], ports: [{ interface: 'a', pvid: 30 }] },
    'vlans[0].untagged has "a", to which ports[0] gives another pvid',
  ],
  [{ bridges: [{ name: 'b' }] }, 'bridges[0]: give a setting'],
  [
    {
      bridges: [
        { name: 'b', comment: 'x' },
        { name: 'b', comment: 'y' },
      ],
    },
    'bridges[1] is the same bridge as bridges[0]',
  ],
])('refuses the wish %j', (wish, sentence) => {
  expect(bridgeVlans.refuse?.(bridgeVlans.input.parse(wish))).toBe(sentence);
});

test('takes no field it does not know, and no number out of range', () => {
  const takes = (wish: Wish): boolean => bridgeVlans.input.safeParse(wish).success;
  expect(takes({ bridges: [{ name: 'b', priority: 61_440 }] })).toBe(true);
  expect(takes({ bridges: [{ name: 'b', priority: 5000 }] })).toBe(false);
  expect(takes({ bridges: [{ name: 'b', forwardDelay: 15 }] })).toBe(false);
  for (const vlanIds of ['', '0', '4095', '20-10', '10,,20', 'ten']) {
    expect(takes({ vlans: [{ bridge: 'b', vlanIds }] }), vlanIds).toBe(false);
  }
});

test.each<[string, 'lab' | 'prod', number, Wish, string, string[]]>([
  [
    'an added port',
    'lab',
    1,
    { ports: [{ interface: 'ether5', bridge: 'bridge-lan' }] },
    'medium',
    ['packets pass ports and VLANs in another way'],
  ],
  [
    'an added port in prod',
    'prod',
    1,
    { ports: [{ interface: 'ether5', bridge: 'bridge-lan' }] },
    'high',
    ['production devices are changed'],
  ],
  ['comments', 'lab', 10, { bridges: [{ name: 'switch', comment: 'x' }] }, 'low', ['only comments are changed']],
  [
    'many devices',
    'lab',
    11,
    { bridges: [{ name: 'switch', comment: 'x' }] },
    'high',
    ['11 devices are changed, more than 10'],
  ],
  [
    'the bridge of management',
    'lab',
    1,
    { ports: [{ interface: 'ether2', pvid: 5 }] },
    'high',
    ['a bridge through which devices are managed is changed'],
  ],
  ['a removed port', 'lab', 1, { removePorts: ['ether4'] }, 'high', ['ports are taken from bridges']],
  ['a tree', 'lab', 1, { ports: [{ interface: 'ether4', edge: 'yes' }] }, 'high', ['the spanning tree is changed']],
  [
    'a VLAN taken',
    'lab',
    1,
    { vlans: [{ bridge: 'bridge-lan', vlanIds: '5', remove: true }] },
    'high',
    ['VLANs are taken from ports'],
  ],
  [
    'filtering',
    'lab',
    1,
    { bridges: [{ name: 'bridge-lan', vlanFiltering: true }] },
    'high',
    ['VLAN filtering is switched'],
  ],
])('the risk of %s', async (_what, environment, deviceCount, wish, risk, reasons) => {
  const input = bridgeVlans.input.parse(wish);
  const router = routerWith({
    ports: [port('ether2'), port('ether4', { bridge: 'bridge-lan' })],
    vlans: [vlan('5', 'ether4', '', { bridge: 'bridge-lan' })],
  });
  const captured = [await capture(bridgeVlans, router, input, { environment })];
  expect(bridgeVlans.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons });
});
