import { expect, it } from 'vitest';
import { observeHealth, type HealthTrack } from '../../../shared/domain/device-health.ts';
import { HEALTH_RULES } from '../../../shared/domain/health-limits.ts';
import type { HealthSample } from '../../../shared/domain/health-sample.ts';
import { callApi } from '../support/api-calls.ts';
import { addDevice } from '../support/devices.ts';
import { callTool } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const HEALTH = {
  status: 'critical' as const,
  reasons: [{ measure: 'cpu_load', level: 'critical' as const, value: 97, limit: 95, sensor: null }],
  cpuLoadPercent: 97,
  memoryUsedPercent: 40,
  memoryFreeBytes: 1,
  memoryTotalBytes: 2,
  diskUsedPercent: 10,
  diskFreeBytes: 1,
  diskTotalBytes: 2,
  badBlocksPercent: null,
  temperatureCelsius: null,
  voltage: null,
  failedPowerSupplies: 0,
  uptimeSeconds: 60,
};

it('answers the health of a device over time from what was asked before', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  const viewer = await front.tokenOf('viewer');
  let minute = 0;
  front.fleet.answers.read = async () => ({ output: HEALTH, observedAt: timeAt(minute++), door: 'nexus' });
  expect((await callTool(front, viewer, 'get_resource_history', { deviceId })).content[0]?.text).toMatch(
    /^No samples of lab-01/,
  );
  for (let call = 0; call < 3; call++) await callTool(front, viewer, 'get_device_health', { deviceId: 'lab-01' });
  await callTool(front, viewer, 'read_fleet', { operation: 'get_device_health' });
  // Kept behind the back of whoever asked.
  await expect.poll(async () => (await front.database.health.aggregate({ deviceId })).samples).toBe(4);

  const path = `/devices/lab-01/health-history?limit=2&from=${timeAt(1)}`;
  const page = await callApi(front, viewer, 'GET', path);
  expect(page.body).toMatchObject({
    deviceName: 'lab-01',
    samples: [
      { at: timeAt(3), cpuLoadPercent: 97 },
      { at: timeAt(2), reasons: HEALTH.reasons },
    ],
    total: 3,
    aggregate: { cpuLoadPercent: { min: 97, avg: 97, max: 97 }, temperatureCelsius: null },
  });
  const next = await callApi(front, viewer, 'GET', `${path}&cursor=${String(page.body['nextCursor'])}`);
  expect(next.body).toMatchObject({ samples: [{ at: timeAt(1) }], total: 3 });
  expect(next.body).not.toHaveProperty('nextCursor');
  const wrong = await callApi(front, viewer, 'GET', `${path}&to=${timeAt(0)}`);
  expect([wrong.status, wrong.body['code']]).toEqual([422, 'VALIDATION_ERROR']);
});

it('sums the fleet up as far as the scope of the caller goes, without asking a router', async () => {
  const front = await startFrontEnd();
  const retryAt = new Date(Date.now() + 60_000).toISOString();
  const cooling = { failures: 5, openings: 1, openedAt: retryAt, retryAt, lastFailure: 'timeout' };
  const north = await addDevice(front.database, 'north-01', { tags: ['north'], status: 'unreachable' });
  await front.database.lanes.saveBreaker(
    north.deviceId,
    await front.database.lanes.takeEpoch(north.deviceId, 'a worker'),
    cooling,
  );
  const south = await addDevice(front.database, 'south-01', {
    environment: 'prod',
    version: '7.21 (stable)\u202E',
    model: null,
  });
  await addDevice(front.database, 'south-02', { status: 'decommissioned', version: '6.49' });
  await front.database.health.append([sampleOf(south.deviceId, 1), sampleOf(north.deviceId, 0, 'healthy')]);

  const all = await summaryOf(front, await front.tokenOf('viewer'));
  expect(all).toMatchObject({
    total: 2,
    byStatus: { healthy: 1, unreachable: 1, decommissioned: 1 },
    byEnvironment: [
      { environment: 'lab', devices: 1 },
      { environment: 'prod', devices: 1 },
    ],
    byModel: [
      { model: 'RB5009', devices: 1 },
      { model: null, devices: 1 },
    ],
    breakers: { open: 1, halfOpen: 0 },
    plans: { byStatus: {}, awaitingApproval: [] },
    health: {
      byStatus: { healthy: 1, critical: 1 },
      neverAsked: 0,
      oldestAt: timeAt(0),
      newestAt: timeAt(1),
      unhealthy: [{ name: 'south-01', status: 'critical', reasons: HEALTH.reasons, at: timeAt(1) }],
    },
  });
  expect(all['byVersion']).toContainEqual({ version: '7.21 (stable)\\u{202e}', devices: 1 });

  const scoped = await summaryOf(front, await front.tokenOf('norbert', { groups: ['branch-north'], email: null }));
  expect(scoped).toMatchObject({ total: 1, byStatus: { unreachable: 1 }, health: { unhealthy: [] } });
  expect(front.fleet.reads).toEqual([]);
});

