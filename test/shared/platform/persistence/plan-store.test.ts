import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';
import type { Step } from '../../../../shared/domain/change.ts';
import type { Device } from '../../../../shared/domain/device.ts';
import type { Database } from '../../../../shared/platform/persistence/database.ts';
import type { PreparedPlanRows } from '../../../../shared/platform/persistence/stores/plan-store.ts';

const STEP: Step = { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '192.0.2.53' } };
const CHANGE = { path: '/ip/dns', key: 'servers', before: null, after: '192.0.2.53', summary: 'servers' };

test('stores a wish that is being prepared', async () => {
  const database = await openTestDatabase();
  const [b, a] = await registered(database, ['b', 'a']);
  const plan = samplePlan([b, a]);
  await database.plans.create(plan);

  const { devices: _devices, ...wish } = plan;
  expect(await database.plans.get(plan.planId)).toEqual({
    ...wish,
    status: 'preparing',
    statusReason: null,
    risk: 'high',
    riskReasons: [],
    digest: '',
    createdAt: expect.any(String),
    approvals: [],
    approvalsNeeded: 2,
    refusedDecisions: [],
    revision: 1,
    devices: [
      { deviceId: b.deviceId, name: 'b', status: 'pending', changes: [], wave: 0 },
      { deviceId: a.deviceId, name: 'a', status: 'pending', changes: [], wave: 0 },
    ],
  });
  expect(await database.plans.get('pln_unknown')).toBeNull();
});

test('refuses an id in use and devices that are not registered, and keeps nothing of it', async () => {
  const database = await openTestDatabase();
  const [a] = await registered(database, ['a']);
  const plan = samplePlan([a]);
  await database.plans.create(plan);
  await expect(database.plans.create({ ...plan, comment: 'other' })).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await database.plans.get(plan.planId)).toMatchObject({ comment: 'new resolvers' });

  const lost = samplePlan([a, sampleDevice({ name: 'never registered' })]);
  await expect(database.plans.create(lost)).rejects.toMatchObject({ code: 'DEVICE_NOT_FOUND' });
  expect(await database.plans.get(lost.planId)).toBeNull();
});

test('keeps captures exactly, whatever a router put into them, and the reason where there is none', async () => {
  const database = await openTestDatabase();
  const [b, a] = await registered(database, ['b', 'a']);
  const plan = samplePlan([b, a]);
  await database.plans.create(plan);
  const captured = { comment: 'nul \0 surrogate \ud800 quote \' " \\ ?', order: { z: '1', a: '2' }, list: ['x'] };
  const error = { code: 'DEVICE_TIMEOUT' as const, message: 'too slow', retryable: true };
  await database.plans.saveCapture(plan.planId, b.deviceId, captured);
  await database.plans.saveCaptureFailure(plan.planId, a.deviceId, error);
  expect(await database.plans.captures(plan.planId)).toEqual([
    { deviceId: b.deviceId, name: 'b', captured, error: null },
    { deviceId: a.deviceId, name: 'a', captured: null, error },
  ]);

  await database.plans.saveCapture(plan.planId, a.deviceId, { servers: '' });
  const [, second] = await database.plans.captures(plan.planId);
  expect(second).toMatchObject({ captured: { servers: '' }, error: null });
});

test('shows the devices that could not be captured as failed, with the reason', async () => {
  const database = await openTestDatabase();
  const [a] = await registered(database, ['a']);
  const plan = samplePlan([a]);
  await database.plans.create(plan);
  const error = { code: 'DEVICE_UNREACHABLE' as const, message: 'no answer', retryable: true };
  await database.plans.saveCaptureFailure(plan.planId, a.deviceId, error);
  const devices = [{ deviceId: a.deviceId, status: 'failed' as const, steps: [], changes: [] }];
  await database.plans.savePrepared(plan.planId, { ...PREPARED, devices });
  expect((await database.plans.get(plan.planId))?.devices).toMatchObject([{ status: 'failed', error }]);
});

