import { expect, onTestFinished, test } from 'vitest';
import { executeSql, withDatabase } from '../../../cli/stack/postgres-admin.ts';
import type { AccessFile } from '../../../shared/domain/access-file.ts';
import { CAPABILITY_FLAGS, CapabilityFlags, type Device } from '../../../shared/domain/device.ts';
import { SCOPES } from '../../../shared/domain/principal.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { parseKeyring } from '../../../shared/platform/encryption/keyring.ts';
import { openDatabase } from '../../../shared/platform/persistence/database.ts';
import type { ActionRecord } from '../../../shared/platform/persistence/stores/audit-store.ts';
import { addDevice } from '../../mcp-server/support/devices.ts';
import { emptyDatabase } from '../../mcp-server/support/empty-database.ts';
import { createFleetDouble } from '../../mcp-server/support/fleet-double.ts';
import { startFrontEnd, type TestFrontEnd } from '../../mcp-server/support/start-front-end.ts';
import { samplePlan } from '../../shared/platform/persistence/sample-plan.ts';
import { testStack } from '../../support/test-stack.ts';
import { ACTIONS, goodArguments, inTurns, knock, type Answer } from './knocking.ts';
import { RIGHTS, type Right } from './rights.ts';

/**
 * Everything of the catalogue that leaves a record, through the front door: one action is one record, whatever comes of it
 * and however often its outcome is told, and nothing is done of which no record can be written.
 */
const PHASE = 4;
const ALL_FLAGS = CapabilityFlags.parse(Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, true])));
const ACCESS: AccessFile = {
  rules: [
    {
      when: { claim: 'email', equals: 'admin@convoy.test' },
      roles: ['operator', 'approver', 'admin'],
      devices: { all: true },
    },
    { when: { claim: 'email', equals: 'viewer@convoy.test' }, roles: ['viewer'], devices: { all: true } },
  ],
};
/** What the actions need besides a target; `goodArguments` has the rest. */
const MORE_ARGUMENTS: Readonly<Record<string, Record<string, unknown>>> = {
  emergency_stop: { environment: 'prod', reason: 'a test of records' },
  revoke_access: { kind: 'user', subject: 'nobody@convoy.test', comment: 'a test of records' },
  restore_access: { kind: 'user', subject: 'nobody@convoy.test', comment: 'a test of records' },
  lift_emergency_stop: { stopId: 'stp_01M85XEKJ8RPDVVYVA0F3WHW0J', reason: 'a test of records' },
  read_fleet: { operation: 'get_system_clock' },
  register_device: {
    name: 'edge-01',
    host: '192.0.2.7',
    environment: 'staging',
    username: 'convoy',
    password: 'a password of a test',
    restPort: 8443,
  },
  explain_access: { user: 'admin@convoy.test', action: 'list_devices' },
};
/** Answers with a stream of lines; `mcp-server/audit/audit-api.test.ts` has its record. */
const ELSEWHERE = ['export_audit'];

const RECORDED = ACTIONS.filter(({ name, audited }) => audited && !ELSEWHERE.includes(name)).flatMap(({ name }) => {
  const right = RIGHTS[name];
  return right !== undefined && right.phase <= PHASE && right.doors.includes('http') ? [{ name, right }] : [];
});

let calls = 0;

/** One call of an action under a correlation id of its own, and the records that it left. */
async function tried(
  front: TestFrontEnd,
  action: string,
  { token, args, headers = {}, repeated = 1 }: Attempt,
): Promise<{ answers: Answer[]; records: ActionRecord[] }> {
  calls += 1;
  const correlationId = `records-${String(calls).padStart(6, '0')}`;
  const call = { door: 'http' as const, token, action, args };
  const answers: Answer[] = [];
  for (let time = 0; time < repeated; time += 1) {
    answers.push(await knock(front, { ...call, headers: { ...headers, 'x-correlation-id': correlationId } }));
  }
  return { answers, records: await front.database.audit.records({ correlationId, limit: 5 }) };
}

interface Attempt {
  token: string;
  args: Record<string, unknown>;
  headers?: Record<string, string>;
  repeated?: number;
}

