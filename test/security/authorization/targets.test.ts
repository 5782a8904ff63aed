import { expect, test } from 'vitest';
import { CAPABILITY_FLAGS, CapabilityFlags, type Device } from '../../../shared/domain/device.ts';
import { Role, SCOPES } from '../../../shared/domain/principal.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import type { AccessFile } from '../../../shared/domain/access-file.ts';
import { addDevice } from '../../mcp-server/support/devices.ts';
import { samplePlan } from '../../shared/platform/persistence/sample-plan.ts';
import { startFrontEnd, type TestFrontEnd } from '../../mcp-server/support/start-front-end.ts';
import { goodArguments, inTurns, knock, type Answer } from './knocking.ts';
import { RIGHTS, type Door, type Right } from './rights.ts';

/**
 * Every action that is about devices or plans, by every role, on what is granted with that role, on what is granted with
 * another, and on what is not granted: through both doors, with arguments that are good. Whatever passes every gate meets a
 * router that does not answer, or a plan that is settled.
 */
// RATE_LIMITED: of the device, which is asked only when everything else allows it; callers have budget without end here.
// Of what is kept about the device: there is none yet, which is found out only when everything else allows it.
const PASSED = [
  'ok',
  'DEVICE_UNREACHABLE',
  'DEVICE_IN_USE',
  'PLAN_STATE_CONFLICT',
  'RATE_LIMITED',
  'BASELINE_NOT_FOUND',
  'DRIFT_NOT_FOUND',
  'SNAPSHOT_NOT_FOUND',
  'PLAN_EMPTY',
];

/** `holds: "operator north"` in a token grants the role on the devices tagged so. */
const ACCESS: AccessFile = {
  rules: Role.options.flatMap((role) =>
    ['north', 'south'].map((tag) => ({
      when: { claim: 'holds', equals: `${role} ${tag}` },
      roles: [role],
      devices: [{ tags: [tag] }],
    })),
  ),
};

const ALL_FLAGS = CapabilityFlags.parse(Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, true])));
const NO_FLAGS = CapabilityFlags.parse({});
/** An id that no plan has. */
const NO_PLAN = 'pln_01M85XENYSY31AH3BH7503KJ1C';

interface Fleet {
  north: Device;
  /** Of north too, and may be used for nothing. */
  bare: Device;
  retired: Device;
  south: Device;
  northPlan: string;
  southPlan: string;
  /** About a device of north and one of south. */
  bothPlan: string;
}

interface Case {
  title: string;
  name: string;
  right: Right;
  door: Door;
  holds: string[];
  target: Record<string, unknown>;
  expected: string;
}

test('by role, grant, environment, flag and state of the target', async () => {
  const front = await startFrontEnd({ access: ACCESS, rateLimit: { perSecond: 10_000, burst: 100_000 } });
  const fleet = await furnish(front);
  const cases = Object.entries(RIGHTS).flatMap(([name, right]) =>
    right.doors.flatMap((door) => casesOf(fleet, name, right).map((one) => ({ ...one, name, right, door }))),
  );
  expect(cases.length).toBeGreaterThan(1000);

  const answers = await inTurns(cases, (one) => ask(front, one));
  const wrong = cases.flatMap((one, index) => {
    const { code } = answers[index] ?? { code: 'nothing' };
    const isRight = one.expected === 'passes' ? PASSED.includes(code) : code === one.expected;
    return isRight
      ? []
      : [`${one.name} over ${one.door}, ${one.title}, by ${one.holds.join(', ')}: ${code}, not ${one.expected}`];
  });
  expect(wrong).toEqual([]);
});

test('what one may not see is answered as what does not exist, letter for letter', async () => {
  const front = await startFrontEnd({ access: ACCESS });
  const { south, southPlan, bothPlan } = await furnish(front);
  const cases = Object.entries(RIGHTS).flatMap(([name, right]) => {
    const hidden = {
      device: [
        { deviceId: south.deviceId, nowhere: 'dev_01M85XEKJ8RPDVVYVA0F3WHW0J' },
        { deviceId: south.name, nowhere: 'nolan-01' },
      ],
      fleet: [{ deviceIds: [south.deviceId], nowhere: 'dev_01M85XEKJ8RPDVVYVA0F3WHW0J' }],
      plan: [southPlan, bothPlan].map((planId) => ({ planId, nowhere: NO_PLAN })),
      nothing: [],
    }[right.on];
    return right.doors.flatMap((door) => hidden.map((target) => ({ name, right, door, target })));
  });
  await inTurns(cases, async ({ name, right, door, target: { nowhere, ...target } }) => {
    const [[field, value] = ['', '']] = Object.entries(target);
    const given = String(value);
    const missing = { [field]: Array.isArray(value) ? [nowhere] : nowhere };
    const holds = right.roles.map((role) => `${role} north`);
    const shared = { name, right, door, holds };
    const [there, nowhereAnswer] = [
      await ask(front, { ...shared, target }),
      await ask(front, { ...shared, target: missing }),
    ];
    expect(there.text.replaceAll(given, nowhere), `${name} over ${door}`).toBe(nowhereAnswer.text);
  });
  expect(cases.length).toBeGreaterThan(200);
});