async function summaryOf(front: TestFrontEnd, token: string): Promise<Record<string, unknown>> {
  const answer = await callApi(front, token, 'GET', '/fleet/summary');
  expect(answer.status).toBe(200);
  return answer.body;
}

function timeAt(minute: number): string {
  return new Date(Date.parse('2027-01-01T00:00:00.000Z') + minute * 60_000).toISOString();
}

function sampleOf(deviceId: string, minute: number, status: 'healthy' | 'critical' = 'critical'): HealthSample {
  const { cpuLoadPercent, memoryUsedPercent, diskUsedPercent, temperatureCelsius, uptimeSeconds } = HEALTH;
  return {
    deviceId,
    at: timeAt(minute),
    status,
    reasons: status === 'healthy' ? [] : HEALTH.reasons,
    cpuLoadPercent,
    memoryUsedPercent,
    diskUsedPercent,
    temperatureCelsius,
    uptimeSeconds,
  };
}

it('says how devices are by their checks, when that changed, and of those that were never checked that nobody knows', async () => {
  const front = await startFrontEnd();
  const { deviceId } = await addDevice(front.database, 'lab-01');
  await addDevice(front.database, 'lab-02');
  const viewer = await front.tokenOf('viewer');
  const { deviceStatus } = front.database;
  let track: HealthTrack | null = null;
  for (const [index, cpuLoadPercent] of [10, 99, 99].entries()) {
    const by = `check-${index}`;
    const atMs = Date.now() - 10_000 + index * 1_000;
    const readings = { cpuLoadPercent, memoryUsedPercent: 1, diskUsedPercent: 1, badBlocksPercent: null };
    const step = observeHealth(track, { is: 'answered', readings }, HEALTH_RULES, atMs);
    track = step.track;
    await deviceStatus.take({ deviceIds: [deviceId], by, leaseSeconds: 60, who: 'sweep' });
    const checked = { ...step, deviceId, at: new Date(atMs).toISOString(), wasSeen: true, events: [] };
    await deviceStatus.record({ by, checked: [checked], validSeconds: 600 });
  }
  const why = 'The CPU load is 99 %; critical from 95 % on.';
  const { structuredContent, content } = await callTool(front, viewer, 'get_device_status', {
    deviceId: 'lab-01',
    limit: 1,
  });
  expect(structuredContent).toMatchObject({
    status: 'critical',
    reasons: [why],
    isFlapping: false,
    changes: [{ before: 'healthy', after: 'critical', reasons: [why] }],
    nextCursor: expect.any(String),
  });
  expect(content[0]?.text).toContain(why);
  const next = await callApi(
    front,
    viewer,
    'GET',
    `/devices/lab-01/status?limit=1&cursor=${String(structuredContent?.['nextCursor'])}`,
  );
  expect(next.body).toMatchObject({ changes: [{ before: 'unknown', after: 'healthy' }] });
  const list = await callApi(front, viewer, 'GET', '/devices');
  expect(list.body).toMatchObject({
    devices: [
      { name: 'lab-01', health: { status: 'critical', lastSeenAt: expect.any(String) } },
      { name: 'lab-02', health: { status: 'unknown', lastSeenAt: null } },
    ],
  });
  const summary = await callTool(front, viewer, 'get_fleet_summary', {});
  expect(summary.structuredContent).toMatchObject({ byHealth: { critical: 1, unknown: 1 }, flapping: 0 });
});
