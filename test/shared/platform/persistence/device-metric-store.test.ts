import { expect, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import type { MetricSample } from '../../../../shared/domain/device-metrics/measures.ts';
import type { MetricVisit } from '../../../../shared/platform/persistence/stores/device-metric-store.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first hour that a database made just now does not count as past. */
const FIRST_HOUR_MS = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

test('answers what was measured by steps, with the aggregate that is asked for', async () => {
  const { deviceMetrics, deviceId } = await openWithDevice();
  const visits = [0, 1, 2, 3].map((part) =>
    visitAt(deviceId, FIRST_HOUR_MS + part * 300_000, { cpuLoadPercent: part * 10 }),
  );
  await deviceMetrics.append(visits, new Date(FIRST_HOUR_MS + HOUR_MS));
  const query = {
    deviceId,
    kind: 'device',
    name: '',
    measures: ['cpuLoadPercent', 'voltage'],
    from: isoTime(FIRST_HOUR_MS),
    to: isoTime(FIRST_HOUR_MS + HOUR_MS),
    stepSeconds: 600,
    resolution: 'raw',
  } as const;
  const cpuBy = async (aggregate: 'min' | 'avg' | 'max' | 'last') =>
    (await deviceMetrics.read({ ...query, aggregate }))?.points.map(({ values }) => values.cpuLoadPercent);
  expect(await cpuBy('avg')).toEqual([5, 25]);
  expect(await cpuBy('min')).toEqual([0, 20]);
  expect(await cpuBy('max')).toEqual([10, 30]);
  expect(await cpuBy('last')).toEqual([10, 30]);
  expect(await deviceMetrics.read({ ...query, aggregate: 'avg', to: isoTime(FIRST_HOUR_MS + 1) })).toEqual({
    points: [{ at: isoTime(FIRST_HOUR_MS), samples: 1, values: { cpuLoadPercent: 0, voltage: null } }],
    keptFrom: isoTime(FIRST_HOUR_MS),
  });
});

test('keeps interfaces and pools as series of their own, and knows the newest values of each', async () => {
  const { deviceMetrics, deviceId } = await openWithDevice();
  const visit = visitAt(deviceId, FIRST_HOUR_MS, {});
  visit.sample.interfaces.push({ name: 'ether1\0', values: ratesOf(8_000) });
  visit.sample.pools.push({ name: 'lan', values: { usedAddresses: 12, totalAddresses: 100 } });
  await deviceMetrics.append([visit], new Date(FIRST_HOUR_MS));
  const later = visitAt(deviceId, FIRST_HOUR_MS + 60_000, { uptimeSeconds: 123_456_789 });
  await deviceMetrics.append([later], new Date(FIRST_HOUR_MS));

  expect(await deviceMetrics.names(deviceId, 'interface', 10)).toEqual(['ether1\u{FFFD}']);
  const latest = await deviceMetrics.latest([deviceId], isoTime(FIRST_HOUR_MS));
  expect(latest.map(({ kind, name, at }) => [kind, name, at])).toEqual([
    ['device', '', isoTime(FIRST_HOUR_MS + 60_000)],
    ['interface', 'ether1\u{FFFD}', isoTime(FIRST_HOUR_MS)],
    ['pool', 'lan', isoTime(FIRST_HOUR_MS)],
  ]);
  expect(latest[0]?.values).toMatchObject({ uptimeSeconds: 123_456_789, temperatureCelsius: null });
  expect(await deviceMetrics.latest([deviceId], isoTime(FIRST_HOUR_MS + HOUR_MS))).toEqual([]);
});

test('takes an instant once, and nothing of unknown devices or of a time that cannot be', async () => {
  const { deviceMetrics, deviceId, ownerUrl } = await openWithDevice();
  const now = new Date(FIRST_HOUR_MS);
  const visits = [
    visitAt(deviceId, FIRST_HOUR_MS, { cpuLoadPercent: 1 }),
    visitAt(deviceId, FIRST_HOUR_MS, { cpuLoadPercent: 2 }),
    visitAt('dev_01J00000000000000000000001', FIRST_HOUR_MS, {}),
    visitAt(deviceId, FIRST_HOUR_MS + 300 * DAY_MS, {}),
    visitAt(deviceId, FIRST_HOUR_MS - 2 * DAY_MS, {}),
  ];
  await deviceMetrics.append(visits, now);
  await deviceMetrics.append(visits, now);
  expect(await executeSql(ownerUrl, ['select cpu_load_percent from metric_device_raw'])).toEqual([
    [{ cpu_load_percent: 1 }],
  ]);
});

test('remembers the counters of the newest visit', async () => {
  const { deviceMetrics, deviceId } = await openWithDevice();
  expect(await deviceMetrics.countersOf([deviceId])).toEqual(new Map());
  const counts = { rxBytes: '18446744073709551615', txBytes: '1', rxPackets: null, txPackets: null, rxErrors: null };
  const seen = {
    at: isoTime(FIRST_HOUR_MS),
    uptimeSeconds: 60,
    interfaces: { ether1: { id: '*1', counts: { ...counts, txErrors: null, rxDrops: null, txDrops: null } } },
  };
  await deviceMetrics.append([{ ...visitAt(deviceId, FIRST_HOUR_MS, {}), counters: seen }], new Date(FIRST_HOUR_MS));
  const older = { ...seen, at: isoTime(FIRST_HOUR_MS - 1), interfaces: {} };
  await deviceMetrics.append(
    [{ ...visitAt(deviceId, FIRST_HOUR_MS - 1, {}), counters: older }],
    new Date(FIRST_HOUR_MS),
  );
  expect(await deviceMetrics.countersOf([deviceId])).toEqual(new Map([[deviceId, seen]]));
});

test('hours and days say the same as the values they are made of, and the newest times are in them too', async () => {
  const { deviceMetrics, deviceId } = await openWithDevice();
  const firstDayMs = Math.ceil(FIRST_HOUR_MS / DAY_MS) * DAY_MS;
  const visits = Array.from({ length: 30 * 4 }, (_, index) =>
    visitAt(deviceId, firstDayMs + index * (HOUR_MS / 4), {
      cpuLoadPercent: (index * 37) % 101,
      temperatureCelsius: index % 3 === 0 ? null : index,
    }),
  );
  for (const visit of visits) await deviceMetrics.append([visit], new Date(visit.sample.at));
  const ask = (stepSeconds: number, resolution: 'raw' | 'hour' | 'day', aggregate: 'min' | 'avg' | 'max' | 'last') =>
    deviceMetrics.read({
      deviceId,
      kind: 'device',
      name: '',
      measures: ['cpuLoadPercent', 'temperatureCelsius'],
      from: isoTime(firstDayMs),
      to: isoTime(firstDayMs + 30 * HOUR_MS),
      stepSeconds,
      resolution,
      aggregate,
    });
  const now = new Date(firstDayMs + 27 * HOUR_MS);
  while (await deviceMetrics.downsampleNext('hour', now));
  while (await deviceMetrics.downsampleNext('day', now));
  expect(await deviceMetrics.downsampleNext('hour', now)).toBe(false);
  for (const aggregate of ['min', 'max', 'last'] as const) {
    expect((await ask(3600, 'hour', aggregate))?.points).toEqual((await ask(3600, 'raw', aggregate))?.points);
    expect((await ask(86_400, 'day', aggregate))?.points).toEqual((await ask(86_400, 'raw', aggregate))?.points);
  }
  const [average, exact] = [await ask(3600, 'hour', 'avg'), await ask(3600, 'raw', 'avg')];
  expect(average?.points).toHaveLength(30);
  expect(average?.points[0]?.values.cpuLoadPercent).toBeCloseTo(exact?.points[0]?.values.cpuLoadPercent ?? NaN, 3);
  expect(average?.points.map(({ samples }) => samples)).toEqual(Array(30).fill(4));
});

test('what is old goes by whole tables, but nothing that is not down-sampled yet', async () => {
  const { deviceMetrics, deviceId, ownerUrl } = await openWithDevice();
  const oldMs = Date.now() - 20 * DAY_MS;
  await deviceMetrics.append([visitAt(deviceId, oldMs, { cpuLoadPercent: 7 })], new Date(oldMs));
  const downsampledThrough = (ms: number) =>
    executeSql(ownerUrl, [`update metric_progress set through = date_trunc('hour', timestamptz '${isoTime(ms)}')`]);
  await downsampledThrough(oldMs);
  expect(await deviceMetrics.dropPartitions('raw', 7)).toBe(0);
  expect(await deviceMetrics.downsampleNext('hour')).toBe(true);
  await downsampledThrough(Date.now());
  expect(await deviceMetrics.dropPartitions('raw', 7)).toBe(3);
  expect(await deviceMetrics.dropPartitions('raw', 7)).toBe(0);
  const answer = await deviceMetrics.read({
    deviceId,
    kind: 'device',
    name: '',
    measures: ['cpuLoadPercent'],
    from: isoTime(oldMs - DAY_MS),
    to: isoTime(Date.now()),
    stepSeconds: 3600,
    resolution: 'hour',
    aggregate: 'avg',
  });
  expect(answer?.points.map(({ values }) => values.cpuLoadPercent)).toEqual([7]);
  await expect(deviceMetrics.dropPartitions('raw', 0)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
});

test("the processes' role makes and drops parts by the two functions only", async () => {
  const { url } = await openWithDevice();
  const statements = [
    `drop table metric_device_raw_${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`,
    'drop table metric_device_raw',
    'create table metric_device_raw_x partition of metric_device_raw default',
    'create or replace function add_metric_partitions(text, timestamptz, timestamptz) returns int language sql as $$ select 1 $$',
  ];
  for (const statement of statements) {
    await expect(executeSql(url, [statement]), statement).rejects.toThrow(/permission denied|must be owner/);
  }
  await executeSql(url, [`select add_metric_partitions('raw', now() + interval '3 days', now() + interval '3 days')`]);
  await expect(executeSql(url, [`select drop_metric_partitions('raw; drop table device', 9)`])).rejects.toThrow(
    'no such resolution',
  );
});

test('is written by several processes at once', async () => {
  const { deviceMetrics, devices } = await openWithDevice();
  const many = Array.from({ length: 10 }, (_, index) => sampleDevice({ name: `many-${index}` }));
  for (const device of many) await devices.insert(device, 'sealed');
  await Promise.all(
    [0, 1, 2, 3].map((writer) => {
      const order = writer % 2 === 0 ? many : many.toReversed();
      const visits = order.map(({ deviceId }) => visitAt(deviceId, FIRST_HOUR_MS + writer * 1000, {}));
      return deviceMetrics.append(visits, new Date(FIRST_HOUR_MS));
    }),
  );
  const ids = many.map(({ deviceId }) => deviceId);
  expect(await deviceMetrics.latest(ids, isoTime(FIRST_HOUR_MS))).toHaveLength(10);
});

async function openWithDevice() {
  const database = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await database.devices.insert(device, 'sealed');
  return { ...database, deviceId: device.deviceId };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

function visitAt(deviceId: string, ms: number, device: Partial<MetricSample['device']>): MetricVisit {
  return {
    counters: null,
    sample: {
      deviceId,
      at: isoTime(ms),
      device: {
        cpuLoadPercent: 1,
        memoryUsedPercent: 40.5,
        diskUsedPercent: 20,
        temperatureCelsius: null,
        voltage: null,
        failedSupplies: null,
        uptimeSeconds: 3600,
        wirelessClients: 0,
        dhcpLeases: 3,
        ...device,
      },
      interfaces: [],
      pools: [],
    },
  };
}

function ratesOf(rxBps: number): MetricSample['interfaces'][number]['values'] {
  return { rxBps, txBps: 1, rxPacketsPerSecond: 2, txPacketsPerSecond: 3, errorsPerSecond: 0, dropsPerSecond: 0 };
}
