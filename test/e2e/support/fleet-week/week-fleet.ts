import { WorkflowNotFoundError } from '@temporalio/client';
import type pg from 'pg';
import { expect } from 'vitest';
import { deviatedSignal } from '../../../../shared/contract/health-messages.ts';
import type { SimulatedRouter } from '../../../../simulator/simulated-router.ts';
import { NOTIFICATIONS_SCHEDULE_ID, healthScheduleId, snapshotRows } from '../../../../shared/contract/schedules.ts';
import type { CohortSnapshotsInput, CohortSnapshotsResult } from '../../../../shared/contract/snapshot-messages.ts';
import { deviceWatchWorkflowId } from '../../../../shared/contract/workflow-ids.ts';
import { SNAPSHOT_WORKFLOW } from '../../../../shared/contract/workflow-types.ts';
import { COHORT_NUMBERS, cohortOf } from '../../../../shared/domain/cohort.ts';
import type { DeviceHealthStatus, HealthTrack } from '../../../../shared/domain/device-health.ts';
import type { Device } from '../../../../shared/domain/device.ts';
import type { temporalClient } from '../../../support/temporal.ts';
import type { TestPlatform } from '../../../support/platform.ts';
import { waitUntil } from '../../../support/wait-until.ts';

const DAY_SECONDS = 86_400;
/** Work of a worker that died is taken over after its lease, which is a minute. */
const PATIENT = { timeoutMs: 180_000, everyMs: 300 };
/** Distance of the tries of a night in place of ten minutes and more, seconds. */
const RETRY_AFTER_SECONDS = 2;

/** What the platform knows of a router between two checks. */
interface Known {
  status: DeviceHealthStatus;
  isFlapping: boolean;
  /** ISO 8601. */
  checkedAt: string;
  track: HealthTrack;
}

/** The fleet of the week, its clock, and the states to wait for. */
export interface WeekFleet {
  pool: pg.Pool;
  router(name: string): SimulatedRouter;
  device(name: string): Device;
  known(name: string): Promise<Known>;
  /** Puts the schedules that belong to a day under the test's clock. */
  takeClock(): Promise<void>;
  /** A day goes by on every router. */
  passDay(): Promise<void>;
  /** Has a router checked now. */
  look(name: string): Promise<void>;
  /** Has it checked until its status is this one. */
  becomes(name: string, status: DeviceHealthStatus): Promise<Known>;
  /** Has it checked so many times more. */
  checked(name: string, times: number): Promise<void>;
  /** Compares the fleet with its baselines, as a schedule does. */
  compare(): Promise<void>;
  /** Takes snapshots of the fleet, as a schedule does; resolves when each router was saved. */
  night(): Promise<void>;
  /** Snapshots so far that could not be taken, and are tried again. */
  failedSnapshots(): Promise<number>;
  /** Waits until there is nothing to be told any more. */
  quiet(): Promise<void>;
  /** What happens in it is told after it, and so in the same messages however long it takes. */
  together(happens: () => Promise<void>): Promise<void>;
  /** Somebody with WinBox. */
  edit(name: string, edit: Record<string, unknown>): Promise<Record<string, unknown>[]>;
  count(sql: string): Promise<number>;
}