test('every action leaves one record, with who did it, also when it is repeated and its outcome told again', async () => {
  const { front, token, argumentsFor } = await furnish();
  expect(RECORDED.length).toBeGreaterThan(30);
  const wrong = await inTurns(RECORDED, async ({ name, right }) => {
    const headers: Record<string, string> = right.writes ? { 'idempotency-key': `records-${name}` } : {};
    const args = await argumentsFor(name, right);
    const { answers, records } = await tried(front, name, { token, args, headers, repeated: right.writes ? 2 : 1 });
    const [answer] = answers;
    const [record] = records;
    // What is refused before a key is looked at is refused again, which is another attempt.
    const attempts = answer?.code === 'VALIDATION_ERROR' ? answers.length : 1;
    const problems = [
      ...(records.length === attempts ? [] : [`${records.length} records`]),
      ...(answers.every(({ code }) => code === answer?.code) ? [] : ['the repetition is answered otherwise']),
      ...(record?.code === (answer?.code === 'ok' ? null : answer?.code)
        ? []
        : [`${answer?.code}, not ${record?.code}`]),
      ...(record?.endedAt === null ? ['it is open'] : []),
      ...differences(record, name),
    ];
    if (record !== undefined && record.outcomeSeq !== null) {
      // As its workflow would tell it.
      const { action, actor } = record;
      const again = { key: `${record.key}/outcome`, action, actor, outcome: 'unknown' as const };
      if (await front.database.audit.append(again)) problems.push('a second outcome');
    }
    return problems.map((problem) => `${name}: ${problem}`);
  });
  expect(wrong.flat()).toEqual([]);
  const outcomes = (await front.database.audit.records({ limit: 500 })).map(({ outcome }) => outcome);
  // Most of it is carried out, so that it is no test of refusals.
  expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeGreaterThan(20);
  expect(await front.database.audit.verify()).toMatchObject({ ok: true });
}, 120_000);

/** What of the record does not say who, how proven, with which roles, by which client and from where. */
function differences(record: ActionRecord | undefined, name: string): string[] {
  const wanted: Record<string, unknown> = {
    action: name,
    actor: 'admin@convoy.test',
    actorEmail: 'admin@convoy.test',
    clientId: 'test-client',
    via: 'http',
    authMethod: 'access-token',
  };
  const found: Record<string, unknown> = { ...record };
  return [
    ...Object.keys(wanted).filter((key) => found[key] !== wanted[key]),
    ...(record?.roles?.includes('admin') ? [] : ['roles']),
    ...(record?.details?.['clientAddress'] === '127.0.0.1' ? [] : ['clientAddress']),
  ];
}

interface Denial {
  code: string;
  of: (right: Right) => boolean;
  breaks: (attempt: Attempt, front: TestFrontEnd) => Promise<Attempt>;
}

const DENIED: Record<string, Denial> = {
  'without the role': {
    code: 'FORBIDDEN',
    of: ({ roles }) => !roles.includes('viewer'),
    breaks: async (attempt, front) => ({ ...attempt, token: await tokenOf(front, 'viewer') }),
  },
  'without the scope': {
    code: 'INSUFFICIENT_SCOPE',
    of: () => true,
    breaks: async (attempt, front) => ({
      ...attempt,
      token: await tokenOf(front, 'admin', { scope: 'fleet:nothing' }),
    }),
  },
  'with an unknown field': {
    code: 'UNKNOWN_FIELD',
    of: () => true,
    breaks: async (attempt) => ({ ...attempt, args: { ...attempt.args, 'no-such-argument': true } }),
  },
  'of what is not there': {
    code: 'NOT_FOUND',
    of: ({ on }) => on === 'device',
    breaks: async (attempt) => ({ ...attempt, args: { ...attempt.args, deviceId: 'nowhere' } }),
  },
};

test.each(Object.entries(DENIED))('an attempt %s leaves one record', async (_, { code, of, breaks }) => {
  const { front, token, argumentsFor } = await furnish();
  const wrong = await inTurns(
    RECORDED.filter(({ right }) => of(right)),
    async ({ name, right }) => {
      const attempt = await breaks({ token, args: await argumentsFor(name, right) }, front);
      const { answers, records } = await tried(front, name, attempt);
      const answered = answers[0]?.code ?? '';
      const isRight = answered === code || (code === 'NOT_FOUND' && answered.endsWith('_NOT_FOUND'));
      const left = records.map((record) => `${record.action} ${record.outcome} ${record.code}`);
      return isRight && left.length === 1 && left[0] === `${name} refused ${answered}`
        ? []
        : [`${name}: ${answered}, and left ${left.join(', ') || 'nothing'}`];
    },
  );
  expect(wrong.flat()).toEqual([]);
});

