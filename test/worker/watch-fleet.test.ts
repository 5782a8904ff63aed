import type { Context } from '@temporalio/activity';
import { ScheduleNotFoundError, type Client } from '@temporalio/client';
import { expect, it, onTestFinished } from 'vitest';
import { observeCall } from '../../mcp-server/call/observe-call.ts';
import { createMetrics, type Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { ScheduleRow } from '../../shared/contract/schedules.ts';
import { observedActivities } from '../../worker/observed-activities.ts';
import { createLastSuccess, watchFleet } from '../../worker/watch-fleet.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');

function row(scheduleId: string, when: ScheduleRow['when']): ScheduleRow {
  const rest = { workflowType: 'w', args: [], jitterSeconds: 0, catchupSeconds: 1, timeoutSeconds: 1, note: '' };
  return { scheduleId, when, ...rest };
}

async function watched(metrics: Metrics, successes: Record<string, number>): Promise<void> {
  const watch = watchFleet({
    counts: {
      count: async () => ({
        plans: new Map([['paused', 2]] as const),
        devices: new Map([['unreachable', 7]] as const),
        breakersOpen: 3,
        audit: { unanchored: 12, anchoredAtSeconds: NOW_MS / 1000 },
      }),
    },
    lastSuccess: async (scheduleId) => successes[scheduleId] ?? null,
    schedules: [
      row('care', { everySeconds: 600 }),
      row('sweep/0', { everySeconds: 60 }),
      row('sweep/1', { everySeconds: 60 }),
      row('off', null),
    ],
    metrics,
    log: { warn: () => undefined },
  });
  onTestFinished(() => watch.close());
  await watch.look();
}

async function seriesOf({ registry }: Metrics): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('convoy_'));
}

it('shows how many there are of what, and how old the last success of each schedule is', async () => {
  const metrics = createMetrics();
  await watched(metrics, { 'sweep/0': NOW_MS, 'sweep/1': NOW_MS - 90_000 });
  expect(await seriesOf(metrics)).toEqual(
    expect.arrayContaining([
      'convoy_plans_open{status="paused"} 2',
      'convoy_devices{status="unreachable"} 7',
      'convoy_breakers_open 3',
      'convoy_audit_unanchored_records 12',
      `convoy_schedule_success_timestamp_seconds{schedule="sweep"} ${(NOW_MS - 90_000) / 1000}`,
      'convoy_schedule_every_seconds{schedule="care"} 600',
    ]),
  );
  expect((await seriesOf(metrics)).join('\n')).not.toMatch(/success[^\n]*care|schedule="off"/);
});

it('is behind as long as one cohort is not there', async () => {
  const metrics = createMetrics();
  await watched(metrics, { 'sweep/0': NOW_MS });
  expect(await seriesOf(metrics)).toContain('convoy_schedule_success_timestamp_seconds{schedule="sweep"} 0');
});

it('takes when a schedule was made for its last success while none of its runs has succeeded', async () => {
  const described: Record<string, unknown> = { 'drift/3': { info: { createdAt: new Date(NOW_MS) } } };
  const client = {
    workflow: { list: async function* () {} },
    schedule: {
      getHandle: (id: string) => ({
        describe: async () => described[id] ?? Promise.reject(new ScheduleNotFoundError('schedule not found', id)),
      }),
    },
  } as unknown as Client;
  expect(await createLastSuccess(client)('drift/3')).toBe(NOW_MS);
  expect(await createLastSuccess(client)('drift/4')).toBeNull();
});

it('counts from zero what an alert waits for once', async () => {
  expect(await seriesOf(createMetrics())).toEqual(
    expect.arrayContaining([
      'convoy_webhook_attempts_total{outcome="given_up"} 0',
      'convoy_plans_total{status="rollback_incomplete"} 0',
      'convoy_issuer_key_reads_total{outcome="failed"} 0',
    ]),
  );
});

it('has as many series for ten thousand devices as for one, whatever names callers invent', async () => {
  const metrics = createMetrics();
  const callOf = async (index: number): Promise<void> => {
    const { inbound } = observedActivities({ queue: 'device', metrics })(contextOf(index)) as {
      inbound: { execute: (input: object, next: () => Promise<unknown>) => Promise<unknown> };
    };
    await inbound.execute({ args: [{ deviceId: `dev_${index}` }], headers: {} }, async () => index);
    const request = { name: `tool_${index}`, surface: 'mcp' } as never;
    await observeCall(metrics, { find: () => null } as never, request, async () => index);
    metrics.routerosRequestSeconds.observe({ outcome: 'ok' }, 0.01);
    metrics.laneWaitSeconds.observe(0.001);
  };
  await callOf(0);
  await watched(metrics, {});
  const atFirst = (await seriesOf(metrics)).length;
  for (let index = 1; index < 10_000; index += 1) await callOf(index);
  const series = await seriesOf(metrics);
  expect(series.length).toBe(atFirst);
  expect(series.join('\n')).not.toMatch(/dev_|tool_\d/);
});

function contextOf(index: number): Context {
  const info = { activityType: 'invokeRead', activityId: String(index), attempt: 1 };
  return { info: { ...info, currentAttemptScheduledTimestampMs: Date.now() } } as never;
}
