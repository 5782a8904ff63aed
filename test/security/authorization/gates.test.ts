import { expect, onTestFinished, test } from 'vitest';
import { CALL_STEPS, type CallStepName } from '../../../mcp-server/call/steps.ts';
import { GOES_ON } from '../../../mcp-server/call/check-stops.ts';
import { CAPABILITY_FLAGS, CapabilityFlags } from '../../../shared/domain/device.ts';
import { DEFAULT_POLICY } from '../../../shared/domain/policy/policy.ts';
import { SCOPES } from '../../../shared/domain/principal.ts';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { openDatabase, type Database } from '../../../shared/platform/persistence/database.ts';
import { fixedPolicy } from '../../../shared/platform/policy/policy-source.ts';
import { addDevice } from '../../mcp-server/support/devices.ts';
import { emptyDatabase } from '../../mcp-server/support/empty-database.ts';
import { createFleetDouble, type FleetDouble } from '../../mcp-server/support/fleet-double.ts';
import { askModern, FORMS } from '../../mcp-server/support/modern-requests.ts';
import { startFrontEnd, type FrontEndSetup, type TestFrontEnd } from '../../mcp-server/support/start-front-end.ts';
import { samplePlan } from '../../shared/platform/persistence/sample-plan.ts';
import { goodArguments, inTurns, knock, type Knock } from './knocking.ts';
import { RIGHTS, type Right } from './rights.ts';

/**
 * One attempt at every write for every gate, which fails at that gate alone: everything else of the call is good. Whatever
 * the attempt, no router was written, no workflow started and no row changed.
 */
interface Attempt {
  /** What it must be answered with. */
  code: string;
  /** The writes that have this gate. Default: all. */
  of?: (right: Right, name: string) => boolean;
  /** Another deployment than the usual one. */
  front?: FrontEndSetup;
  /** What is wrong with the call. */
  breaks?: (call: Knock, front: TestFrontEnd) => Knock | Promise<Knock>;
  before?: (front: TestFrontEnd) => Promise<unknown>;
}

const WRITES = Object.entries(RIGHTS).filter(([, right]) => right.writes);
const ALL_FLAGS = CapabilityFlags.parse(Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, true])));
const MANY = { perSecond: 10_000, burst: 100_000 };

const withArguments =
  (args: Record<string, unknown>) =>
  (call: Knock): Knock => ({ ...call, args: { ...call.args, ...args } });
const withToken =
  (claims: Record<string, unknown>) =>
  async (call: Knock, front: TestFrontEnd): Promise<Knock> => ({ ...call, token: await adminToken(front, claims) });
const onDevice =
  (name: string) =>
  (call: Knock): Knock =>
    withArguments('deviceIds' in call.args ? { deviceIds: [name] } : { deviceId: name })(call);

