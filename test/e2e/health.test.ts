import { afterAll, beforeAll, expect, test } from 'vitest';
import { ulid } from 'ulid';
import { CertificateStore } from '../../simulator/certificate-store.ts';
import type { SimulatedRouter } from '../../simulator/simulated-router.ts';
import { executeSql } from '../../cli/stack/postgres-admin.ts';
import { healthScheduleId } from '../../shared/contract/schedules.ts';
import { deviceWatchWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { COHORT_NUMBERS, cohortOf } from '../../shared/domain/cohort.ts';
import type { DeviceHealthStatus } from '../../shared/domain/device-health.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { open, seal } from '../../shared/platform/encryption/envelope.ts';
import { expectAllToReplay, withoutSummary } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

/** Seconds between two sweeps; watches look every second at first. */
const INTERVAL_SECONDS = 19;
const SOON = { timeoutMs: 60_000 };

let platform: TestPlatform;
let client: Awaited<ReturnType<typeof temporalClient>>;

beforeAll(async () => {
  platform = await startPlatform({ routers: 6, workers: 0 });
  client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  const env = {
    CONVOY_HEALTH_INTERVAL_SECONDS: String(INTERVAL_SECONDS),
    // Collected when a test asks for it.
    CONVOY_DEVICE_METRICS_SECONDS: '3600',
  };
  await Promise.all([platform.startWorker(env), platform.startWorker(env)]);
}, 120_000);
afterAll(async () => {
  await client?.connection.close();
  await platform?.stop();
});

const routerAt = (index: number): SimulatedRouter => platform.simulator.routers[index]!;
const idAt = (index: number): string => platform.devices[index]!.deviceId;
const statusAt = async (index: number) => platform.database.deviceStatus.get(idAt(index));
const becomes = (index: number, status: DeviceHealthStatus) =>
  waitUntil(
    `${routerAt(index).name} to be ${status}`,
    async () => {
      const found = await statusAt(index);
      return found?.status === status ? found : Promise.reject(new Error(JSON.stringify(found)));
    },
    SOON,
  );
const watchOf = (index: number) => client.workflow.getHandle(deviceWatchWorkflowId(idAt(index)));
const toldOf = async (index: number): Promise<unknown[]> => {
  const [rows] = await executeSql(platform.postgresUrl, [
    `select type, details from fleet_event where device_id = '${idAt(index)}' order by at`,
  ]);
  return rows as unknown[];
};

test('every device is checked by the schedules of its cohort, and never twice at once', async () => {
  for (const router of platform.simulator.routers) {
    await router.setFaults([{ kind: 'latency', latencyMs: 400, match: { path: '/system/resource' } }]);
  }
  for (const index of platform.devices.keys()) await becomes(index, 'healthy');
  const sweep = async (cohort: number): Promise<void> =>
    client.schedule.getHandle(healthScheduleId(cohort)).trigger('ALLOW_ALL');
  const requests = () => platform.simulator.routers.map(({ router }) => router.journal.counters.requests);
  const before = requests();
  const cohorts = [...new Set(platform.devices.map(({ deviceId }) => cohortOf(deviceId)))];
  await Promise.all([...cohorts, ...cohorts, ...cohorts].map(sweep));
  await waitUntil('all devices to be asked again', () => requests().every((count, index) => count > before[index]!));
  for (const { router } of platform.simulator.routers) {
    expect(router.journal.counters).toMatchObject({ maxInFlight: 1, writes: 0 });
  }
  for (const router of platform.simulator.routers) await router.setFaults([]);
  expect(await toldOf(0)).toEqual([]);
}, 90_000);

test('a router that is switched off is unreachable until it is back, and a watch of its own follows it', async () => {
  await routerAt(0).switchOff();
  const gone = await becomes(0, 'unreachable');
  expect(gone).toMatchObject({ reasons: [expect.stringContaining('device')], isFlapping: false });
  expect(Date.parse(gone.lastSeenAt ?? '')).toBeLessThan(Date.parse(gone.since));
  expect(await watchOf(0).describe()).toMatchObject({ status: { name: 'RUNNING' } });
  const [held] = await executeSql(platform.postgresUrl, [
    `select watched_until > now() as is_watched from device_status where device_id = '${idAt(0)}'`,
  ]);
  expect(held).toEqual([{ is_watched: true }]);
  await routerAt(0).switchOn();
  const back = await becomes(0, 'healthy');
  expect(back.lastSeenAt).not.toBe(gone.lastSeenAt);
  await watchOf(0).result();
  const changed = (from: string, to: string, reasons: string[]) => ({
    type: 'device.status_changed',
    details: { from, to, reasons },
  });
  expect(await toldOf(0)).toEqual([
    changed('healthy', 'unreachable', gone.reasons),
    changed('unreachable', 'healthy', []),
  ]);
  const changes = await platform.database.deviceStatus.changes({ deviceId: idAt(0), limit: 10 });
  expect(changes.map(({ before, after }) => [before, after])).toEqual([
    ['unreachable', 'healthy'],
    ['healthy', 'unreachable'],
    ['unknown', 'healthy'],
  ]);
}, 180_000);

test('a loaded router, one with another certificate and one that refuses the login each say why', async () => {
  const [resource] = routerAt(1).router.rows('/system/resource');
  const detail = JSON.stringify({ ...resource, 'cpu-load': '97' });
  await routerAt(1).setFaults([{ kind: 'wrong_body', match: { path: '/system/resource' }, detail }]);
  const { name, host } = routerAt(2);
  const trusted = routerAt(2).fingerprint;
  routerAt(2).changeCertificate(await new CertificateStore(undefined).renew(name, host));
  const shown = routerAt(2).fingerprint;
  await routerAt(3).setFaults([{ kind: 'auth' }]);

  expect(await becomes(1, 'critical')).toMatchObject({ reasons: ['The CPU load is 97 %; critical from 95 % on.'] });
  expect(await becomes(2, 'critical')).toMatchObject({ reasons: [expect.stringContaining(shown!)] });
  expect(await becomes(3, 'critical')).toMatchObject({ reasons: [expect.stringMatching(/login|user|credential/i)] });
  const told = await toldOf(2);
  expect(told[0]).toEqual({ type: 'device.certificate_changed', details: { before: trusted, after: shown } });
  expect(told).toHaveLength(2);
  await routerAt(1).setFaults([]);
  await routerAt(3).setFaults([]);
  await becomes(1, 'healthy');
  await becomes(3, 'healthy');
  expect(await statusAt(2)).toMatchObject({ status: 'critical' });
}, 180_000);

test('a router that was hot or had a supply fail when its metrics were last collected is degraded until they say otherwise', async () => {
  const collect = async (): Promise<void> =>
    client.schedule.getHandle(`device-metrics/${cohortOf(idAt(4))}`).trigger('BUFFER_ONE');
  const detail = JSON.stringify([
    { '.id': '*1', name: 'cpu-temperature', type: 'C', value: '74' },
    { '.id': '*2', name: 'psu1-state', type: '', value: 'ok' },
    { '.id': '*3', name: 'psu2-state', type: '', value: 'fail' },
  ]);
  await routerAt(4).setFaults([{ kind: 'wrong_body', match: { path: '/system/health' }, detail }]);
  await collect();
  const reasons = [
    'The temperature is 74 °C; degraded from 70 °C on.',
    'Power supplies that do not work: 1; degraded from 1 on.',
  ];
  expect(await becomes(4, 'degraded')).toMatchObject({ reasons });
  await routerAt(4).setFaults([]);
  await collect();
  await becomes(4, 'healthy');
}, 180_000);

test('a device that is being changed is left alone, and checked again afterwards', async () => {
  const { deviceId, name: deviceName } = platform.devices[4]!;
  await routerAt(4).setFaults([{ kind: 'latency', latencyMs: 3_000, match: { method: 'POST' } }]);
  const cause = { by: 'operation', operation: 'update_dns_servers', input: { dnsServers: ['9.9.9.9'] } } as const;
  const changed = platform.fleet.change({
    deviceId,
    deviceName,
    cause: { ...cause, requestedBy: 'olga', correlationId: deviceName },
  });
  const isListed = async () => (await client.workflow.count(RUNNING_CHANGES)).count > 0;
  await waitUntil('the change to be listed', isListed);
  const before = routerAt(4).router.journal.counters.requests;
  const checkedAt = (await statusAt(4))?.checkedAt;
  await client.schedule.getHandle(healthScheduleId(cohortOf(deviceId))).trigger('ALLOW_ALL');
  expect(await changed).toMatchObject({ outcome: 'applied' });
  expect(routerAt(4).router.journal.counters.requests).toBeGreaterThan(before);
  await waitUntil(
    'the device to be checked after the change',
    async () => {
      const now = (await statusAt(4))?.checkedAt;
      return now !== checkedAt;
    },
    SOON,
  );
  expect(await statusAt(4)).toMatchObject({ status: 'healthy' });
}, 120_000);

const RUNNING_CHANGES = `WorkflowType = 'deviceChangeWorkflow' AND ExecutionStatus = 'Running'`;

test('devices come and go, and a worker dies, without anybody starting anything anew', async () => {
  const { database, devices } = platform;
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const gone = devices[5]!;
  const login = open(keyring, (await database.credentials.get(gone.deviceId)) ?? '', gone.deviceId);
  await database.devices.decommission(gone.deviceId);
  const deviceId = `dev_${ulid()}`;
  await database.devices.insert({ ...gone, deviceId, name: 'moved-06' }, seal(keyring, login, deviceId));
  await platform.workers[0]?.kill('SIGKILL');
  const isKnown = async () => (await database.deviceStatus.get(deviceId))?.status === 'healthy';
  await waitUntil('the new device to be checked', isKnown, SOON);
  const last = (await statusAt(5))?.checkedAt;
  for (const cohort of COHORT_NUMBERS) await client.schedule.getHandle(healthScheduleId(cohort)).trigger('BUFFER_ONE');
  const checkedAt = (await database.deviceStatus.get(deviceId))?.checkedAt;
  const isAgain = async () => (await database.deviceStatus.get(deviceId))?.checkedAt !== checkedAt;
  await waitUntil('another sweep', isAgain, SOON);
  expect((await statusAt(5))?.checkedAt).toBe(last);
}, 120_000);

test('every workflow says what it does, and replays', async () => {
  expect(await withoutSummary(platform)).toEqual([]);
  const types = await expectAllToReplay(platform);
  expect(types).toContain('healthSweepWorkflow');
  expect(types).toContain('deviceWatchWorkflow');
}, 120_000);
