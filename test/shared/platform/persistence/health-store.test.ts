import { expect, test } from 'vitest';
import type { HealthSample } from '../../../../shared/domain/health-sample.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const START_MS = Date.parse('2027-01-01T00:00:00.000Z');

test('answers the samples of a range, newest first, page by page, and what they add up to', async () => {
  const { health, deviceId } = await openWithDevice();
  await health.append([0, 1, 2, 3, 4].map((minute) => sampleAt(deviceId, minute, { cpuLoadPercent: minute * 10 })));

  const range = { deviceId, from: timeAt(1), to: timeAt(4) };
  const page = await health.list({ ...range, limit: 2 });
  expect(page.map(({ cpuLoadPercent }) => cpuLoadPercent)).toEqual([30, 20]);
  const next = await health.list({ ...range, limit: 2, before: page.at(-1)?.at ?? '' });
  expect(next.map(({ at }) => at)).toEqual([timeAt(1)]);
  expect(await health.aggregate(range)).toMatchObject({
    samples: 3,
    measures: { cpuLoadPercent: { min: 10, avg: 20, max: 30 }, temperatureCelsius: null },
  });
});

test('knows the newest sample, also when an older one comes later', async () => {
  const { health, deviceId } = await openWithDevice();
  expect(await health.latest(deviceId)).toBeNull();
  const reasons = [{ measure: 'cpu_load', level: 'critical' as const, value: 99, limit: 95, sensor: 'a\0b' }];
  await health.append([sampleAt(deviceId, 5, { status: 'critical', reasons })]);
  await health.append([sampleAt(deviceId, 4)]);
  expect(await health.latest(deviceId)).toMatchObject({
    at: timeAt(5),
    status: 'critical',
    reasons: [{ measure: 'cpu_load', sensor: 'a\u{FFFD}b' }],
  });
});

test('takes an instant once, and nothing of devices that do not exist', async () => {
  const { health, deviceId } = await openWithDevice();
  const unknown = 'dev_01J00000000000000000000001';
  await health.append([sampleAt(deviceId, 1), sampleAt(deviceId, 1, { cpuLoadPercent: 2 }), sampleAt(unknown, 1)]);
  await health.append([sampleAt(deviceId, 1)]);
  expect(await health.aggregate({ deviceId })).toMatchObject({ samples: 1 });
  expect(await health.latest(unknown)).toBeNull();
});

test('keeps the 2,000 newest of a device, and all of the others', async () => {
  const { health, devices, deviceId } = await openWithDevice();
  const other = sampleDevice({ name: 'lab-02' });
  await devices.insert(other, 'sealed');
  await health.append([sampleAt(other.deviceId, 0)]);
  await health.append(Array.from({ length: 2_100 }, (_, minute) => sampleAt(deviceId, minute)));
  expect(await health.aggregate({ deviceId })).toMatchObject({ samples: 2_100 });
  await health.append([sampleAt(deviceId, 2_100)]);
  expect(await health.aggregate({ deviceId })).toMatchObject({ samples: 2_000 });
  expect(await health.latest(deviceId)).toMatchObject({ at: timeAt(2_100) });
  expect(await health.aggregate({ deviceId: other.deviceId })).toMatchObject({ samples: 1 });
});

test('is written by several processes at once', async () => {
  const { health, devices } = await openWithDevice();
  const many = Array.from({ length: 20 }, (_, index) => sampleDevice({ name: `many-${index}` }));
  for (const device of many) await devices.insert(device, 'sealed');
  const writers = Array.from({ length: 8 }, (_, writer) =>
    health.append((writer % 2 === 0 ? many : many.toReversed()).map(({ deviceId }) => sampleAt(deviceId, writer))),
  );
  await Promise.all(writers);
  for (const { deviceId } of many) expect(await health.aggregate({ deviceId })).toMatchObject({ samples: 8 });
});

async function openWithDevice() {
  const database = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await database.devices.insert(device, 'sealed');
  return { ...database, deviceId: device.deviceId };
}

function timeAt(minute: number): string {
  return new Date(START_MS + minute * 60_000).toISOString();
}

function sampleAt(deviceId: string, minute: number, readings: Partial<HealthSample> = {}): HealthSample {
  return {
    deviceId,
    at: timeAt(minute),
    status: 'healthy',
    reasons: [],
    cpuLoadPercent: 1,
    memoryUsedPercent: 40.5,
    diskUsedPercent: 20,
    temperatureCelsius: null,
    uptimeSeconds: 3600,
    ...readings,
  };
}