/** What is asked of an action with a target, and what must come of it. */
function casesOf(fleet: Fleet, name: string, right: Right): Omit<Case, 'name' | 'right' | 'door'>[] {
  if (right.on === 'nothing') return [];
  const at = (device: Device, planId = fleet.northPlan): Record<string, unknown> => targetOf(right, device, planId);
  const byRole = Role.options.flatMap((role) => {
    const may = right.roles.includes(role);
    const north = [`${role} north`];
    const elsewhere = [`${role} south`, 'viewer north'];
    return [
      { title: 'granted', holds: north, target: at(fleet.north), expected: may ? 'passes' : 'FORBIDDEN' },
      {
        title: 'not granted',
        holds: north,
        target: at(fleet.south, fleet.southPlan),
        expected: may ? hiddenBy(right) : 'FORBIDDEN',
      },
      {
        title: 'seen by another grant',
        holds: elsewhere,
        target: at(fleet.north),
        expected: right.roles.includes('viewer') ? 'passes' : 'FORBIDDEN',
      },
    ];
  });
  const [role = 'admin'] = right.roles.toReversed();
  const holds = [`${role} north`];
  const wrongPlace = { environment: 'prod' };
  return [
    ...byRole,
    ...(right.on === 'plan' || right.on === 'fleet'
      ? [{ title: 'one device not granted', holds, target: several(fleet, right), expected: hiddenBy(right) }]
      : []),
    ...(right.namesEnvironment
      ? [
          {
            title: 'in another environment',
            holds,
            target: { ...at(fleet.north), ...wrongPlace },
            expected: 'DEVICE_ENVIRONMENT_RESTRICTED',
          },
        ]
      : []),
    ...(right.flags.length > 0
      ? [
          { title: 'without its flags', holds, target: at(fleet.bare), expected: 'DEVICE_CAPABILITY_MISSING' },
          {
            title: 'without its flags and in another environment',
            holds,
            target: { ...at(fleet.bare), ...wrongPlace },
            expected: 'DEVICE_ENVIRONMENT_RESTRICTED',
          },
        ]
      : []),
    ...(right.on === 'device' || right.on === 'fleet'
      ? [
          {
            title: 'decommissioned',
            holds,
            target: at(fleet.retired),
            expected: right.ofRetired ? 'passes' : 'DEVICE_DECOMMISSIONED',
          },
        ]
      : []),
  ];
}

function hiddenBy({ on }: Right): string {
  return on === 'plan' ? 'PLAN_NOT_FOUND' : 'DEVICE_NOT_FOUND';
}

function targetOf({ on }: Right, { deviceId }: Device, planId: string): Record<string, unknown> {
  if (on === 'plan') return { planId };
  return on === 'fleet' ? { deviceIds: [deviceId] } : { deviceId };
}

function several({ north, south, bothPlan }: Fleet, { on }: Right): Record<string, unknown> {
  return on === 'plan' ? { planId: bothPlan } : { deviceIds: [north.deviceId, south.deviceId] };
}

async function ask(
  front: TestFrontEnd,
  { name, door, holds, target }: Pick<Case, 'name' | 'right' | 'door' | 'holds' | 'target'>,
): Promise<Answer> {
  const audience = door === 'mcp' ? {} : { aud: `${front.url}/api/v1` };
  const claims = { sub: holds.join('+'), email: null, holds, scope: SCOPES.join(' '), ...audience };
  const token = await front.issuer.token(claims);
  return knock(front, { door, token, action: name, args: { ...goodArguments(name), ...target } });
}

async function furnish(front: TestFrontEnd): Promise<Fleet> {
  const silent = (): never => {
    throw new AppError('DEVICE_UNREACHABLE');
  };
  Object.assign(front.fleet.answers, { read: silent, change: silent, preview: silent, probe: silent });
  front.fleet.snapshot = silent;
  const { database } = front;
  const [north, bare, retired, south] = [
    await addDevice(database, 'north-01', { tags: ['north'], flags: ALL_FLAGS }),
    await addDevice(database, 'bare-01', { tags: ['north'], flags: NO_FLAGS }),
    await addDevice(database, 'retired-01', { tags: ['north'], flags: ALL_FLAGS, status: 'decommissioned' }),
    await addDevice(database, 'south-01', { tags: ['south'], flags: ALL_FLAGS }),
  ];
  // An open plan keeps the device from being decommissioned by whoever may.
  await database.plans.create(samplePlan([north]));
  await addDevice(database, 'peer-01', { tags: ['north'], flags: ALL_FLAGS });
  return {
    north,
    bare,
    retired,
    south,
    northPlan: await settledPlan(front, [north]),
    southPlan: await settledPlan(front, [south]),
    bothPlan: await settledPlan(front, [north, south]),
  };
}

/** A plan that nothing more can be done to. */
async function settledPlan({ database }: TestFrontEnd, devices: readonly Device[]): Promise<string> {
  const plan = samplePlan(devices);
  await database.plans.create(plan);
  await database.plans.patch({ planId: plan.planId, status: 'rejected' });
  return plan.planId;
}
