import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { snmp } from '../../shared/plans/snmp.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from '../operations/canned-router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';

type Wish = Record<string, unknown>;

const COMMUNITIES = '/snmp/community';

const SETTINGS = {
  enabled: 'false',
  contact: '',
  location: '',
  'engine-id-suffix': '',
  'trap-community': 'hunter2',
  'trap-target': '',
  'trap-version': '1',
  'trap-generators': 'temp-exception',
  'trap-interfaces': '',
};
const PUBLIC = {
  name: 'public',
  default: 'true',
  addresses: '::/0',
  'read-access': 'true',
  'write-access': 'false',
  security: 'none',
  disabled: 'false',
};
const OURS = { ...PUBLIC, name: 'hunter2', default: 'false', comment: 'monitoring', addresses: '10.0.0.0/8' };

function routerWith(settings: RouterRecord = {}, standard: RouterRecord = {}, others: RouterRecord[] = [OURS]): Router {
  return cannedRouter({
    '/snmp': { ...SETTINGS, ...settings },
    [COMMUNITIES]: [
      { '.id': '*0', ...PUBLIC, ...standard },
      ...others.map((row, index) => ({ '.id': `*${index + 1}`, ...row })),
    ],
    '/interface': [{ name: 'ether1' }, { name: 'bridge' }],
  });
}

const communityFields = {
  addresses: fc.constantFrom(['10.20.0.0/24'], ['10.20.0.5', '2001:db8::/64']),
  readAccess: fc.boolean(),
  writeAccess: fc.constant(false),
  enabled: fc.boolean(),
};

/** The default community is always restricted, so that SNMP may be switched on. */
const wishes: fc.Arbitrary<Wish> = fc.record(
  {
    enabled: fc.boolean(),
    contact: fc.constantFrom('', 'noc@example.net'),
    location: fc.constantFrom('', 'rack 3, Vienna'),
    trapTargets: fc.constantFrom([], ['10.20.0.5', '2001:db8::5']),
    trapVersion: fc.constantFrom(1, 2),
    trapGenerators: fc.constantFrom([], ['interfaces', 'start-trap']),
    trapInterfaces: fc.constantFrom([], ['ether1'], ['all']),
    engineIdSuffix: fc.constantFrom('', 'ab12'),
    communities: fc.tuple(
      fc.record(communityFields, { requiredKeys: ['addresses'] }),
      fc.record(
        { comment: fc.constant('monitoring'), ...communityFields },
        { requiredKeys: ['comment', 'readAccess'] },
      ),
    ),
  },
  { requiredKeys: ['communities'] },
);

const held = fc.record({
  settings: fc.record({
    enabled: fc.constantFrom('true', 'false'),
    contact: fc.constantFrom('', 'old'),
    'trap-target': fc.constantFrom('', '10.0.0.1'),
  }),
  standard: fc.record({
    addresses: fc.constantFrom('::/0', '', '10.20.0.0/24'),
    'write-access': fc.constantFrom('true', 'false'),
    disabled: fc.constantFrom('true', 'false'),
  }),
});

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = snmp.input.parse(given);
  expect(snmp.refuse?.(input)).toBeNull();
  const found = await capture(snmp, router, input);
  const steps = snmp.steps(found, input);
  await apply(router, steps);
  const once = await capture(snmp, router, input);
  expect(snmp.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(snmp, router, input), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(await capture(snmp, router, input), 'apply then undo restores').toEqual(found);
  expect(
    steps.findIndex(({ op }) => op === 'set'),
    'communities are restricted before SNMP is switched on',
  ).toBeOneOf([-1, steps.length - 1]);
  expect(JSON.stringify([found, steps]), 'no name of a community is read').not.toMatch(/hunter2|public/);
}

test('keeps the laws of a plan kind for whatever a device holds and whatever is wanted', async () => {
  await fc.assert(
    fc.asyncProperty(held, wishes, ({ settings, standard }, input) => checkLaws(routerWith(settings, standard), input)),
  );
});

test.each(['7.12.2', '7.20.8'])('keeps the laws on a simulated router with %s', async (version) => {
  const router = await openSimulatedRouter(snmp, version);
  const key = { comment: 'monitoring' };
  await router.add(COMMUNITIES, { name: 'hunter2', ...key }, { key });
  await fc.assert(
    fc.asyncProperty(wishes, wishes, async (before, input) => {
      const parsed = snmp.input.parse(before);
      await apply(router, snmp.steps(await capture(snmp, router, parsed), parsed));
      await checkLaws(router, input);
    }),
    { numRuns: 4 },
  );
});

async function stepsFor(router: Router, wish: Wish): Promise<Step[]> {
  const input = snmp.input.parse(wish);
  return snmp.steps(await capture(snmp, router, input), input);
}

const OPEN = {
  code: 'UNSAFE_OPERATION',
  message: 'The default SNMP community, whose name everybody knows, would let everybody read.',
};

