import { ulid } from 'ulid';
import { expect, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import type { StopScope } from '../../../../shared/domain/emergency-stop.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { samplePlan } from './sample-plan.ts';

function sampleStop(scope: StopScope) {
  return { stopId: `stp_${ulid()}`, scope, reason: 'wrong resolvers', placedBy: 'olga', placedByName: 'Olga' };
}

test('a stop holds until that very stop is lifted, and stays on record', async () => {
  const { stops, devices } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await devices.insert(device, 'x');
  const onDevice = await stops.place(sampleStop({ on: 'device', deviceId: device.deviceId }));
  const onFleet = await stops.place(sampleStop({ on: 'all' }));
  expect(onDevice).toMatchObject({ deviceName: 'lab-01', placedBy: 'olga', liftedAt: null });
  expect((await stops.active()).map(({ stopId }) => stopId)).toEqual([onDevice.stopId, onFleet.stopId]);

  const lifted = await stops.lift(onFleet.stopId, { by: 'ada', byName: 'Ada', reason: 'it was a drill' });
  expect(lifted).toMatchObject({ liftedBy: 'ada', liftReason: 'it was a drill', liftedAt: expect.any(String) });
  expect(await stops.lift(onFleet.stopId, { by: 'eve', byName: 'Eve', reason: 'again' })).toEqual(lifted);
  expect((await stops.active()).map(({ stopId }) => stopId)).toEqual([onDevice.stopId]);
  expect((await stops.list({ limit: 9 })).map(({ stopId }) => stopId)).toEqual(
    [onDevice.stopId, onFleet.stopId].sort().reverse(),
  );
  await expect(stops.lift('stp_0', { by: 'ada', byName: 'Ada', reason: 'x' })).rejects.toMatchObject({
    code: 'STOP_NOT_FOUND',
  });
});

test('placing the same stop again changes nothing', async () => {
  const { stops } = await openTestDatabase();
  const given = sampleStop({ on: 'environment', environment: 'prod' });
  const placed = await stops.place(given);
  expect(await stops.place({ ...given, reason: 'another' })).toEqual(placed);
});

test('knows which running plans a scope touches', async () => {
  const { stops, devices, plans } = await openTestDatabase();
  const [one, two] = [sampleDevice({ name: 'a' }), sampleDevice({ name: 'b' })];
  for (const device of [one, two]) await devices.insert(device, 'x');
  const running = samplePlan([one]);
  const waiting = samplePlan([one, two]);
  for (const plan of [running, waiting]) await plans.create(plan);
  await plans.patch({ planId: running.planId, status: 'rolling_out' });

  const environment = running.environment;
  const other = environment === 'prod' ? 'lab' : 'prod';
  expect(await stops.runningPlans({ on: 'all' })).toEqual([running.planId]);
  expect(await stops.runningPlans({ on: 'environment', environment })).toEqual([running.planId]);
  expect(await stops.runningPlans({ on: 'environment', environment: other })).toEqual([]);
  expect(await stops.runningPlans({ on: 'device', deviceId: one.deviceId })).toEqual([running.planId]);
  expect(await stops.runningPlans({ on: 'device', deviceId: two.deviceId })).toEqual([]);
});

test('those of which the audit knows nothing are found once they are a minute old', async () => {
  const { stops, audit, ownerUrl } = await openTestDatabase();
  const stop = { scope: { on: 'all' as const }, reason: 'a test', placedBy: 'ada', placedByName: 'Ada' };
  for (const stopId of ['stp_known', 'stp_unknown', 'stp_new']) await stops.place({ ...stop, stopId });
  const back = `update emergency_stop set placed_at = now() - interval '2 minutes' where stop_id <> 'stp_new'`;
  await executeSql(ownerUrl, [back]);
  await audit.append({ key: 'call/known', action: 'emergency_stop', actor: 'ada', outcome: 'ok' });
  expect((await stops.unrecorded()).map(({ stopId }) => stopId)).toEqual(['stp_unknown']);
});