export function createWeekFleet(
  platform: TestPlatform,
  client: Awaited<ReturnType<typeof temporalClient>>,
  pool: pg.Pool,
): WeekFleet {
  const { simulator, devices, database } = platform;
  const cohorts = [...new Set(devices.map(({ deviceId }) => cohortOf(deviceId)))];
  const router = (name: string): SimulatedRouter => found(simulator.routers, name);
  const device = (name: string): Device => found(devices, name);

  const control = async (name: string, action: string, body: unknown): Promise<Record<string, unknown>> => {
    const reply = await fetch(`${simulator.controlUrl}/devices/${name}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(reply.ok, `${action} of ${name}: ${reply.status}`).toBe(true);
    return (await reply.json()) as Record<string, unknown>;
  };
  const known = async (name: string): Promise<Known> => {
    const { rows } = await pool.query<{
      status: DeviceHealthStatus;
      is_flapping: boolean;
      at: Date;
      track: HealthTrack;
    }>(
      'select status, is_flapping, checked_at as at, track from device_status where device_id = $1 and track is not null',
      [device(name).deviceId],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`${name} was not checked yet`);
    return { status: row.status, isFlapping: row.is_flapping, checkedAt: row.at.toISOString(), track: row.track };
  };
  const count = async (sql: string): Promise<number> => {
    const { rows } = await pool.query<{ count: string }>(sql);
    return Number(rows[0]?.count);
  };

  /** Has a schedule run once; answers with what its workflow came to. */
  const runOnce = async <Result>(scheduleId: string): Promise<Result> => {
    const handle = client.schedule.getHandle(scheduleId);
    const last = async () => (await handle.describe()).info.recentActions.at(-1)?.action.workflow;
    const before = await last();
    await handle.trigger('SKIP');
    const run = await waitUntil(
      `a run of ${scheduleId}`,
      async () => {
        const now = await last();
        return now?.firstExecutionRunId === before?.firstExecutionRunId ? null : now;
      },
      PATIENT,
    );
    return (await client.workflow.getHandle(run.workflowId, run.firstExecutionRunId).result()) as Result;
  };
  /** Does not wait for the next sweep, nor for a watch that has become patient: its clock cannot be advanced either. */
  const look = async (name: string): Promise<void> => {
    const { deviceId } = device(name);
    await client.workflow
      .getHandle(deviceWatchWorkflowId(deviceId))
      .signal(deviatedSignal)
      .catch(async (error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        await client.schedule.getHandle(healthScheduleId(cohortOf(deviceId))).trigger('SKIP');
      });
  };
  const asking = async (what: string, name: string, ask: (now: Known) => boolean): Promise<Known> =>
    waitUntil(
      `${name} ${what}`,
      async () => {
        const now = await known(name).catch(() => null);
        if (now !== null && ask(now)) return now;
        await look(name);
        throw new Error(JSON.stringify(now));
      },
      PATIENT,
    );
  const notifications = client.schedule.getHandle(NOTIFICATIONS_SCHEDULE_ID);

  return {
    pool,
    router,
    device,
    known,
    look,
    count,
    async takeClock() {
      // Temporal's clock cannot be advanced. So days are the routers' own, and what belongs to a day is triggered once in
      // each of them: paused, schedules run only then. Tries of one night are seconds apart instead of tens of minutes.
      const rows = snapshotRows({ cron: '0 2 * * *', timeZone: 'UTC', spreadSeconds: 0, keepDays: 90, keepCount: 100 });
      const pausing = COHORT_NUMBERS.flatMap((cohort) => [`drift/${cohort}`, `snapshots/${cohort}`]);
      await inTurn(['snapshot-retention', ...pausing], async (scheduleId) => {
        await client.schedule.getHandle(scheduleId).pause('days are those of the test');
      });
      await inTurn(cohorts, async (cohort) => {
        const [input] = rows.find(({ scheduleId }) => scheduleId === `snapshots/${cohort}`)?.args ?? [];
        const soon: CohortSnapshotsInput = {
          ...(input as CohortSnapshotsInput),
          retryAfterSeconds: Array.from({ length: 120 }, () => RETRY_AFTER_SECONDS),
        };
        await client.schedule
          .getHandle(`snapshots/${cohort}`)
          .update((schedule) => ({ ...schedule, action: { ...schedule.action, args: [soon] } }));
      });
    },
    async passDay() {
      await Promise.all(devices.map(({ name }) => control(name, 'clock', { advanceSeconds: DAY_SECONDS })));
    },
    becomes: (name, status) => asking(`to be ${status}`, name, (now) => now.status === status),
    async checked(name, times) {
      for (let seen = 0; seen < times; seen += 1) {
        const { checkedAt } = await known(name);
        await asking('to be checked', name, (now) => now.checkedAt !== checkedAt);
      }
    },
    async compare() {
      const results = await Promise.all(
        cohorts.map((cohort) => runOnce<{ compared: number; failed: number }>(`drift/${cohort}`)),
      );
      expect(sumOf(results, 'compared')).toBe(devices.length);
      expect(sumOf(results, 'failed')).toBe(0);
    },
    async night() {
      const results = await Promise.all(cohorts.map((cohort) => runOnce<CohortSnapshotsResult>(`snapshots/${cohort}`)));
      expect([sumOf(results, 'taken'), sumOf(results, 'failed')]).toEqual([devices.length, 0]);
    },
    async failedSnapshots() {
      const failed = `WorkflowType = '${SNAPSHOT_WORKFLOW}' AND ExecutionStatus = 'Failed'`;
      return (await client.workflow.count(failed)).count;
    },
    async quiet() {
      await waitUntil(
        'nothing to be told any more',
        async () => {
          if ((await count('select count(*) from fleet_event where routed_at is null')) > 0) return null;
          if ((await database.notices.untold()).size > 0) return null;
          return (await database.webhooks.list({ state: 'pending', limit: 1 })).length === 0;
        },
        PATIENT,
      );
    },
    async together(happens) {
      await notifications.pause('several things happen');
      await waitUntil('nobody to be telling', async () => {
        const { info } = await notifications.describe();
        return info.runningActions.length === 0;
      });
      await happens();
      await notifications.unpause();
    },
    edit: async (name, edit) => (await control(name, 'edit', edit))['entries'] as Record<string, unknown>[],
  };
}

function sumOf<Key extends string>(results: readonly Record<Key, number>[], key: Key): number {
  return results.reduce((sum, result) => sum + result[key], 0);
}

function found<Item extends { name: string }>(items: readonly Item[], name: string): Item {
  const item = items.find((one) => one.name === name);
  if (item === undefined) throw new Error(`there is no ${name}`);
  return item;
}

/** A few at a time, so that the server is not asked for dozens of changes at once. */
async function inTurn<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}