const ATTEMPTS: Record<CallStepName, Attempt | 'elsewhere'> = {
  authenticated: { code: 'UNAUTHORIZED', breaks: (call) => ({ ...call, token: null }) },
  exists: { code: 'NOT_FOUND', of: ({ phase }) => phase > 0, front: { phase: 0 } },
  rate: {
    code: 'RATE_LIMITED',
    front: { rateLimit: { perSecond: 0.0001, burst: 1 } },
    before: async (front) => {
      const token = await adminToken(front, {});
      const args = { 'no-such-argument': true };
      await inTurns(WRITES, ([action]) => knock(front, { door: 'http', token, action, args }));
    },
  },
  role: { code: 'FORBIDDEN', breaks: withToken({ sub: 'viewer', email: 'viewer@convoy.test' }) },
  scope: { code: 'INSUFFICIENT_SCOPE', breaks: withToken({ scope: 'fleet:nothing' }) },
  version: {
    code: 'PRECONDITION_FAILED',
    // What has versions is asked for them by the change itself.
    of: (_, name) => !/_device(_credentials)?$/.test(name),
    breaks: (call) => ({ ...call, headers: { 'if-match': '"another"' } }),
  },
  arguments: { code: 'UNKNOWN_FIELD', breaks: withArguments({ 'no-such-argument': true }) },
  writable: {
    code: 'SERVICE_READ_ONLY',
    of: ({ on }) => on !== 'nothing',
    before: ({ database, url }) => {
      database.condition = () => Promise.resolve({ isReadOnly: true, schema: '' });
      // Which looks at it.
      return fetch(`${url}/readyz`);
    },
  },
  target: {
    code: 'NOT_FOUND',
    of: ({ on }) => on !== 'nothing',
    breaks: (call) =>
      'planId' in call.args
        ? withArguments({ planId: 'pln_01M85XEKJ8RPDVVYVA0F3WHW0J' })(call)
        : onDevice('nowhere')(call),
  },
  'role on target': {
    code: 'FORBIDDEN',
    of: ({ on }, name) => on !== 'nothing' && name !== 'take_snapshot',
    breaks: withToken({ sub: 'half', email: null, groups: ['looks', 'elsewhere'] }),
  },
  'in service': {
    code: 'DEVICE_DECOMMISSIONED',
    of: ({ on, ofRetired }) => (on === 'device' || on === 'fleet') && !ofRetired,
    breaks: onDevice('retired'),
  },
  environment: {
    code: 'DEVICE_ENVIRONMENT_RESTRICTED',
    of: ({ namesEnvironment }) => namesEnvironment,
    breaks: withArguments({ environment: 'prod' }),
  },
  capability: { code: 'DEVICE_CAPABILITY_MISSING', of: ({ flags }) => flags.length > 0, breaks: onDevice('bare') },
  'not stopped': {
    code: 'EMERGENCY_STOP',
    of: ({ on }, name) => on !== 'fleet' && !Object.hasOwn(GOES_ON, name),
    before: ({ database }) =>
      database.stops.place({
        stopId: 'stp_1',
        scope: { on: 'all' },
        reason: 'a test',
        placedBy: 'ada',
        placedByName: 'Ada',
      }),
  },
  policy: {
    code: 'POLICY_REFUSED',
    of: ({ scopes, flags }, name) =>
      (scopes.includes('fleet:write') && flags.includes('allowAdvancedWrites')) || /^plan_|^apply_|^resume_/.test(name),
    front: { policy: fixedPolicy(withoutChanges()) },
  },
  recorded: { code: 'SERVICE_UNAVAILABLE', of: ({ on }) => on === 'device' },
  confirmed: 'elsewhere',
  // No write is a list.
  page: 'elsewhere',
  // `call/idempotency.test.ts`, and the quotas' own tests: both need a first call that is carried out.
  'not repeated': 'elsewhere',
  quota: 'elsewhere',
};

function withoutChanges(): typeof DEFAULT_POLICY {
  const lab = { ...DEFAULT_POLICY.environments.lab, singleDeviceWrites: false, planKinds: [] };
  return { ...DEFAULT_POLICY, environments: { ...DEFAULT_POLICY.environments, lab } };
}

const attempts = Object.entries(ATTEMPTS).flatMap(([step, attempt]) =>
  attempt === 'elsewhere' ? [] : [{ step, attempt }],
);

test.each(attempts)('nothing is written by a call that fails at: $step', async ({ step, attempt }) => {
  const { front, state } = await furnish(attempt.front ?? {}, step === 'recorded');
  await attempt.before?.(front);
  const token = await adminToken(front, {});
  const tried = WRITES.filter(([name, right]) => attempt.of?.(right, name) ?? true);
  expect(tried.length).toBeGreaterThan(0);
  const before = await state();
  const wrong = await inTurns(tried, async ([name, right]) => {
    const good: Knock = { door: 'http', token, action: name, args: { ...goodArguments(name), ...aboutOf(right) } };
    const { code } = await knock(front, (await attempt.breaks?.(good, front)) ?? good);
    const isRight = code === attempt.code || (attempt.code === 'NOT_FOUND' && code.endsWith('_NOT_FOUND'));
    return isRight ? [] : [`${name}: ${code}, not ${attempt.code}`];
  });
  expect(wrong.flat()).toEqual([]);
  expect(await state()).toEqual(before);
});

