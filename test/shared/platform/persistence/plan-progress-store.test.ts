import { expect, test } from 'vitest';
import type { PlanDeviceStatus } from '../../../../shared/domain/plan.ts';
import { openTestDatabase } from './open-test-database.ts';
import { samplePlan } from './sample-plan.ts';
import { CHANGE, prepared, PREPARED, registered } from './prepared-plan.ts';

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

test('knows which steps a device was written, as long as it may hold them', async () => {
  const database = await openTestDatabase();
  const { plans } = database;
  const { plan, devices } = await prepared(database, ['a']);
  const { planId } = plan;
  const { deviceId } = devices[0];
  const is = async (status: PlanDeviceStatus, writes?: number[]): Promise<number[] | null | undefined> => {
    await plans.recordDevices([{ planId, deviceId, status, ...(writes ? { writes } : {}) }]);
    return (await plans.steps(planId, deviceId))?.written;
  };
  expect((await plans.steps(planId, deviceId))?.written).toBeNull();
  expect(await is('applying', [2])).toEqual([2]);
  // Asked again, and after a try of which something may be left.
  expect(await is('applying', [2])).toEqual([2]);
  expect(await is('unknown')).toEqual([2]);
  expect(await is('applying', [0, 2])).toEqual([0, 2]);
  expect(await is('applied')).toEqual([0, 2]);
  expect(await is('rolling_back')).toEqual([0, 2]);
  // What was taken back, or was never made, is nobody's to take back again.
  for (const status of ['rolled_back', 'failed', 'pending', 'skipped'] as const) {
    await is(status);
    await is('pending');
    expect(await is('applying', [1])).toEqual([1]);
  }
  // By somebody who does not say which: all may be, until nothing is left of it.
  expect(await is('applying')).toBeNull();
  expect(await is('applying', [1])).toBeNull();
  await is('failed');
  await is('pending');
  expect(await is('applying', [1])).toEqual([1]);
});

test('a begin that comes late does not reopen the row of a device that is done', async () => {
  const database = await openTestDatabase();
  const { plan, devices } = await prepared(database, ['a']);
  const row = { planId: plan.planId, deviceId: devices[0].deviceId };
  for (const status of ['applied', 'failed', 'skipped', 'rolled_back'] as const) {
    await database.plans.recordDevices([{ ...row, status }]);
    const late = database.plans.recordDevices([{ ...row, status: 'applying', writes: [0] }]);
    await expect(late).rejects.toMatchObject({ code: 'PLAN_STATE_CONFLICT' });
    expect((await database.plans.get(plan.planId))?.devices[0]?.status).toBe(status);
  }
  await database.plans.recordDevices([{ ...row, status: 'pending' }]);
  await database.plans.patch({ planId: plan.planId, status: 'rolling_back' });
  const late = database.plans.recordDevices([{ ...row, status: 'applying', writes: [0] }]);
  await expect(late).rejects.toMatchObject({ code: 'PLAN_STATE_CONFLICT' });
  await database.plans.patch({ planId: plan.planId, status: 'rolling_out' });
  const unknown = { planId: plan.planId, deviceId: 'dev_unknown', status: 'applying' as const };
  await expect(database.plans.recordDevices([unknown])).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
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
    { deviceId: c.deviceId, name: 'c', wave: 1, status: 'applied' },
    { deviceId: b.deviceId, name: 'b', wave: 2, status: 'applied' },
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
    progress: { applied: 1, failed: 0, pending: 1, skipped: 0, deferred: 0, total: 2 },
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