test('moves a prepared plan on to approval, with steps and diffs', async () => {
  const database = await openTestDatabase();
  const { plan, devices } = await prepared(database, ['b', 'a']);
  const [b, a] = devices;
  expect(await database.plans.get(plan.planId)).toMatchObject({
    status: 'awaiting_approval',
    digest: PREPARED.digest,
    risk: 'medium',
    riskReasons: ['staging'],
    approvalsNeeded: 1,
    revision: 2,
    devices: [
      { name: 'b', status: 'pending', changes: [CHANGE] },
      { name: 'a', status: 'pending', changes: [CHANGE] },
    ],
  });
  expect(await database.plans.steps(plan.planId, b.deviceId)).toEqual([STEP]);
  expect(await database.plans.steps(plan.planId, 'dev_unknown')).toBeNull();
  expect(await database.plans.digestSource(plan.planId)).toEqual({
    kind: 'dns_ntp',
    input: plan.input,
    // Registered as b, then a: their ids ascend in that order.
    devices: [b, a].map(({ deviceId }) => ({ deviceId, captured: { servers: '' }, steps: [STEP] })),
  });
});

test('has no steps before the plan is prepared', async () => {
  const database = await openTestDatabase();
  const [a] = await registered(database, ['a']);
  const plan = samplePlan([a]);
  await database.plans.create(plan);
  expect(await database.plans.steps(plan.planId, a.deviceId)).toBeNull();
  expect((await database.plans.digestSource(plan.planId)).devices).toEqual([
    { deviceId: a.deviceId, captured: null, steps: [] },
  ]);
});

test('orders the digest by device id, not by rollout order', async () => {
  const database = await openTestDatabase();
  const [first, second] = await registered(database, ['first', 'second']);
  const plan = samplePlan([second, first]);
  await database.plans.create(plan);
  const { devices } = await database.plans.digestSource(plan.planId);
  expect(devices.map(({ deviceId }) => deviceId)).toEqual([first.deviceId, second.deviceId]);
});

test('lets nothing that comes late change what was prepared', async () => {
  const database = await openTestDatabase();
  const { plan, devices } = await prepared(database, ['a']);
  const [a] = devices;
  const before = await database.plans.digestSource(plan.planId);
  const error = { code: 'DEVICE_TIMEOUT' as const, message: 'too slow', retryable: true };

  await expect(database.plans.saveCapture(plan.planId, a.deviceId, { servers: 'late' })).rejects.toMatchObject({
    code: 'PLAN_STATE_CONFLICT',
  });
  await expect(database.plans.saveCaptureFailure(plan.planId, a.deviceId, error)).rejects.toMatchObject({
    code: 'PLAN_STATE_CONFLICT',
  });
  await expect(
    database.plans.savePrepared(plan.planId, { ...PREPARED, digest: 'f'.repeat(64), devices: [] }),
  ).rejects.toMatchObject({ code: 'PLAN_STATE_CONFLICT' });
  expect(await database.plans.digestSource(plan.planId)).toEqual(before);
  expect(await database.plans.get(plan.planId)).toMatchObject({ digest: PREPARED.digest, revision: 2 });
});

test('takes the same preparation twice as one, and refuses it once something was decided', async () => {
  const database = await openTestDatabase();
  const { plan, rows } = await prepared(database, ['a']);
  await database.plans.savePrepared(plan.planId, rows);
  expect(await database.plans.get(plan.planId)).toMatchObject({ status: 'awaiting_approval', revision: 2 });

  await database.plans.patch({ planId: plan.planId, status: 'approved' });
  await expect(database.plans.savePrepared(plan.planId, rows)).rejects.toMatchObject({
    code: 'PLAN_STATE_CONFLICT',
    details: { status: 'approved' },
  });
});

