import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';
import { CHANGE, prepared, PREPARED, registered, STEP } from './prepared-plan.ts';

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
    approvalCommentRequired: false,
    approvalValidHours: null,
    approvalValidUntil: null,
    refusedDecisions: [],
    rollbackUntil: null,
    estimatedEndAt: null,
    preChecks: [],
    replaces: null,
    replacedBy: null,
    revision: 1,
    devices: [
      { deviceId: b.deviceId, name: 'b', status: 'pending', changes: [], wave: 0 },
      { deviceId: a.deviceId, name: 'a', status: 'pending', changes: [], wave: 0 },
    ],
  });
  expect(await database.plans.revision(plan.planId)).toBe(1);
  expect(await database.plans.get('pln_unknown')).toBeNull();
  expect(await database.plans.revision('pln_unknown')).toBeNull();
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
  expect(await database.plans.steps(plan.planId, b.deviceId)).toEqual({ steps: [STEP], written: null });
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