test.each<[RouterRecord]>([
  [{}],
  [{ addresses: '0.0.0.0/0' }],
  [{ addresses: '' }],
  [{ addresses: '10.0.0.0/8,::/0' }],
])('is not switched on while the default community is open: %j', async (standard) => {
  await expect(stepsFor(routerWith({}, standard), { enabled: true })).rejects.toMatchObject(OPEN);
});

test.each<[RouterRecord, Wish]>([
  [{}, { addresses: ['10.20.0.0/24'] }],
  [{}, { readAccess: false }],
  [{}, { enabled: false }],
  [{ security: 'private' }, { writeAccess: false }],
])('is switched on when the default community %j is restricted by %j', async (standard, wish) => {
  const steps = await stepsFor(routerWith({}, standard), { enabled: true, communities: [wish] });
  expect(steps.at(-1)).toMatchObject({ op: 'set', after: { enabled: 'true' } });
});

test('a router that answers already does not get its default community opened, and may be told where it is', async () => {
  const closed = routerWith({ enabled: 'true' }, { disabled: 'true' });
  await expect(stepsFor(closed, { communities: [{ enabled: true }] })).rejects.toMatchObject(OPEN);
  expect(await stepsFor(routerWith({ enabled: 'true' }), { location: 'rack 3' })).toHaveLength(1);
  expect(await stepsFor(routerWith({ enabled: 'true' }), { enabled: false })).toHaveLength(1);
});

const monitoring = { comment: 'monitoring', enabled: false };

test.each<[Router, Wish, string, string]>([
  [
    routerWith(),
    { trapInterfaces: ['all', 'sfp9'] },
    'DEVICE_REFERENCE_MISSING',
    'The router has no interface "sfp9".',
  ],
  [
    routerWith({ 'engine-id-suffix': undefined }),
    { engineIdSuffix: 'ab' },
    'DEVICE_UNSUPPORTED',
    'engineIdSuffix needs RouterOS 7.10 or later.',
  ],
  [
    routerWith({}, {}, []),
    { communities: [monitoring] },
    'DEVICE_ENTRY_MISSING',
    'The router has no SNMP community with the comment "monitoring".',
  ],
  [
    routerWith({}, {}, [OURS, OURS]),
    { communities: [monitoring] },
    'DEVICE_ENTRY_AMBIGUOUS',
    'The router has 2 entries that are the SNMP community with the comment "monitoring".',
  ],
])('refuses on a device: %#', async (router, wish, code, message) => {
  await expect(stepsFor(router, wish)).rejects.toMatchObject({ code, message });
});

test.each<[Wish, string]>([
  [{}, 'give a setting or communities'],
  [{ communities: [{ comment: 'monitoring' }] }, 'communities[0]: give addresses, readAccess, writeAccess or enabled'],
  [{ communities: [monitoring, monitoring] }, 'communities[1] is the same as communities[0]'],
  [{ trapTargets: ['10.0.0.1', '10.0.0.1'] }, 'trapTargets[1] is the same as trapTargets[0]'],
  [{ trapInterfaces: ['ether1', 'ether1'] }, 'trapInterfaces[1] is the same as trapInterfaces[0]'],
])('refuses %j', (wish, sentence) => {
  expect(snmp.refuse?.(snmp.input.parse(wish))).toBe(sentence);
});

test.each<[Wish, string]>([
  [{ communities: [{ addresses: ['0.0.0.0/0'] }] }, '0.0.0.0/0 is everybody; give the networks of those who may ask'],
  [{ communities: [{ addresses: ['10.0.0.1/8'] }] }, '10.0.0.1/8 has bits behind its prefix length; give the network'],
  [{ communities: [{ writeAccess: true }] }, 'Invalid input: expected false'],
  [{ communities: [{ name: 'hunter2' }] }, 'Unrecognized key: "name"'],
  [{ trapCommunity: 'hunter2' }, 'Unrecognized key: "trapCommunity"'],
])('takes no %j', (wish, sentence) => {
  const parsed = snmp.input.safeParse(wish);
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual([sentence]);
});

test.each<['lab' | 'prod', number, Wish, string, string]>([
  ['lab', 10, { location: 'x' }, 'low', 'only texts are changed'],
  ['lab', 11, { location: 'x' }, 'high', '11 devices are changed, more than 10'],
  ['prod', 1, { location: 'x' }, 'high', 'production devices are changed'],
  ['lab', 1, { enabled: false }, 'medium', 'who may ask the routers by SNMP, or is told by them, changes'],
  ['lab', 1, { engineIdSuffix: 'ab' }, 'high', 'SNMPv3 users that keep keys of the old engine id are locked out'],
  [
    'lab',
    1,
    { enabled: true },
    'high',
    'on 1 devices other communities may be read from anywhere by whoever knows their names',
  ],
  [
    'lab',
    1,
    { enabled: true, communities: [monitoring] },
    'medium',
    'who may ask the routers by SNMP, or is told by them, changes',
  ],
])('in %s on %i devices, %j is a %s risk', async (environment, deviceCount, wish, risk, reason) => {
  const input = snmp.input.parse(wish);
  const captured = [await capture(snmp, routerWith({}, {}, [{ ...OURS, addresses: '::/0' }]), input)];
  expect(snmp.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons: [reason] });
});