test('nothing is written by a call that its person has not confirmed', async () => {
  const { front, state } = await furnish({}, false);
  const token = await front.tokenOf('admin', { scope: SCOPES.join(' ') });
  const before = await state();
  for (const name of ['cancel_plan', 'abort_rollout', 'rollback_plan']) {
    const params = { name, arguments: { planId: PLAN } };
    const { result } = await askModern(front, token, { method: 'tools/call', params, capabilities: FORMS });
    expect(result, name).toMatchObject({ resultType: 'input_required' });
  }
  expect(await state()).toEqual(before);
});

test('every step of the table is tried', () => {
  expect(CALL_STEPS.map(({ name }) => name).toSorted()).toEqual(Object.keys(ATTEMPTS).toSorted());
});

const PLAN = 'pln_01M85XEKJ8RPDVVYVA0F3WHW0K';

function aboutOf({ on }: Right): Record<string, unknown> {
  if (on === 'plan') return { planId: PLAN };
  if (on === 'fleet') return { deviceIds: ['good'] };
  return on === 'device' ? { deviceId: 'good' } : {};
}

function adminToken(front: TestFrontEnd, claims: Record<string, unknown>): Promise<string> {
  return front.tokenOf('admin', { aud: `${front.url}/api/v1`, scope: SCOPES.join(' '), ...claims });
}

/** A front end whose calls succeed, and what they would change: all that the fleet was asked, and the rows. */
async function furnish(setup: FrontEndSetup, audited: boolean) {
  const { url } = await emptyDatabase();
  const database = await openDatabase({ url, poolMax: 5 });
  onTestFinished(() => database.close());
  const fleet = createFleetDouble(() => database);
  const keyring = parseKeyring(Buffer.alloc(32, 1).toString('base64'));
  const opened = audited ? withoutAudit(database) : database;
  const front = await startFrontEnd({
    rateLimit: MANY,
    access: {
      rules: [
        {
          when: { claim: 'email', equals: 'admin@convoy.test' },
          roles: ['operator', 'approver', 'admin'],
          devices: { all: true },
        },
        { when: { claim: 'email', equals: 'viewer@convoy.test' }, roles: ['viewer'], devices: { all: true } },
        { when: { claim: 'groups', equals: 'looks' }, roles: ['viewer'], devices: { all: true } },
        {
          when: { claim: 'groups', equals: 'elsewhere' },
          roles: ['operator', 'approver', 'admin'],
          devices: [{ tags: ['elsewhere'] }],
        },
      ],
    },
    ...setup,
    backEnd: { database: opened, fleet, keyring },
  });
  const good = await addDevice(database, 'good', { flags: ALL_FLAGS });
  await addDevice(database, 'peer-01', { flags: ALL_FLAGS });
  await addDevice(database, 'bare', { flags: CapabilityFlags.parse({}) });
  await addDevice(database, 'retired', { flags: ALL_FLAGS, status: 'decommissioned' });
  await database.plans.create(samplePlan([good], { planId: PLAN }));
  return { front, state: () => stateOf(database, fleet) };
}

async function stateOf(database: Database, { reads, changes, probes, started, signals }: FleetDouble) {
  const everything = { grants: [{ all: true as const }], limit: 100 };
  return {
    asked: structuredClone({ reads, changes, probes, started, signals }),
    devices: (await database.devices.list(everything)).devices,
    plans: await database.plans.list(everything),
    snapshots: await database.snapshots.list(everything),
    stops: await database.stops.active(),
  };
}

/** The same, whose audit trail cannot be written. */
function withoutAudit(database: Database): Database {
  const append = (): Promise<never> => Promise.reject(new Error('the audit trail is full'));
  return { ...database, audit: { ...database.audit, append } };
}
