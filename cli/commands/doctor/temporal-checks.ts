import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { FLEET_QUEUE, LANE_QUEUE, WORKFLOW_QUEUE } from '../../../shared/contract/task-queues.ts';
import { asTemporalAdmin, listedSchedules, type TemporalRight } from '../temporal-admin.ts';
import { skewOf } from './database-checks.ts';
import { fine, wrong, type Check, type Finding } from './finding.ts';
import { NOT_SET, type Surroundings } from './surroundings.ts';

/** Of the Temporal server: whether it takes our key, who works on the queues, and whether the schedules run. */
export const TEMPORAL_CHECKS: readonly Check[] = [
  { name: 'Temporal', check: (surroundings) => onTemporal(surroundings, checkServer) },
  { name: 'clock of Temporal', check: (surroundings) => onTemporal(surroundings, checkClock, ['read', 'write']) },
  { name: 'lanes', check: (surroundings) => onTemporal(surroundings, checkQueues) },
  { name: 'schedules', check: (surroundings) => onTemporal(surroundings, checkSchedules) },
];

async function checkServer(client: Client): Promise<Finding> {
  const { namespace } = client.options;
  await client.workflowService.describeNamespace({ namespace });
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return fine(`Temporal ${serverVersion} takes the signing key and has the namespace "${namespace}".`);
}

/**
 * No call says what time it is at the server, but it notes when somebody asked for work: so this asks for some on a queue
 * of its own, where there never is any.
 */
async function checkClock(client: Client): Promise<Finding> {
  const { namespace } = client.options;
  const identity = `doctor/${randomUUID()}`;
  const taskQueue = { name: identity };
  const over = new AbortController();
  const beforeMs = Date.now();
  const asking = client.connection
    .withAbortSignal(over.signal, () =>
      client.workflowService.pollActivityTaskQueue({ namespace, taskQueue, identity }),
    )
    .catch(() => undefined);
  try {
    for (let looked = 0; looked < CLOCK_LOOKS; looked += 1) {
      // oxlint-disable-next-line no-await-in-loop -- until it is noted
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace,
        taskQueue,
        taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
      });
      const at = pollers?.find((poller) => poller.identity === identity)?.lastAccessTime;
      if (at) {
        const theirsMs = Number(at.seconds) * 1000 + (at.nanos ?? 0) / 1e6;
        // Any moment since it was asked would be right.
        return skewOf('Temporal', theirsMs, Math.min(Math.max(theirsMs, beforeMs), Date.now()));
      }
      // oxlint-disable-next-line no-await-in-loop -- as above
      await delay(CLOCK_LOOK_MS);
    }
    return fine('Temporal did not say what time it is; the workers’ tokens would be refused if it were far off.');
  } finally {
    over.abort();
    await asking;
  }
}

const CLOCK_LOOKS = 20;
const CLOCK_LOOK_MS = 100;

/** Who asks for leases of lanes: every worker process does. */
export async function lanePollers(surroundings: Surroundings): Promise<string[]> {
  let identities: string[] = [];
  // What keeps it from answering is said by the check of Temporal.
  await onTemporal(surroundings, async ({ workflowService, options: { namespace } }) => {
    const { pollers } = await workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: LANE_QUEUE },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    identities = (pollers ?? []).map(({ identity }) => String(identity));
    return fine('');
  });
  return identities;
}

