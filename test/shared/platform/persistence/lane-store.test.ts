import { expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

test('gives every taker a higher epoch, also when many take at once, and only the last is current', async () => {
  const { devices, lanes } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await devices.insert(device, 'sealed');

  const epochs = await Promise.all(
    Array.from({ length: 12 }, (_, index) => lanes.takeEpoch(device.deviceId, `worker-${index}`)),
  );
  expect(epochs.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  const current = await Promise.all(epochs.map((epoch) => lanes.isCurrent(device.deviceId, epoch)));
  expect(epochs.filter((_, index) => current[index])).toEqual([12]);
});

test('keeps the epochs of devices apart', async () => {
  const { devices, lanes } = await openTestDatabase();
  const [one, other] = [sampleDevice({ name: 'lab-01' }), sampleDevice({ name: 'lab-02' })];
  await devices.insert(one, 'sealed');
  await devices.insert(other, 'sealed');
  await lanes.takeEpoch(one.deviceId, 'worker');
  await lanes.takeEpoch(one.deviceId, 'worker');
  expect(await lanes.takeEpoch(other.deviceId, 'worker')).toBe(1);
  expect(await lanes.isCurrent(one.deviceId, 2)).toBe(true);
});

test('refuses a device that is not registered', async () => {
  const { lanes } = await openTestDatabase();
  await expect(lanes.takeEpoch('dev_01J00000000000000000000001', 'worker')).rejects.toMatchObject({
    code: 'DEVICE_NOT_FOUND',
  });
  expect(await lanes.isCurrent('dev_01J00000000000000000000001', 1)).toBe(false);
});

const OPEN = {
  failures: 5,
  openings: 1,
  openedAt: '2026-09-27T10:00:00.000Z',
  retryAt: '2126-09-27T10:00:05.000Z',
  lastFailure: 'timeout',
};

test('keeps what an owner knows of the failures of its device, for everyone to see and the next owner to go on', async () => {
  const { devices, lanes } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await devices.insert(device, 'sealed');
  expect(await devices.get(device.deviceId)).toMatchObject({ breaker: { state: 'closed', failures: 0 } });
  expect(await lanes.breaker(device.deviceId)).toBeNull();

  const epoch = await lanes.takeEpoch(device.deviceId, 'worker');
  await lanes.saveBreaker(device.deviceId, epoch, OPEN);
  expect(await lanes.breaker(device.deviceId)).toEqual(OPEN);
  expect(await devices.get(device.deviceId)).toMatchObject({
    status: 'unreachable',
    breaker: { state: 'open', failures: 5, lastFailure: 'timeout', retryAt: OPEN.retryAt },
    updatedAt: device.updatedAt,
  });

  await lanes.saveBreaker(device.deviceId, epoch, { ...OPEN, retryAt: '2026-09-27T10:00:05.000Z' });
  expect(await devices.get(device.deviceId)).toMatchObject({ breaker: { state: 'half_open' } });
  await lanes.saveBreaker(device.deviceId, epoch, null);
  expect(await devices.get(device.deviceId)).toMatchObject({ status: 'healthy', breaker: { state: 'closed' } });
});

test('takes nothing about failures from an owner that lost the lane, and revives no decommissioned device', async () => {
  const { devices, lanes } = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await devices.insert(device, 'sealed');
  const lost = await lanes.takeEpoch(device.deviceId, 'worker');
  const current = await lanes.takeEpoch(device.deviceId, 'other');
  await lanes.saveBreaker(device.deviceId, lost, OPEN);
  expect(await lanes.breaker(device.deviceId)).toBeNull();
  await devices.decommission(device.deviceId);
  await lanes.saveBreaker(device.deviceId, current, OPEN);
  expect(await devices.get(device.deviceId)).toMatchObject({ status: 'decommissioned' });
});
