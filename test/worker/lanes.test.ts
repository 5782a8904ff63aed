import pg from 'pg';
import { ulid } from 'ulid';
import { describe, expect, it, onTestFinished } from 'vitest';
import { seal } from '../../shared/platform/encryption/envelope.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import { testStack } from '../support/test-stack.ts';
import { startPlatform, type PlatformOptions, type TestPlatform } from '../support/platform.ts';
import { waitUntil } from '../support/wait-until.ts';

async function open(options: PlatformOptions): Promise<TestPlatform> {
  const platform = await startPlatform(options);
  onTestFinished(() => platform.stop());
  return platform;
}

function readDns(fleet: FleetClient, deviceId: string) {
  return fleet.read({ deviceId, operation: 'get_dns_status', input: {} });
}

function counters(platform: TestPlatform, index = 0) {
  const router = platform.simulator.routers[index];
  if (!router) throw new Error(`there is no simulated router ${index}`);
  return router.router.journal.counters;
}

describe('lanes', () => {
  it('answer a device nobody served before, through the fast door', async () => {
    const platform = await open({ routers: 1 });
    const [device] = platform.devices;
    const reply = await readDns(platform.fleet, device!.deviceId);
    expect(reply.door).toBe('nexus');
    expect(reply.output).toMatchObject({ servers: expect.any(Array) });
  });

  it('answer through a standalone activity when the fast door is shut', async () => {
    const platform = await open({ routers: 1, fastDoor: false });
    const [device] = platform.devices;
    const reply = await readDns(platform.fleet, device!.deviceId);
    expect(reply.door).toBe('activity');
    expect(reply.output).toMatchObject({ servers: expect.any(Array) });
  });

  it('carry a refusal of the router through the fast door with its code', async () => {
    const platform = await open({ routers: 1 });
    const [device] = platform.devices;
    await platform.simulator.routers[0]!.setFaults([{ kind: 'auth' }]);
    await expect(readDns(platform.fleet, device!.deviceId)).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  });

  it('never ask a router more than its slots and its rate allow, with two workers competing', async () => {
    const lane = { maxInFlight: 2, requestsPerSecond: 10 };
    const platform = await open({ routers: 1, workers: 2, lane });
    const [device] = platform.devices;
    platform.simulator.routers[0]!.latencyMs = 20;
    const startedAtMs = Date.now();
    const READS = 40;
    // Different questions: identical ones in flight would be answered together.
    const reads = Array.from({ length: READS }, (_, index) =>
      platform.fleet.read({
        deviceId: device!.deviceId,
        operation: 'get_recent_logs',
        input: { limit: index + 1 },
      }),
    );
    await Promise.all(reads);
    const seconds = (Date.now() - startedAtMs) / 1000;
    const { requests, maxInFlight } = counters(platform);
    expect(maxInFlight).toBeLessThanOrEqual(lane.maxInFlight);
    expect(requests).toBeGreaterThanOrEqual(READS);
    // One second's worth may go at once; after that the rate holds.
    expect(requests).toBeLessThanOrEqual(lane.requestsPerSecond * (seconds + 1) + 1);
  });

  it('close when idle, and open again for the next read', async () => {
    const platform = await open({ routers: 1, laneIdleSeconds: 1 });
    const [device] = platform.devices;
    await readDns(platform.fleet, device!.deviceId);
    await waitUntil('the lane to close', () => platform.workers[0]!.log.some((line) => line['msg'] === 'lane closed'));
    expect((await readDns(platform.fleet, device!.deviceId)).output).toMatchObject({ servers: expect.any(Array) });
  });

  it('are opened anew with the login that replaced theirs', async () => {
    const platform = await open({ routers: 1 });
    const { deviceId } = platform.devices[0]!;
    await readDns(platform.fleet, deviceId);
    const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
    const sealed = seal(keyring, JSON.stringify({ username: 'nobody', password: 'unknown here' }), deviceId);
    await platform.database.devices.replaceCredential(deviceId, { sealed, facts: {} });
    await waitUntil('the lane to close', () => platform.workers[0]!.log.some((line) => line['msg'] === 'lane closed'));
    await expect(readDns(platform.fleet, deviceId)).rejects.toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  });

  it('go to another worker when their owner is told to stop, losing no read', async () => {
    const platform = await open({ routers: 1, workers: 1 });
    const [device] = platform.devices;
    const first = platform.workers[0]!;
    await readDns(platform.fleet, device!.deviceId);
    await platform.startWorker();
    const stopping = first.kill('SIGTERM');
    const during = await Promise.all(Array.from({ length: 5 }, () => readDns(platform.fleet, device!.deviceId)));
    await stopping;
    expect(during).toHaveLength(5);
    expect(first.log.at(-1)).toMatchObject({ msg: 'worker stopped' });
    await expect(readDns(platform.fleet, device!.deviceId)).resolves.toMatchObject({ output: expect.any(Object) });
  });

  it('go to another worker when their owner is killed, and fence the old owner off', async () => {
    const platform = await open({ routers: 1, workers: 1 });
    const { deviceId } = platform.devices[0]!;
    await readDns(platform.fleet, deviceId);
    const epoch = await currentEpoch(platform, deviceId);
    await platform.startWorker();
    await platform.workers[0]!.kill('SIGKILL');
    await readDns(platform.fleet, deviceId);
    expect(await platform.database.lanes.isCurrent(deviceId, epoch)).toBe(false);
  });

  it.each([
    ['was taken late by an owner before', 'epoch + 1'],
    ['was lost with the last moments of the database', 'epoch - 1'],
  ])(
    'write again when their epoch %s, with a lease that nobody else has',
    async (_, other) => {
      const platform = await open({ routers: 1 });
      const { deviceId, name: deviceName } = platform.devices[0]!;
      const cause = { by: 'operation', operation: 'set_interface_comment', requestedBy: 'olga' } as const;
      const comment = (text: string) =>
        platform.fleet.change({
          deviceId,
          deviceName,
          cause: { ...cause, input: { interface: 'ether4', text }, correlationId: ulid() },
        });
      expect(await comment('before')).toMatchObject({ outcome: 'applied' });
      const postgres = new pg.Client({ connectionString: platform.postgresUrl });
      await postgres.connect();
      expect(await postgres.query(`update device_lane set epoch = ${other}`)).toMatchObject({ rowCount: 1 });
      await postgres.end();
      expect(await comment('after')).toMatchObject({ outcome: 'applied', error: null });
      expect(platform.workers[0]!.log).toContainEqual(expect.objectContaining({ msg: 'lane fenced off', deviceId }));
    },
    90_000,
  );

  it('leave a failing router alone, also the next owner, and everyone sees it; then it answers again', async () => {
    const env = { CONVOY_BREAKER_FAILURES: '3', CONVOY_BREAKER_COOL_DOWN_SECONDS: '30' };
    const platform = await open({ routers: 1, workers: 0 });
    const first = await platform.startWorker(env);
    const { deviceId } = platform.devices[0]!;
    const router = platform.simulator.routers[0]!;
    await readDns(platform.fleet, deviceId);
    await router.setFaults([{ kind: 'error', status: 503, detail: 'busy' }]);
    await expect(readDns(platform.fleet, deviceId)).rejects.toMatchObject({ code: 'DEVICE_ERROR' });
    await expect(readDns(platform.fleet, deviceId)).rejects.toMatchObject({ code: 'DEVICE_COOLING_DOWN' });
    expect(await platform.database.devices.get(deviceId)).toMatchObject({
      status: 'unreachable',
      breaker: { state: 'open', failures: 3, lastFailure: '503' },
    });

    await platform.startWorker(env);
    await first.kill('SIGTERM');
    const { requests } = counters(platform);
    await expect(readDns(platform.fleet, deviceId)).rejects.toMatchObject({
      code: 'DEVICE_COOLING_DOWN',
      details: { failures: 3 },
    });
    expect(counters(platform).requests).toBe(requests);

    await router.setFaults([]);
    await waitUntil(
      'the router to be asked again',
      async () => {
        const answer = await readDns(platform.fleet, deviceId).catch((error: { code?: string }) => error);
        return 'output' in answer;
      },
      { timeoutMs: 90_000 },
    );
    await waitUntil('everyone to see it', async () => {
      const device = await platform.database.devices.get(deviceId);
      return device?.breaker.state === 'closed' && device.status === 'healthy';
    });
  }, 180_000);
});

async function currentEpoch(platform: TestPlatform, deviceId: string): Promise<number> {
  for (let epoch = 1; epoch < 100; epoch++) if (await platform.database.lanes.isCurrent(deviceId, epoch)) return epoch;
  throw new Error('the device has no lane');
}
