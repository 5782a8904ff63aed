import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { expect, onTestFinished, test } from 'vitest';
import { createHome, type StackHome } from '../../cli/stack/home.ts';
import { findFreePorts } from '../../cli/stack/ports.ts';
import { openProcesses } from '../../cli/stack/processes.ts';
import { ensureSigningKey } from '../../cli/stack/signing-key.ts';
import { startTemporal } from '../../cli/stack/temporal.ts';
import { ensureTemporalBinaries } from '../../scripts/build-temporal.ts';
import { loadSigningKey, mintTemporalToken } from '../../shared/platform/temporal/temporal-token.ts';
import { freshNamespace, temporalClient } from '../support/temporal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testStack } from '../support/test-stack.ts';
import { uniqueName } from '../support/unique-name.ts';

/** gRPC status 7, as the client wraps it. */
const PERMISSION_DENIED = { cause: { code: 7 } };

test('stamps the signed-in person on a signal, whatever identity the request claims', async () => {
  const approver = await clientOf('approver@convoy.test');
  const worker = await clientOf('svc-worker');
  const workflowId = uniqueName('plan/test');
  await worker.workflow.start('unserved', { workflowId, taskQueue: uniqueName('queue') });
  await approver.workflowService.signalWorkflowExecution({
    namespace: testStack().temporal.namespace,
    workflowExecution: { workflowId },
    signalName: 'approve',
    identity: 'spoofed@evil.test',
  });
  const { events } = await worker.workflow.getHandle(workflowId).fetchHistory();
  const principals = events?.map(({ eventType, principal }) => ({ eventType, by: principal?.name }));
  expect(principals).toEqual([
    { eventType: 1, by: 'svc-worker' },
    expect.objectContaining({ by: 'svc-worker' }),
    expect.objectContaining({ by: 'approver@convoy.test' }),
  ]);
});

test('refuses a reader to signal, a stranger to read, and a token of another audience', async () => {
  const { temporal } = testStack();
  const reader = await clientOf('viewer@convoy.test', [`${temporal.namespace}:read`]);
  await expect(reader.workflow.getHandle('nobody').signal('approve')).rejects.toMatchObject(PERMISSION_DENIED);
  await expect(reader.workflow.getHandle('nobody').describe()).rejects.toThrow(WorkflowNotFoundError);
  const stranger = await clientOf('stranger', ['other:write']);
  await expect(stranger.workflow.getHandle('nobody').describe()).rejects.toMatchObject(PERMISSION_DENIED);
  const response = await fetch(`${temporal.httpUrl}/api/v1/namespaces/${temporal.namespace}`);
  expect(response.status).toBe(403);
});

test('has a namespace and its search attributes ready when it says so', async () => {
  const namespace = await freshNamespace();
  const client = await clientOf('svc-web', undefined, namespace);
  const handle = await client.workflow.start('unserved', {
    workflowId: uniqueName('plan/test'),
    taskQueue: uniqueName('queue'),
    searchAttributes: { ConvoyRisk: ['high'], ConvoyDevices: ['dev_1', 'dev_2'], ConvoyDeviceCount: [2] },
  });
  expect((await handle.describe()).searchAttributes).toMatchObject({ ConvoyRisk: ['high'], ConvoyDeviceCount: [2] });
});

test('keeps workflows over being killed', async () => {
  const home = await createHome(await temporaryFolder());
  const first = await start(home);
  const before = await connect(first);
  await before.workflow.start('unserved', { workflowId: 'plan/kept', taskQueue: 'nobody' });
  process.kill(-first.pid, 'SIGKILL');
  await first.stop();
  const second = await start(home);
  const after = await connect(second);
  expect(await after.workflow.getHandle('plan/kept').describe()).toMatchObject({ status: { name: 'RUNNING' } });
});

async function clientOf(
  subject: string,
  permissions?: string[],
  namespace?: string,
): ReturnType<typeof temporalClient> {
  const client = await temporalClient({ subject, permissions, namespace });
  onTestFinished(() => client.connection.close());
  return client;
}

interface OwnServer {
  pid: number;
  address: string;
  signingKeyFile: string;
  stop(): Promise<void>;
}

async function start(home: StackHome): Promise<OwnServer> {
  const processes = openProcesses(home);
  const stop = (): Promise<void> => processes.stopAll();
  onTestFinished(stop);
  const [port = 0, httpPort = 0] = await findFreePorts(2);
  const signingKey = await ensureSigningKey(home.keysDir);
  const temporal = await startTemporal({
    processes,
    binary: (await ensureTemporalBinaries()).server,
    temporalDir: home.temporalDir,
    signingKey,
    port,
    httpPort,
    namespace: 'convoy',
    searchAttributes: { ConvoyRisk: 'KEYWORD' },
  });
  return { ...temporal, signingKeyFile: signingKey.privateKeyFile, stop };
}

async function connect(server: OwnServer): Promise<Client> {
  const token = await mintTemporalToken({
    signingKey: await loadSigningKey(server.signingKeyFile),
    subject: 'svc-worker',
    permissions: ['convoy:write'],
    lifetimeSeconds: 60,
  });
  const metadata = { authorization: `Bearer ${token}` };
  const connection = await Connection.connect({ address: server.address, metadata });
  onTestFinished(() => connection.close());
  return new Client({ connection, namespace: 'convoy' });
}
