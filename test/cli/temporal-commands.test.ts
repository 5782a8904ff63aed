import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { runCli, type CliRun } from './support/run-cli.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 0 });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
});

/** With what a worker's machine has: the server's address, the namespace and the signing key. */
function convoy(...args: string[]): Promise<CliRun> {
  const { signingKeyFile, temporal } = testStack();
  return runCli(args, {
    env: {
      CONVOY_TEMPORAL_ADDRESS: temporal.address,
      CONVOY_TEMPORAL_NAMESPACE: platform.namespace,
      CONVOY_SIGNING_KEY_FILE: signingKeyFile,
    },
  });
}

async function auditCare(): Promise<unknown> {
  const { stdout } = await convoy('schedule', 'list', '--json');
  const { schedules } = JSON.parse(stdout) as { schedules: { scheduleId: string }[] };
  return schedules.find(({ scheduleId }) => scheduleId === 'audit-care');
}

test('a schedule is paused with its reason, triggered, seen to end well, and unpaused', async () => {
  const paused = await convoy('schedule', 'pause', 'audit-care', '--reason', 'the database is moved');
  expect(paused).toMatchObject({ code: 0, stdout: expect.stringContaining('Paused audit-care') });
  await waitUntil('the schedule to be seen paused', async () => {
    const { stdout } = await convoy('schedule', 'list');
    return /^audit-care .* paused: the database is moved$/m.test(stdout);
  });

  expect(await convoy('schedule', 'trigger', 'audit-care')).toMatchObject({ code: 0 });
  await waitUntil('its run to end', async () => {
    const found = await auditCare();
    return JSON.stringify(found).includes('"status":"COMPLETED"');
  });

  expect(await convoy('schedule', 'unpause', 'audit-care')).toMatchObject({
    code: 0,
    stdout: 'Unpaused audit-care.\n',
  });
  await waitUntil('the schedule to go on', async () => JSON.stringify(await auditCare()).includes('"isPaused":false'));
}, 120_000);

test('a schedule that is not there, and a server that is not, are told apart', async () => {
  expect(await convoy('schedule', 'trigger', 'audit-car')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('NOT_FOUND: There is no schedule "audit-car".'),
  });
  const { signingKeyFile } = testStack();
  const env = { CONVOY_TEMPORAL_ADDRESS: '127.0.0.1:1', CONVOY_SIGNING_KEY_FILE: signingKeyFile };
  expect(await runCli(['schedule', 'list'], { env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('SERVICE_UNAVAILABLE: Temporal at 127.0.0.1:1 cannot be used'),
  });
});

test('a workflow that cannot go on is terminated with the reason, once', async () => {
  const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
  try {
    const workflowId = 'device-change/dev_of_a_lost_key';
    const stuck = await client.workflow.start('deviceChangeWorkflow', { workflowId, taskQueue: 'nobody' });
    const terminate = () => convoy('workflow', 'terminate', workflowId, '--reason', 'its key is lost');
    expect(await terminate()).toMatchObject({ code: 0, stdout: expect.stringContaining(`Terminated ${workflowId}.`) });
    expect((await stuck.describe()).status.name).toBe('TERMINATED');
    const { events } = await stuck.fetchHistory();
    expect(events?.at(-1)?.workflowExecutionTerminatedEventAttributes?.reason).toBe('its key is lost');
    expect(await terminate()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`NOT_FOUND: No workflow "${workflowId}" is running.`),
    });
  } finally {
    await client.connection.close();
  }
});
