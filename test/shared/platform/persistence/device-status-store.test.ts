import { expect, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import { cohortOf } from '../../../../shared/domain/cohort.ts';
import { observeHealth, type HealthObservation } from '../../../../shared/domain/device-health.ts';
import type { FleetEvent } from '../../../../shared/domain/fleet-event.ts';
import { HEALTH_RULES } from '../../../../shared/domain/health-limits.ts';
import type { CheckedDevice } from '../../../../shared/platform/persistence/stores/device-status-store.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const RULES = { ...HEALTH_RULES, unreachableAfter: 1, betterAfter: 1 };
const silent: HealthObservation = { is: 'silent', reason: 'The device did not answer.' };
const well: HealthObservation = {
  is: 'answered',
  readings: { cpuLoadPercent: 1, memoryUsedPercent: 2, diskUsedPercent: 3, badBlocksPercent: null },
};

test('of all who want to check a device one has it, until it says what it found or its time is over', async () => {
  const { deviceStatus, deviceIds } = await openWithDevices(3);
  const asked = { deviceIds, leaseSeconds: 60, who: 'sweep' } as const;
  const takes = await Promise.all(['a', 'b', 'c'].map((by) => deviceStatus.take({ ...asked, by })));
  expect(takes.flatMap((taken) => [...taken.keys()]).toSorted()).toEqual(deviceIds.toSorted());

  const { deviceStatus: other, deviceIds: others } = await openWithDevices(1);
  await other.take({ deviceIds: others, by: 'dead', leaseSeconds: 0, who: 'sweep' });
  expect((await other.take({ deviceIds: others, by: 'next', leaseSeconds: 60, who: 'sweep' })).size).toBe(1);
  await other.record({ by: 'dead', checked: [checked(others[0]!, silent)], validSeconds: 60 });
  expect(await other.get(others[0]!)).toMatchObject({ status: 'unknown', checkedAt: null });
  await other.record({ by: 'next', checked: [checked(others[0]!, well)], validSeconds: 60 });
  expect(await other.get(others[0]!)).toMatchObject({ status: 'healthy', checkedAt: expect.any(String) });
});

test('a watched device is left out of sweeps until its watch lets go of it', async () => {
  const { deviceStatus, deviceIds } = await openWithDevices(1);
  const [deviceId] = deviceIds;
  const take = (by: string, who: 'sweep' | 'watch') => deviceStatus.take({ deviceIds, by, leaseSeconds: 60, who });
  await take('watch-1', 'watch');
  await deviceStatus.record({
    by: 'watch-1',
    checked: [checked(deviceId!, silent)],
    validSeconds: 60,
    watchSeconds: 90,
  });
  expect((await take('sweep', 'sweep')).size).toBe(0);
  expect((await take('watch-2', 'watch')).get(deviceId!)).toMatchObject({ status: 'unreachable' });
  await deviceStatus.release({ deviceIds, by: 'watch-2', watchSeconds: 0 });
  expect((await take('sweep', 'sweep')).size).toBe(1);
});

test('keeps each change with what is told of it, when the device answered last, and closes a breaker that it answers', async () => {
  const database = await openWithDevices(1);
  const { deviceStatus, lanes, devices } = database;
  const deviceId = database.deviceIds[0]!;
  const epoch = await lanes.takeEpoch(deviceId, 'owner');
  const past = new Date(Date.now() - 60_000).toISOString();
  const breaker = { failures: 5, openings: 1, openedAt: past, retryAt: past, lastFailure: 'timeout' };
  await lanes.saveBreaker(deviceId, epoch, breaker);
  let track: CheckedDevice['track'] | null = null;
  for (const [index, observation] of [well, silent, well].entries()) {
    const by = `check-${index}`;
    track =
      (await deviceStatus.take({ deviceIds: [deviceId], by, leaseSeconds: 60, who: 'sweep' })).get(deviceId) ?? null;
    const one = checked(deviceId, observation, track, Date.now() - 10_000 + index * 1_000);
    await deviceStatus.record({ by, checked: [one], validSeconds: 60 });
  }
  expect(await devices.get(deviceId)).toMatchObject({ status: 'healthy', breaker: { state: 'closed' } });
  const found = await deviceStatus.changes({ deviceId, limit: 10 });
  expect(found.map(({ before, after, reasons }) => [before, after, reasons])).toEqual([
    ['unreachable', 'healthy', []],
    ['healthy', 'unreachable', ['The device did not answer.']],
    ['unknown', 'healthy', []],
  ]);
  const record = await deviceStatus.get(deviceId);
  expect(record).toMatchObject({ since: found[0]?.at, lastSeenAt: found[0]?.at, isFlapping: false });
  expect(await deviceStatus.changes({ deviceId, limit: 1, before: found[0]!.at })).toEqual([found[1]]);
  const [told] = await executeSql(database.ownerUrl, ['select key from fleet_event order by key']);
  expect(told).toEqual([1, 0].map((index) => ({ key: `${deviceId}/${found[index]?.at}` })));
});

test('a status that was not confirmed for too long is unknown', async () => {
  const { deviceStatus, deviceIds } = await openWithDevices(1);
  const deviceId = deviceIds[0]!;
  await deviceStatus.take({ deviceIds, by: 'a', leaseSeconds: 60, who: 'sweep' });
  await deviceStatus.record({
    by: 'a',
    checked: [checked(deviceId, well, null, Date.now() - 100_000)],
    validSeconds: 60,
  });
  expect(await deviceStatus.get(deviceId)).toMatchObject({ status: 'unknown', reasons: [expect.any(String)] });
});

test('what a check found counts as a known health, unless the device was asked later or it is too old', async () => {
  const { deviceStatus, health, deviceIds } = await openWithDevices(2);
  const [first, second] = deviceIds;
  await deviceStatus.take({ deviceIds, by: 'a', leaseSeconds: 60, who: 'sweep' });
  await deviceStatus.record({
    by: 'a',
    checked: [checked(first!, well), checked(second!, well, null, Date.now() - 100_000)],
    validSeconds: 60,
  });
  expect(await health.newest(deviceIds, { withinSeconds: 50 })).toEqual(new Map([[first, 'healthy']]));
  const readings = { cpuLoadPercent: 99, memoryUsedPercent: 1, diskUsedPercent: 1, temperatureCelsius: null };
  const at = new Date(Date.now() + 1_000).toISOString();
  await health.append([{ deviceId: first!, at, status: 'critical', reasons: [], uptimeSeconds: 1, ...readings }]);
  expect(await health.newest(deviceIds, { withinSeconds: 50 })).toEqual(new Map([[first, 'critical']]));
});

test('the pages of all cohorts together are the devices that are registered now, each once', async () => {
  const { cohorts, devices, deviceIds } = await openWithDevices(60);
  await devices.decommission(deviceIds[0]!);
  const found: string[] = [];
  for (let cohort = 0; cohort < 20; cohort++) {
    for (let after: string | null = null; ;) {
      const page: string[] = await cohorts.deviceIds({ cohort, after, limit: 2 });
      expect(page.map(cohortOf)).toEqual(page.map(() => cohort));
      found.push(...page);
      after = page.at(-1) ?? null;
      if (after === null) break;
    }
  }
  expect(found.toSorted()).toEqual(deviceIds.slice(1).toSorted());
});

async function openWithDevices(count: number) {
  const database = await openTestDatabase();
  const devices = Array.from({ length: count }, (_, index) => sampleDevice({ name: `lab-${index}` }));
  for (const device of devices) await database.devices.insert(device, 'sealed');
  return { ...database, deviceIds: devices.map(({ deviceId }) => deviceId) };
}

function checked(
  deviceId: string,
  observation: HealthObservation,
  before: CheckedDevice['track'] | null = null,
  atMs = Date.now(),
): CheckedDevice {
  const step = observeHealth(before, observation, RULES, atMs);
  const at = new Date(atMs).toISOString();
  const events = step.events.map((): FleetEvent => ({
    type: 'device.status_changed',
    key: `${deviceId}/${at}`,
    at,
    deviceId,
    deviceName: 'lab-0',
    environment: 'lab',
    tags: [],
    details: {},
  }));
  return { ...step, deviceId, at, wasSeen: observation.is === 'answered', events };
}
