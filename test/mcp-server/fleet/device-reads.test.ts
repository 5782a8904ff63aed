import { expect, it } from 'vitest';
import { createDeviceReads } from '../../../mcp-server/fleet/device-reads.ts';
import { createHealthRecorder } from '../../../mcp-server/fleet/health-recorder.ts';
import { createDeviceRateLimiter } from '../../../mcp-server/call/limit-rate.ts';
import type { HealthSample } from '../../../shared/domain/health-sample.ts';
import type { Operation } from '../../../shared/operations/define-operation.ts';
import type { ReadReply } from '../../../shared/contract/device-messages.ts';

const HEALTH = {
  status: 'degraded',
  reasons: [{ measure: 'cpu_load', level: 'degraded', value: 85, limit: 80, sensor: null }],
  cpuLoadPercent: 85,
  memoryUsedPercent: 40,
  disk: 'not kept',
  diskUsedPercent: 10,
  temperatureCelsius: null,
  uptimeSeconds: 60,
};
const AT = '2027-01-02T03:04:05.000Z';

it('keeps what devices say of their health, and nothing that is no such answer', async () => {
  const kept: HealthSample[] = [];
  const reads = readsOf({ output: HEALTH, observedAt: AT }, kept);
  await reads.read({ deviceId: 'dev_1', operation: 'get_device_health', input: {} });
  await reads.read({ deviceId: 'dev_1', operation: 'get_dns_status', input: {} });
  const { disk: _, ...readings } = HEALTH;
  expect(kept).toEqual([{ deviceId: 'dev_1', at: AT, ...readings }]);
  await readsOf({ output: { status: 'odd' }, observedAt: AT }, kept).read({
    deviceId: 'dev_1',
    operation: 'get_device_health',
    input: {},
  });
  expect(kept).toHaveLength(1);
});

it('counts calls that make a router work against that router, whoever makes them', async () => {
  const reads = readsOf({ output: {}, observedAt: AT }, []);
  const ping = (deviceId: string) => reads.read({ deviceId, operation: 'ping', input: {} });
  await Promise.all([ping('dev_1'), ping('dev_1')]);
  await expect(ping('dev_1')).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    message: 'Too many calls that make this device work: 10 a minute are allowed.',
    details: { retryAfterSeconds: 6 },
  });
  await expect(ping('dev_2')).resolves.toBeDefined();
  await expect(reads.read({ deviceId: 'dev_1', operation: 'get_dns_status', input: {} })).resolves.toBeDefined();
});

it('writes samples behind the back of the reader, one statement at a time, and goes on when one is lost', async () => {
  const written: number[] = [];
  const logged: object[] = [];
  const gate = Promise.withResolvers<void>();
  const recorder = createHealthRecorder(
    {
      append: async (samples) => {
        if (written.push(samples.length) === 1) await gate.promise;
        if (written.length === 2) throw new Error('database gone');
      },
    },
    { warn: (fields: object) => void logged.push(fields) },
  );
  for (let index = 0; index < 1_002; index++) recorder.record({ deviceId: `dev_${index}`, at: AT } as HealthSample);
  expect(written).toEqual([1]);
  gate.resolve();
  await recorder.settled();
  expect(written).toEqual([1, 500, 500, 1]);
  expect(logged).toMatchObject([{ samples: 500 }]);
});

function readsOf(reply: ReadReply, kept: HealthSample[]) {
  return createDeviceReads({
    fleet: { read: async () => ({ ...reply, door: 'nexus' }) },
    operations: [{ name: 'ping', effect: 'read', isActive: true } as Operation],
    activeRate: createDeviceRateLimiter({ perSecond: 10 / 60, burst: 2 }, () => 0),
    health: { record: (sample) => void kept.push(sample) },
  });
}
