import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SimulatedRouter } from '../../simulator/simulated-router.ts';
import { executeSql } from '../../cli/stack/postgres-admin.ts';
import { cohortOf } from '../../shared/domain/cohort.ts';
import type { MetricKind } from '../../shared/domain/device-metrics/measures.ts';
import { expectAllToReplay, withoutSummary } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

const INTERVAL_SECONDS = 3_600;
const HOUR_MS = 3_600_000;
const SOON = { timeoutMs: 60_000 };

let platform: TestPlatform;
let client: Awaited<ReturnType<typeof temporalClient>>;

beforeAll(async () => {
  platform = await startPlatform({ routers: 2, workers: 0 });
  client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  await platform.startWorker({ CONVOY_DEVICE_METRICS_SECONDS: String(INTERVAL_SECONDS) });
}, 120_000);
afterAll(async () => {
  await client?.connection.close();
  await platform?.stop();
});

const routerAt = (index: number): SimulatedRouter => platform.simulator.routers[index]!;
const idAt = (index: number): string => platform.devices[index]!.deviceId;

let askedAt = '';

/** Has the schedule of the device's cohort run, and waits for its end. Devices may share a cohort. */
async function collect(index: number): Promise<void> {
  askedAt = new Date().toISOString();
  await runSchedule(`device-metrics/${cohortOf(idAt(index))}`);
}

async function runSchedule(scheduleId: string): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId);
  const runs = async () => (await handle.describe()).info.recentActions.length;
  const before = await runs();
  await handle.trigger('BUFFER_ONE');
  await waitUntil(`a run of ${scheduleId}`, async () => (await runs()) > before, SOON);
  const [last] = (await handle.describe()).info.recentActions.slice(-1);
  const { workflow } = last?.action ?? {};
  await client.workflow.getHandle(workflow?.workflowId ?? '', workflow?.firstExecutionRunId).result();
}

/** What the last collection found of it. */
async function newest(index: number, kind: MetricKind) {
  const found = await platform.database.deviceMetrics.latest([idAt(index)], askedAt);
  return found.filter((one) => one.kind === kind);
}

function countersAt(index: number): Map<string, number> {
  const rows = routerAt(index).router.rows('/interface') as { name: string; 'rx-byte': string }[];
  return new Map(rows.map((row) => [row.name, Number(row['rx-byte'])]));
}

test('what routers measure is collected by schedule, and counters are rates from the second time on', async () => {
  await collect(0);
  const [own] = await newest(0, 'device');
  expect(own?.values).toMatchObject({ cpuLoadPercent: expect.any(Number), memoryUsedPercent: expect.any(Number) });
  expect(await newest(0, 'interface')).toEqual([]);

  const [before, at] = [countersAt(0), routerAt(0).router.clock.uptimeMs()];
  await advance(0, 600);
  await collect(0);
  const seconds = (routerAt(0).router.clock.uptimeMs() - at) / 1000;
  const after = countersAt(0);
  const rates = await newest(0, 'interface');
  expect(rates.length).toBeGreaterThan(0);
  for (const { name, values } of rates) {
    const expected = ((after.get(name)! - before.get(name)!) * 8) / seconds;
    expect(Math.abs((values.rxBps ?? NaN) - expected), name).toBeLessThanOrEqual(expected * 0.1 + 1);
  }
}, 120_000);

test('a router that is away costs nothing but its own values, and one that restarted has no rates', async () => {
  await routerAt(1).switchOff();
  await collect(1);
  expect(await newest(1, 'device')).toEqual([]);
  await routerAt(1).switchOn();
  await advance(1, 600);
  await collect(1);
  await routerAt(1).switchOff();
  await routerAt(1).switchOn();
  await collect(1);
  expect(await newest(1, 'device')).toHaveLength(1);
  expect(await newest(1, 'interface')).toEqual([]);
  for (const router of platform.simulator.routers) expect(router.router.journal.counters).toMatchObject({ writes: 0 });
}, 120_000);

test('hours are made of what was collected, by the role of the processes', async () => {
  const { deviceMetrics } = platform.database;
  // So old that it is over, and its late values are waited for no longer.
  const hour = new Date((Math.floor(Date.now() / HOUR_MS) - 2) * HOUR_MS).toISOString();
  const values = { cpuLoadPercent: 42, memoryUsedPercent: 1, diskUsedPercent: 1, temperatureCelsius: null };
  const device = {
    ...values,
    voltage: null,
    failedSupplies: null,
    uptimeSeconds: 60,
    wirelessClients: null,
    dhcpLeases: null,
  };
  const sample = { deviceId: idAt(0), at: hour, device, interfaces: [], pools: [] };
  await deviceMetrics.append([{ sample, counters: null }]);
  await executeSql(platform.postgresUrl, [`update metric_progress set through = '${hour}'`]);
  await runSchedule('device-metric-care');
  const [rows] = await executeSql(platform.postgresUrl, [
    'select samples, cpu_load_percent_avg from metric_device_hour',
  ]);
  expect(rows).toEqual([{ samples: 1, cpu_load_percent_avg: 42 }]);
}, 60_000);

test('every workflow says what it does, and replays', async () => {
  expect(await withoutSummary(platform)).toEqual([]);
  const types = await expectAllToReplay(platform);
  expect(types).toContain('deviceMetricsWorkflow');
  expect(types).toContain('metricCareWorkflow');
}, 120_000);

async function advance(index: number, seconds: number): Promise<void> {
  const { controlUrl } = platform.simulator;
  const reply = await fetch(`${controlUrl}/devices/${routerAt(index).name}/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ advanceSeconds: seconds }),
  });
  expect(reply.ok).toBe(true);
}