test('patches what it is given, keeps the rest and raises the revision', async () => {
  const database = await openTestDatabase();
  const { plan } = await prepared(database, ['a']);
  const approval = { by: 'ada', at: '2031-01-01T00:00:00Z', decision: 'approve', via: 'cli', comment: '' } as const;
  const refused = {
    eventId: 12,
    by: null,
    at: '2031-01-01T00:00:00Z',
    decision: 'approve',
    code: 'APPROVAL_INVALID',
    message: 'x',
  } as const;
  await database.plans.patch({
    planId: plan.planId,
    status: 'approved',
    statusReason: 'by Ada',
    approvals: [approval],
  });
  await database.plans.patch({ planId: plan.planId, status: 'rolling_out', refusedDecisions: [refused] });
  expect(await database.plans.get(plan.planId)).toMatchObject({
    status: 'rolling_out',
    statusReason: 'by Ada',
    approvals: [approval],
    refusedDecisions: [refused],
    revision: 4,
  });
  await database.plans.patch({ planId: plan.planId, status: 'paused', statusReason: null });
  expect(await database.plans.get(plan.planId)).toMatchObject({ status: 'paused', statusReason: null });
});

test('records progress of devices, all or nothing', async () => {
  const database = await openTestDatabase();
  const { plan, devices } = await prepared(database, ['a', 'b']);
  const { planId } = plan;
  const [a, b] = devices;
  const error = { code: 'HEALTH_CHECK_FAILED' as const, message: 'not healthy', retryable: false };
  await database.plans.recordDevices([
    { planId, deviceId: a.deviceId, status: 'applying', wave: 1 },
    { planId, deviceId: b.deviceId, status: 'failed', wave: 2, error },
  ]);
  await database.plans.recordDevices([
    { planId, deviceId: a.deviceId, status: 'applied' },
    { planId, deviceId: b.deviceId, status: 'rolling_back' },
  ]);
  const [first, second] = (await database.plans.get(planId))?.devices ?? [];
  expect(first).toEqual({ deviceId: a.deviceId, name: 'a', status: 'applied', changes: [CHANGE], wave: 1 });
  expect(second).toMatchObject({ status: 'rolling_back', wave: 2, error });

  await database.plans.recordDevices([{ planId, deviceId: b.deviceId, status: 'rolled_back', error: null }]);
  expect((await database.plans.get(planId))?.devices[1]).not.toHaveProperty('error');

  const halfUnknown = [
    { planId, deviceId: a.deviceId, status: 'failed' as const },
    { planId, deviceId: 'dev_unknown', status: 'failed' as const },
  ];
  await expect(database.plans.recordDevices(halfUnknown)).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
  expect(await database.plans.get(planId)).toMatchObject({ revision: 5, devices: [{ status: 'applied' }, {}] });
});

test('counts every change when many are recorded at once', async () => {
  const database = await openTestDatabase();
  const names = Array.from({ length: 8 }, (_, index) => `lab-${index}`);
  const { plan, devices } = await prepared(database, names);
  await Promise.all(
    devices.map(({ deviceId }) =>
      database.plans.recordDevices([{ planId: plan.planId, deviceId, status: 'applied', wave: 1 }]),
    ),
  );
  const stored = await database.plans.get(plan.planId);
  expect(stored?.revision).toBe(2 + names.length);
  expect(stored?.devices.map(({ status }) => status)).toEqual(names.map(() => 'applied'));
});

test('lists the devices in some statuses in rollout order', async () => {
  const database = await openTestDatabase();
  const { plan, devices } = await prepared(database, ['c', 'a', 'b']);
  const { planId } = plan;
  const [c, a, b] = devices;
  await database.plans.recordDevices([
    { planId, deviceId: b.deviceId, status: 'applied', wave: 2 },
    { planId, deviceId: c.deviceId, status: 'applied', wave: 1 },
    { planId, deviceId: a.deviceId, status: 'failed', wave: 2 },
  ]);
  expect(await database.plans.devicesIn(planId, ['applied', 'pending'])).toEqual([
    { deviceId: c.deviceId, name: 'c', wave: 1 },
    { deviceId: b.deviceId, name: 'b', wave: 2 },
  ]);
  expect(await database.plans.devicesIn(planId, [])).toEqual([]);
});

