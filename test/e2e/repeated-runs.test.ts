import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deviceChangeWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { writesOf } from '../support/plans.ts';
import { temporalToken } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 1 });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
});

type HistoryEvent = NonNullable<
  NonNullable<Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>['history']>['events']
>[number];

/** Without a key, as whoever has nothing but a token that may write to the namespace. */
async function plainClientOf(subject: string): Promise<Client> {
  const { namespace } = platform;
  const metadata = { authorization: `Bearer ${await temporalToken({ subject, namespace })}` };
  const connection = await Connection.connect({ address: testStack().temporal.address, metadata });
  onTestFinished(() => connection.close());
  return new Client({ connection, namespace });
}

/** Who the server says began a run, and which run it follows; of the newest run, unless one is named. */
async function startOf(client: Client, workflowId: string, runId?: string) {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: platform.namespace,
    execution: { workflowId, ...(runId === undefined ? {} : { runId }) },
    maximumPageSize: 1,
  });
  const event = history?.events?.[0];
  const { continuedExecutionRunId } = event?.workflowExecutionStartedEventAttributes ?? {};
  return { by: event?.principal?.name ?? null, follows: continuedExecutionRunId || null };
}

test('a run that the worker began because one before it ended is still the work of whoever began the first', async () => {
  const [device] = platform.devices;
  const client = await plainClientOf('mallory');
  const workflowId = 'device-change/repeated';
  const handle = await client.workflow.start('deviceChangeWorkflow', {
    workflowId,
    taskQueue: 'convoy-workflows',
    cronSchedule: '@every 1s',
    args: [
      {
        deviceId: device!.deviceId,
        deviceName: device!.name,
        cause: { by: 'operation', operation: 'set_system_identity', input: { identity: 'mine' } },
      },
    ],
  });
  let second: string | null = null;
  await waitUntil('the end of the second run', async () => {
    const newest = await startOf(client, workflowId);
    if (newest.follows !== null && newest.follows !== handle.firstExecutionRunId) second ??= newest.follows;
    return second !== null;
  });
  await client.workflow.getHandle(workflowId).terminate('seen enough');
  expect(await startOf(client, workflowId, second ?? undefined)).toEqual({
    by: 'svc-worker',
    follows: handle.firstExecutionRunId,
  });
  expect(writesOf(platform, device!.name)).toEqual({});
});

test.each([
  ['to its beginning', () => true],
  [
    'to just before its write',
    ({ activityTaskScheduledEventAttributes: scheduled }: HistoryEvent) =>
      scheduled?.activityType?.name === 'writeStep',
  ],
])('what a process of ours had done once is not done again by who resets it %s', async (_, isBehind) => {
  const [device] = platform.devices;
  const rename = (identity: string) =>
    platform.fleet.change({
      deviceId: device!.deviceId,
      deviceName: device!.name,
      cause: {
        by: 'operation',
        operation: 'set_system_identity',
        input: { identity },
        requestedBy: 'olga',
        correlationId: identity,
      },
    });
  const client = await plainClientOf('mallory');
  const workflowId = deviceChangeWorkflowId(device!.deviceId);
  await rename('before');
  expect(await rename('once')).toMatchObject({ outcome: 'applied' });
  const { runId: once } = await client.workflow.getHandle(workflowId).describe();
  expect(await rename('before')).toMatchObject({ outcome: 'applied' });
  const written = writesOf(platform, device!.name);

  const { namespace } = platform;
  const workflowExecution = { workflowId, runId: once };
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution: workflowExecution,
  });
  const events = history?.events ?? [];
  const decisions = events.filter((event) => event.workflowTaskCompletedEventAttributes);
  const behind = events.findIndex((event, index) => index > 3 && isBehind(event));
  const last = decisions.findLast((event) => events.indexOf(event) < Math.max(behind, 5)) ?? decisions[0];
  const { runId: again } = await client.workflowService.resetWorkflowExecution({
    namespace,
    workflowExecution,
    reason: 'again',
    requestId: crypto.randomUUID(),
    workflowTaskFinishEventId: last?.eventId,
  });
  await waitUntil('the end of the reset run', async () => {
    const { status } = await client.workflow.getHandle(workflowId, again).describe();
    return status.name !== 'RUNNING';
  });
  expect(writesOf(platform, device!.name)).toEqual(written);
});