test('nothing is done while the audit takes no records, but for stopping everything', async () => {
  const { front, token, argumentsFor, asked, refuseRecords } = await furnish();
  const given = new Map<string, Record<string, unknown>>();
  for (const { name, right } of RECORDED) given.set(name, await argumentsFor(name, right));
  const takeRecords = await refuseRecords();
  const before = asked();
  const answers = await inTurns(RECORDED, async ({ name }) => {
    const { answers: of, records } = await tried(front, name, { token, args: given.get(name) ?? {} });
    return { name, code: of[0]?.code, records: records.length };
  });
  const wrong = answers.filter(({ name, code, records }) => {
    const isRefused = code === 'SERVICE_UNAVAILABLE' || code === 'VALIDATION_ERROR';
    return (name === 'emergency_stop' ? code !== 'ok' : !isRefused) || records > 0;
  });
  expect(wrong).toEqual([]);
  expect(asked()).toEqual(before);
  expect(await front.database.stops.active()).toMatchObject([{ placedBy: 'admin@convoy.test' }]);
  expect(front.log.filter(({ msg }) => msg === 'carried out before it was recorded')).not.toEqual([]);
  await takeRecords();
});

function tokenOf(front: TestFrontEnd, role: string, claims: Record<string, unknown> = {}): Promise<string> {
  return front.tokenOf(role, { aud: `${front.url}/api/v1`, scope: SCOPES.join(' '), ...claims });
}

/** A front end in which every action has a device or plan of its own that it may change. */
async function furnish() {
  const { url } = await emptyDatabase();
  const database = await openDatabase({ url, poolMax: 5 });
  onTestFinished(() => database.close());
  const fleet = createFleetDouble(() => database);
  const keyring = parseKeyring(Buffer.alloc(32, 1).toString('base64'));
  const front = await startFrontEnd({
    phase: PHASE,
    access: ACCESS,
    rateLimit: { perSecond: 10_000, burst: 100_000 },
    backEnd: { database, fleet, keyring },
  });
  await addDevice(database, 'peer-01', { flags: ALL_FLAGS });
  const devices = new Map<string, Promise<Device>>();
  const deviceFor = (name: string): Promise<Device> => {
    const found = devices.get(name) ?? addDevice(database, `of-${name.replaceAll('_', '-')}`, { flags: ALL_FLAGS });
    devices.set(name, found);
    return found;
  };
  const argumentsFor = async (name: string, { on }: Right): Promise<Record<string, unknown>> => {
    const good = { ...goodArguments(name), ...MORE_ARGUMENTS[name] };
    if (on === 'nothing') return good;
    const device = await deviceFor(name);
    if (on === 'device') return { ...good, deviceId: device.name };
    if (on === 'fleet') return { ...good, deviceIds: [device.name] };
    const plan = samplePlan([device]);
    await database.plans.create(plan);
    return { ...good, planId: plan.planId };
  };
  // What is recorded of reads is so whatever comes of them; others are part of a write.
  fleet.answers.read = ({ operation }) =>
    RECORDED.some(({ name }) => name === operation)
      ? Promise.reject(new AppError('DEVICE_UNREACHABLE'))
      : Promise.resolve({ output: {}, observedAt: '2027-01-02T03:04:05.000Z', door: 'nexus' });
  const { reads, changes, probes, started, signals } = fleet;
  return {
    front,
    token: await tokenOf(front, 'admin'),
    argumentsFor,
    asked: () => structuredClone({ reads, changes, probes, started, signals }),
    /** As when its disk is full; answers how that ends. */
    refuseRecords: async () => {
      const admin = withDatabase(testStack().postgresAdminUrl, new URL(url).pathname.slice(1));
      await executeSql(admin, [REFUSE]);
      const end = (): Promise<unknown> => executeSql(admin, ['drop trigger if exists refuse_records on audit_event']);
      onTestFinished(async () => void (await end()));
      return end;
    },
  };
}

const REFUSE = `
create or replace function refuse_records() returns trigger language plpgsql as
  'begin raise exception ''the audit is full''; end';
create trigger refuse_records before insert on audit_event for each statement execute function refuse_records()`;