/** Every worker process asks all of them for work. */
async function checkQueues(client: Client): Promise<Finding> {
  const kinds = proto.temporal.api.enums.v1.TaskQueueType;
  const queues = [
    { name: WORKFLOW_QUEUE, taskQueueType: kinds.TASK_QUEUE_TYPE_WORKFLOW },
    { name: FLEET_QUEUE, taskQueueType: kinds.TASK_QUEUE_TYPE_ACTIVITY },
    { name: LANE_QUEUE, taskQueueType: kinds.TASK_QUEUE_TYPE_ACTIVITY },
  ];
  const { namespace } = client.options;
  const described = await Promise.all(
    queues.map(async ({ name, taskQueueType }) => ({
      name,
      answer: await client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
        taskQueueType,
        reportStats: true,
      }),
    })),
  );
  const deserted = described.filter(({ answer }) => (answer.pollers ?? []).length === 0).map(({ name }) => name);
  if (deserted.length > 0) {
    return wrong(`Nobody works on ${deserted.join(', ')}.`, 'Start a worker; its log says why it does not stay.');
  }
  const lanes = described.find(({ name }) => name === LANE_QUEUE)?.answer.stats;
  const waiting = Number(lanes?.approximateBacklogCount ?? 0);
  const forSeconds = Number(lanes?.approximateBacklogAge?.seconds ?? 0);
  if (waiting > 0 && forSeconds >= LONGEST_WAIT_SECONDS) {
    return wrong(
      `${waiting} routers have waited for a lane, the first for ${forSeconds} s.`,
      'Start another worker, or raise CONVOY_MAX_LANES.',
    );
  }
  return fine('Workers take work from every queue, and no router waits for a lane.');
}

/** A lane is given out in milliseconds while there is room. */
const LONGEST_WAIT_SECONDS = 30;

async function checkSchedules(client: Client): Promise<Finding> {
  const paused: string[] = [];
  const late: string[] = [];
  let count = 0;
  for (const { scheduleId, info } of await listedSchedules(client)) {
    count += 1;
    const isPaused = info?.paused === true;
    if (isPaused) paused.push(String(scheduleId));
    const next = info?.futureActionTimes?.[0]?.seconds;
    if (!isPaused && next && Number(next) * 1000 < Date.now() - LATE_MS) late.push(String(scheduleId));
  }
  if (count === 0) return wrong('There is no schedule.', 'Start a worker: whichever starts makes them.');
  if (paused.length > 0) {
    return wrong(
      `Paused: ${paused.join(', ')}.`,
      'convoy schedule unpause <schedule>, when its reason is gone; convoy schedule list tells it.',
    );
  }
  if (late.length > 0) return wrong(`Overdue: ${late.join(', ')}.`, 'Look at their last runs: convoy schedule list.');
  const failed = await failedRuns(client);
  if (failed.length > 0) {
    return wrong(
      `Runs of the last day failed: ${failed.join(', ')}.`,
      'Their page in the Temporal UI says why; the next run tries again.',
    );
  }
  return fine(`${count} schedules are there, none is paused or overdue, and no run of the last day failed.`);
}

const LATE_MS = 300_000;

/** Types of the workflows that schedules began and that failed in the last day, a hundred of the newest looked at. */
async function failedRuns(client: Client): Promise<string[]> {
  const since = new Date(Date.now() - 86_400_000).toISOString();
  const query = `TemporalScheduledById IS NOT NULL AND CloseTime > '${since}' AND ExecutionStatus IN ('Failed', 'TimedOut', 'Terminated')`;
  const { namespace } = client.options;
  const { executions } = await client.workflowService.listWorkflowExecutions({ namespace, query, pageSize: 100 });
  return [...new Set((executions ?? []).map(({ type }) => String(type?.name)))];
}

async function onTemporal(
  surroundings: Surroundings,
  check: (client: Client) => Promise<Finding>,
  rights: readonly TemporalRight[] = ['read'],
): Promise<Finding> {
  const { temporalAddress } = surroundings;
  if (temporalAddress === undefined)
    return wrong('No Temporal server is known.', `${NOT_SET} CONVOY_TEMPORAL_ADDRESS.`);
  try {
    return await asTemporalAdmin(surroundings, { address: temporalAddress, rights }, check);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong(
      `Temporal at ${temporalAddress} cannot be used: ${reason}`,
      'Start it, or correct CONVOY_TEMPORAL_ADDRESS, CONVOY_TEMPORAL_NAMESPACE or CONVOY_SIGNING_KEY_FILE.',
    );
  }
}
