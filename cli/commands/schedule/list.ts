import type { Client } from '@temporalio/client';
import { Command } from 'commander';
import proto from '@temporalio/proto';
import { table } from '../table.ts';
import { listedSchedules } from '../temporal-admin.ts';
import { print, printJson } from '../terminal.ts';
import { onSchedules } from './on-schedules.ts';

type ScheduleEntry = proto.temporal.api.schedule.v1.IScheduleListEntry;

interface ListedSchedule {
  scheduleId: string;
  isPaused: boolean;
  /** Why it was paused; else what it is for. */
  note: string;
  /** Null: none yet. `status` as Temporal says it, such as RUNNING, COMPLETED or FAILED. */
  lastRun: { workflowId: string; startedAt: string; status: string } | null;
  /** Null: paused. */
  nextAt: string | null;
}

/** `convoy schedule list`. */
export function listSchedulesCommand(): Command {
  return new Command('list')
    .description('the schedules: whether they are paused, and how their newest run ended')
    .option('--json', 'print data as JSON')
    .action(async ({ json }: { json?: true }) => {
      const schedules = await onSchedules(['read'], schedulesAndRuns);
      if (json) {
        printJson({ schedules });
        return;
      }
      const rows = schedules.map(({ scheduleId, isPaused, note, lastRun, nextAt }) => [
        scheduleId,
        lastRun?.startedAt ?? '-',
        lastRun?.status ?? '-',
        nextAt ?? '-',
        isPaused ? `paused: ${note}` : '',
      ]);
      print(table(['SCHEDULE', 'NEWEST RUN', 'STATUS', 'NEXT', ''], rows));
    });
}

/** The schedules with how their newest runs are now: a schedule itself remembers only how they began. */
async function schedulesAndRuns(client: Client): Promise<ListedSchedule[]> {
  const entries = await listedSchedules(client);
  const runIds = entries.flatMap(({ info }) => newestRun(info)?.startWorkflowResult?.runId ?? []);
  const { namespace } = client.options;
  const { executions } = await client.workflowService.listWorkflowExecutions({
    namespace,
    // A list in a query is not empty; of no run there is none to be found.
    query: `RunId IN (${['-', ...runIds].map((runId) => `'${runId}'`).join(', ')})`,
    pageSize: 1000,
  });
  const statuses = new Map((executions ?? []).map(({ execution, status }) => [execution?.runId, statusName(status)]));
  return entries
    .map((entry) => listedSchedule(entry, statuses))
    .toSorted((a, b) => a.scheduleId.localeCompare(b.scheduleId, 'en', { numeric: true }));
}

function listedSchedule(
  { scheduleId, info }: ScheduleEntry,
  statuses: ReadonlyMap<string | null | undefined, string>,
): ListedSchedule {
  const newest = newestRun(info);
  const run = newest?.startWorkflowResult;
  const isPaused = info?.paused === true;
  return {
    scheduleId: String(scheduleId),
    isPaused,
    note: info?.notes ?? '',
    lastRun: run
      ? {
          workflowId: String(run.workflowId),
          startedAt: timeOf(newest.actualTime) ?? '-',
          // A run that has just begun is found a moment later.
          status: statuses.get(run.runId) ?? 'RUNNING',
        }
      : null,
    nextAt: isPaused ? null : timeOf(info?.futureActionTimes?.[0]),
  };
}

function newestRun(info: ScheduleEntry['info']): proto.temporal.api.schedule.v1.IScheduleActionResult | undefined {
  return info?.recentActions?.at(-1);
}

function timeOf(at: proto.google.protobuf.ITimestamp | null | undefined): string | null {
  return at?.seconds ? new Date(Number(at.seconds) * 1000).toISOString().replace('.000Z', 'Z') : null;
}

function statusName(status: proto.temporal.api.enums.v1.WorkflowExecutionStatus | null | undefined): string {
  const name = proto.temporal.api.enums.v1.WorkflowExecutionStatus[status ?? 0];
  return (name ?? 'UNSPECIFIED').replace('WORKFLOW_EXECUTION_STATUS_', '');
}
