import { expect, onTestFinished, test } from 'vitest';
import { findFreePorts } from '../../cli/stack/ports.ts';
import type { RetentionRun } from '../../shared/contract/retention-messages.ts';
import { RETENTION_SCHEDULE_ID } from '../../shared/contract/schedules.ts';
import { WORKFLOW_QUEUE } from '../../shared/contract/task-queues.ts';
import { RETENTION_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform } from '../support/platform.ts';
import { serversOf, writesOf } from '../support/plans.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

const MINUTE = 60_000;
/** As docs/guide/operating.md has it; containers are given 30 s. */
const DRAIN_SECONDS = 25;

test(
  'a worker that is told to end says so first, ends the call that runs, and hands its lane over within its time',
  { timeout: 5 * MINUTE },
  async () => {
    const platform = await startPlatform({ routers: 1, workers: 0 });
    onTestFinished(() => platform.stop());
    const [port = 0] = await findFreePorts(1);
    const first = await platform.startWorker({ CONVOY_METRICS_PORT: String(port), CONVOY_RETENTION_HOUR: '4' });
    const readyz = async (): Promise<{ status: number; body: { status: string; dependencies: object } }> => {
      const response = await fetch(`http://127.0.0.1:${port}/readyz`);
      return { status: response.status, body: (await response.json()) as { status: string; dependencies: object } };
    };
    const ready = await readyz();
    expect(ready).toMatchObject({ status: 200, body: { status: 'ready' } });
    const parts = ['database', 'temporal', 'pollers', 'lanes', 'keyring', 'clock'];
    expect(Object.keys(ready.body.dependencies)).toEqual(parts);

    const deviceId = platform.devices[0]!.deviceId;
    const router = platform.simulator.routers[0]!;
    await platform.fleet.read({ deviceId, operation: 'get_dns_status', input: {} });
    const second = await platform.startWorker({ CONVOY_RETENTION_HOUR: '4' });
    router.latencyMs = 4_000;
    const asked = router.router.journal.counters.requests;
    const running = platform.fleet.read({ deviceId, operation: 'get_system_clock', input: {} });
    await waitUntil('the router to be asked', () => router.router.journal.counters.requests > asked);

    const toldAtMs = Date.now();
    const gone = first.kill('SIGTERM');
    const draining = await waitUntil('/readyz to say so', async () => {
      const answer = await readyz();
      return answer.body.status === 'draining' && answer;
    });
    expect(draining.status).toBe(503);
    expect((await running).output).toMatchObject({ localTime: expect.anything() });
    await gone;
    expect((Date.now() - toldAtMs) / 1000).toBeLessThan(DRAIN_SECONDS + 2);
    expect(first.log.at(-1)).toMatchObject({ msg: 'worker stopped' });

    router.latencyMs = 0;
    await platform.fleet.read({ deviceId, operation: 'get_dns_status', input: {} });
    expect(second.log.some((line) => line['msg'] === 'lane opened')).toBe(true);

    const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
    onTestFinished(() => client.connection.close());
    const { action } = await client.schedule.getHandle(RETENTION_SCHEDULE_ID).describe();
    expect(action).toMatchObject({ workflowType: RETENTION_WORKFLOW });
    const keepDays = { plans: 400, stops: null, rotations: 90, webhookEvents: 90, calls: 1, sessions: 2, quotas: 2 };
    await client.workflow.execute(RETENTION_WORKFLOW, {
      workflowId: RETENTION_SCHEDULE_ID,
      taskQueue: WORKFLOW_QUEUE,
      args: [{ keepDays } satisfies RetentionRun],
    });
    expect(await expectAllToReplay(platform)).toContain(RETENTION_WORKFLOW);
  },
);

test(
  'a write that the end of its worker cuts is settled by reading, by whoever has the lane then, and made once',
  { timeout: 5 * MINUTE },
  async () => {
    const platform = await startPlatform({ routers: 1, workers: 0 });
    onTestFinished(() => platform.stop());
    const first = await platform.startWorker({ CONVOY_DRAIN_SECONDS: '10' });
    const { deviceId, name: deviceName } = platform.devices[0]!;
    // Applied at once, and answered when nobody is there any more.
    const slow = { kind: 'slow_body', latencyMs: 300_000, count: 1 } as const;
    await platform.simulator.routers[0]!.setFaults([{ ...slow, match: { method: 'POST', path: '/ip/dns/set' } }]);
    const cause = { by: 'operation', operation: 'update_dns_servers', input: { dnsServers: ['9.9.9.9'] } } as const;
    const changed = platform.fleet.change({
      deviceId,
      deviceName,
      cause: { ...cause, requestedBy: 'olga', correlationId: 'cut' },
    });
    await waitUntil('the write', () => writesOf(platform, deviceName)['/ip/dns'] === 1, SOON);
    await platform.startWorker();
    await first.kill('SIGTERM');
    expect(await changed).toMatchObject({ outcome: 'applied' });
    expect(writesOf(platform, deviceName)).toEqual({ '/ip/dns': 1 });
    expect(serversOf(platform, deviceName).dns).toBe('9.9.9.9');
    await expectAllToReplay(platform);
  },
);

const SOON = { timeoutMs: MINUTE };