test('lists plans newest first, by status, environment and requester, a page at a time', async () => {
  const database = await openTestDatabase();
  const [a, b] = await registered(database, ['a', 'b']);
  const plans = [
    samplePlan([a, b]),
    samplePlan([b], { environment: 'prod' }),
    samplePlan([a], { requestedBy: 'someone' }),
  ].map((plan, index) => ({ ...plan, planId: `pln_0000000000000000000000000${index}` }));
  for (const plan of plans) await database.plans.create(plan);
  const [first] = plans;
  const planId = first?.planId ?? '';
  await database.plans.patch({ planId, status: 'rolling_out' });
  await database.plans.recordDevices([{ planId, deviceId: b.deviceId, status: 'applied' }]);

  const list = async (request: Omit<Parameters<typeof database.plans.list>[0], 'limit'>): Promise<string> =>
    (await database.plans.list({ limit: 9, ...request })).map((plan) => plan.planId.at(-1)).join('');
  expect(await list({})).toBe('210');
  expect(await list({ environment: 'prod' })).toBe('1');
  expect(await list({ requestedBy: 'someone' })).toBe('2');
  expect(await list({ statuses: ['rolling_out', 'paused'] })).toBe('0');
  expect(await list({ statuses: [] })).toBe('');
  expect(await list({ before: plans[2]?.planId ?? '' })).toBe('10');
  expect((await database.plans.list({ limit: 1 })).map((plan) => plan.planId)).toEqual([plans[2]?.planId]);

  const [rolling] = await database.plans.list({ limit: 1, statuses: ['rolling_out'] });
  expect(rolling).toMatchObject({
    deviceIds: [a.deviceId, b.deviceId],
    progress: { applied: 1, failed: 0, pending: 1, total: 2 },
  });
  expect(rolling).not.toHaveProperty('devices');
});

test('says PLAN_NOT_FOUND for writes to a plan that is not there', async () => {
  const { plans } = await openTestDatabase();
  const planId = 'pln_unknown';
  for (const attempt of [
    () => plans.saveCapture(planId, 'dev_1', {}),
    () => plans.savePrepared(planId, { ...PREPARED, devices: [] }),
    () => plans.digestSource(planId),
    () => plans.patch({ planId, status: 'approved' }),
    () => plans.recordDevices([{ planId, deviceId: 'dev_1', status: 'applied' }]),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
  }
});

const PREPARED: Omit<PreparedPlanRows, 'devices'> = {
  digest: '0123456789abcdef'.repeat(4),
  risk: 'medium',
  riskReasons: ['staging'],
  approvalsNeeded: 1,
};

type Several<T> = [T, T, T, ...T[]];

/** Registers devices of these names, with ids that ascend in their order. */
async function registered(database: Database, names: readonly string[]): Promise<Several<Device>> {
  const devices = names.map((name, index) =>
    sampleDevice({ name, deviceId: `dev_0000000000000000000000000${index + 1}` }),
  );
  for (const device of devices) await database.devices.insert(device, 'sealed');
  return devices as Several<Device>;
}

/** A plan for devices of these names that is prepared: each of them gets one step. */
async function prepared(
  database: Database,
  names: readonly string[],
): Promise<{ plan: ReturnType<typeof samplePlan>; rows: PreparedPlanRows; devices: Several<Device> }> {
  const devices = await registered(database, names);
  const plan = samplePlan(devices);
  await database.plans.create(plan);
  for (const { deviceId } of devices) await database.plans.saveCapture(plan.planId, deviceId, { servers: '' });
  const rows = {
    ...PREPARED,
    devices: devices.map(({ deviceId }) => ({
      deviceId,
      status: 'pending' as const,
      steps: [STEP],
      changes: [CHANGE],
    })),
  };
  await database.plans.savePrepared(plan.planId, rows);
  return { plan, rows, devices };
}
