import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type Client,
  type ScheduleOptions,
  type ScheduleSpec,
} from '@temporalio/client';
import type { ScheduleRow, ScheduleTime } from '../shared/contract/schedules.ts';
import { WORKFLOW_QUEUE } from '../shared/contract/task-queues.ts';

/**
 * Makes every schedule what its row says: new ones are made, those that are switched off are removed, the others get the
 * row's times and work and stay paused where somebody paused them. Whichever worker starts does it; doing it twice, or two
 * at once, comes to the same.
 */
export async function ensureSchedules(client: Client, rows: readonly ScheduleRow[]): Promise<void> {
  const left = [...rows];
  const inTurn = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) await ensureSchedule(client, row);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
}

/** Schedules asked for at the same time. */
const AT_ONCE = 8;

async function ensureSchedule(client: Client, row: ScheduleRow): Promise<void> {
  const { when } = row;
  if (when === null) return removeSchedule(client, row.scheduleId);
  const options = optionsOf(row, when);
  try {
    await client.schedule.create(options);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, action, policies } = options;
    await client.schedule.getHandle(row.scheduleId).update(({ state }) => ({ spec, action, policies, state }));
  }
}

async function removeSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

function optionsOf(row: ScheduleRow, when: ScheduleTime): ScheduleOptions {
  return {
    scheduleId: row.scheduleId,
    spec: { ...specOf(when), jitter: `${row.jitterSeconds}s` },
    action: {
      type: 'startWorkflow',
      workflowType: row.workflowType,
      workflowId: row.scheduleId,
      taskQueue: WORKFLOW_QUEUE,
      args: [...row.args],
      workflowExecutionTimeout: `${row.timeoutSeconds}s`,
    },
    policies: { overlap: 'SKIP', catchupWindow: `${row.catchupSeconds}s` },
    state: { triggerImmediately: row.runsAtOnce ?? false, note: row.note },
  };
}

function specOf(when: ScheduleTime): ScheduleSpec {
  if ('calendar' in when) return { calendars: [when.calendar] };
  if ('cron' in when) return { cronExpressions: [when.cron], timezone: when.timeZone };
  return { intervals: [{ every: `${when.everySeconds}s`, offset: `${when.offsetSeconds ?? 0}s` }] };
}
