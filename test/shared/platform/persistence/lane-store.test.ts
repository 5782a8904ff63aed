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
