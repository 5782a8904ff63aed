import { createHash } from 'node:crypto';
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
 * Makes every schedule what its row says: new ones are made, those that are switched off are removed, and those that are
 * something else are made anew, paused where somebody paused them. One list tells which; a start that changes nothing costs
 * no more. Whichever worker starts does it; doing it twice, or two at once, comes to the same.
 */
export async function ensureSchedules(client: Client, rows: readonly ScheduleRow[]): Promise<void> {
  const made = new Map<string, unknown>();
  for await (const { scheduleId, memo } of client.schedule.list()) made.set(scheduleId, memo?.[ROW]);
  const left = rows.filter((row) =>
    row.when === null ? made.has(row.scheduleId) : made.get(row.scheduleId) !== digestOf(row),
  );
  const inTurn = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      await ensureSchedule(client, row, made.has(row.scheduleId));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
}

/** Schedules asked for at the same time. */
const AT_ONCE = 8;
/** Where a schedule says which row it was made from. */
const ROW = 'row';

async function ensureSchedule(client: Client, row: ScheduleRow, isThere: boolean): Promise<void> {
  const { when } = row;
  if (when === null) return removeSchedule(client, row.scheduleId);
  const options = optionsOf(row, when);
  if (isThere) {
    const paused = await pausedState(client, row.scheduleId);
    if (paused !== null) options.state = { ...options.state, ...paused, triggerImmediately: false };
    await removeSchedule(client, row.scheduleId);
  }
  try {
    await client.schedule.create(options);
  } catch (error) {
    // Another worker that starts has made it just now.
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

/** That somebody paused it, and why; null when nobody did. */
async function pausedState(client: Client, scheduleId: string): Promise<ScheduleOptions['state'] | null> {
  try {
    const { state } = await client.schedule.getHandle(scheduleId).describe();
    return state.paused ? { paused: true, note: state.note ?? '' } : null;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    return null;
  }
}

function digestOf(row: ScheduleRow): string {
  return createHash('sha256').update(JSON.stringify(row)).digest('base64url');
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
    memo: { [ROW]: digestOf(row) },
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
