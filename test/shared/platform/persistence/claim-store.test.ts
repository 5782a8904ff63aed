import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { registered } from './prepared-plan.ts';
import { samplePlan } from './sample-plan.ts';

async function arrange() {
  const database = await openTestDatabase();
  const [a, b, c] = await registered(database, ['a', 'b', 'c']);
  const first = samplePlan([a, b]);
  const second = samplePlan([b, c]);
  for (const plan of [first, second]) {
    await database.plans.create(plan);
    await database.plans.patch({ planId: plan.planId, status: 'approved' });
  }
  const take = ({ planId, devices }: typeof first, waits = true, ignored: string[] = []) =>
    database.claims.take({ planId, deviceIds: devices.map(({ deviceId }) => deviceId), waits, ignored });
  return { database, devices: { a, b, c }, first, second, take };
}

test('of two plans that ask at once for the same device one gets it, and the other hears of whom to wait for', async () => {
  const { first, second, take } = await arrange();
  const [mine, theirs] = await Promise.all([take(first), take(second)]);
  expect([mine.length, theirs.length].toSorted((a, b) => a - b)).toEqual([0, 1]);
  const [holder] = [...mine, ...theirs];
  expect(holder).toMatchObject({ status: 'approved', devices: [{ name: 'b' }] });
});

test('what a plan holds follows from its status, so nothing stays locked when it has ended', async () => {
  const { database, first, second, take } = await arrange();
  const status = (now: 'approved' | 'rolling_out' | 'paused' | 'completed' | 'rolling_back') =>
    database.plans.patch({ planId: first.planId, status: now });
  expect(await take(first)).toEqual([]);
  expect(await take(first)).toEqual([]);
  // A vote that is refused meanwhile changes nothing.
  await status('approved');
  expect(await take(second)).toMatchObject([{ planId: first.planId }]);
  for (const now of ['rolling_out', 'paused', 'rolling_back'] as const) {
    await status(now);
    expect(await take(second)).toMatchObject([{ planId: first.planId, status: now }]);
  }
  expect(await take(second, true, [first.planId])).toEqual([]);
  await database.plans.patch({ planId: second.planId, status: 'cancelled' });
  await status('completed');
  expect(await take(second)).toEqual([]);
  // What is begun and fails before its status changes lets go as well.
  await database.plans.patch({ planId: second.planId, status: 'cancelled', releases: true });
  expect(await take(first)).toEqual([]);
  await database.plans.patch({ planId: first.planId, status: 'completed', releases: true });
  expect(await take(second)).toEqual([]);
  // To take it back it needs them again.
  expect(await take(first, false)).toMatchObject([{ planId: second.planId }]);
});

test('devices that are skipped are nobody’s', async () => {
  const { database, devices, first, second, take } = await arrange();
  const { planId } = first;
  await database.plans.recordDevices([{ planId, deviceId: devices.b.deviceId, status: 'skipped' }]);
  expect(await take(first)).toEqual([]);
  expect(await take(second)).toEqual([]);
});

test('who waits is found, longest first, until it has what it waits for or is over', async () => {
  const { database, devices, first, second, take } = await arrange();
  const third = samplePlan([devices.a]);
  await database.plans.create(third);
  await database.plans.patch({ planId: third.planId, status: 'approved' });
  const waiting = () => database.claims.waitingFor(first.planId);
  await take(first);
  await take(second);
  await take(third);
  await take(second);
  expect(await waiting()).toEqual([second.planId, third.planId]);
  await database.plans.patch({ planId: third.planId, status: 'cancelled' });
  expect(await waiting()).toEqual([second.planId]);
  await database.plans.patch({ planId: first.planId, status: 'completed' });
  expect(await take(second)).toEqual([]);
  expect(await waiting()).toEqual([]);
});

test('plans about the same devices that are not over are found', async () => {
  const { database, devices, first, second } = await arrange();
  const on = () => database.claims.openPlansOn({ planId: first.planId, deviceIds: [devices.a, devices.b].map(idOf) });
  expect(await on()).toMatchObject([{ planId: second.planId, status: 'approved', devices: [{ name: 'b' }] }]);
  await database.plans.patch({ planId: second.planId, status: 'rejected' });
  expect(await on()).toEqual([]);
});

function idOf({ deviceId }: { deviceId: string }): string {
  return deviceId;
}
