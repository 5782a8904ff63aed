import { Client, Connection } from '@temporalio/client';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { RolloutOptions } from '../../shared/domain/plan.ts';
import { loadSigningKey, mintTemporalToken } from '../../shared/platform/temporal/temporal-token.ts';
import { signalBody } from '../mcp-server/gateway/support/ui-requests.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, meet, propose, reaches, signalAs, writesOf } from '../support/plans.ts';
import { temporalService } from '../support/temporal-routes.ts';
import { temporalClient, temporalToken } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';
import { decision, proposeSmall, refusalOf } from './support/small-plans.ts';

const ON_REQUEST = { rollout: { apply: 'on_request' as const } };

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 12 });
  for (const name of ['anna', 'bert']) await meet(platform, name, ['approver']);
  await meet(platform, 'olga', ['operator', 'approver']);
}, 120_000);

afterAll(async () => {
  await platform?.stop();
});

async function clientOf(subject: string, permission: 'read' | 'write'): Promise<Client> {
  const { namespace } = platform;
  const client = await temporalClient({ subject, namespace, permissions: [`${namespace}:${permission}`] });
  onTestFinished(() => client.connection.close());
  return client;
}

describe('a stolen token of the Temporal server', () => {
  /** Whatever a namespace's reader needs for browsing; of the rest none may be called. */
  const READS =
    /^(?:Get|List|Describe|Count|Scan|Validate|Fetch|QueryWorkflow$|PollWorkflowExecutionUpdate$|Poll\w+Execution$|PollWorkflowExecutionTimeSkipping$)/;

  test('that is good for browsing is good for nothing else: of every RPC the server has, it is refused those that change', async () => {
    const plan = await proposeSmall(platform, ON_REQUEST);
    const { rpcs } = await temporalService();
    const { workflowService } = await clientOf('anna', 'read');
    const methods = workflowService as unknown as Record<string, (request: object) => Promise<unknown>>;
    const changing = rpcs.filter((rpc) => !READS.test(rpc));
    expect(changing.length).toBeGreaterThan(60);
    const execution = { workflowId: planWorkflowId(plan.planId) };
    const open: string[] = [];
    for (const rpc of changing) {
      const name = rpc.charAt(0).toLowerCase() + rpc.slice(1);
      // RPCs that are newer than the client in use cannot be called with it.
      if (typeof methods[name] !== 'function') continue;
      const request = { namespace: platform.namespace, workflowExecution: execution, execution, signalName: 'approve' };
      const refusal = await methods[name](request).then(
        () => 'answered',
        (error: { code?: number }) => error.code,
      );
      if (refusal !== PERMISSION_DENIED) open.push(`${rpc}: ${refusal}`);
    }
    expect(open).toEqual([]);
    const elsewhere = { namespace: 'temporal-system', execution };
    await expect(workflowService.describeWorkflowExecution(elsewhere)).rejects.toMatchObject({
      code: PERMISSION_DENIED,
    });
  });

  test('that may write is worthless half a minute later', async () => {
    const plan = await proposeSmall(platform, ON_REQUEST);
    const { temporal, signingKeyFile } = testStack();
    const stolen = await mintTemporalToken({
      signingKey: await loadSigningKey(signingKeyFile),
      subject: 'anna',
      permissions: [`${platform.namespace}:write`],
      // As one that was good for 30 seconds and was found a minute and a half later: servers grant clocks a minute.
      lifetimeSeconds: -90,
    });
    const answer = await fetch(
      `${temporal.uiUrl}/api/v1/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}/signal/approve`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${stolen}` },
        body: JSON.stringify(signalBody(plan.planId, 'approve', decision(plan))),
      },
    );
    expect([401, 403]).toContain(answer.status);
    expect(await platform.database.plans.get(plan.planId)).toMatchObject({ approvals: [], refusedDecisions: [] });
  });

  test('votes until then in its owner’s name alone, and a plan it starts itself is approved by nobody', async () => {
    const plan = await proposeSmall(platform, { ...ON_REQUEST, requestedBy: 'anna' });
    // Anna’s own: the thief cannot approve what she asked for, nor speak as the front end that she does not.
    await signalAs(platform, 'anna', plan.planId, 'approve', decision(plan), 'temporal-ui:bert@example.test');
    expect(await refusalOf(platform, plan)).toBe('APPROVAL_BY_REQUESTER');
    await signalAs(platform, 'anna', plan.planId, 'apply', { onBehalfOf: 'olga' });

    const client = await clientOf('anna', 'write');
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: platform.namespace,
      execution: { workflowId: planWorkflowId(plan.planId) },
    });
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input;
    await client.workflow.getHandle(planWorkflowId(plan.planId)).terminate('stolen token');
    await client.workflowService.startWorkflowExecution({
      namespace: platform.namespace,
      workflowId: planWorkflowId(plan.planId),
      workflowType: { name: 'planWorkflow' },
      taskQueue: { name: 'convoy-workflows' },
      input: input ?? null,
      requestId: crypto.randomUUID(),
    });
    await signalAs(platform, 'bert', plan.planId, 'approve', decision(plan));
    // Its rows say that this plan has begun already; nothing takes it up a second time.
    expect((await reaches(platform, plan.planId, ['failed'])).approvals).toEqual([]);
    expect(Object.values(writesOf(platform, 'lab-01'))).toEqual([]);
  });
});

describe('work that a stolen token starts past the approval', () => {
  /** Without a key, as whoever has nothing but the token. */
  async function plainClientOf(subject: string): Promise<Client> {
    const { namespace } = platform;
    const metadata = { authorization: `Bearer ${await temporalToken({ subject, namespace })}` };
    const connection = await Connection.connect({ address: testStack().temporal.address, metadata });
    onTestFinished(() => connection.close());
    return new Client({ connection, namespace });
  }

  /** What became of the workflow, as somebody with the key reads it. */
  async function endOf(workflowId: string): Promise<string> {
    const result = (await clientOf('reader', 'read')).workflow.getHandle(workflowId).result();
    const end = await result.catch((error: Error & { cause?: Error }) => error.cause);
    return inspect(end, { depth: 5 });
  }

  test('does not roll out a plan, not even one that has some of its votes', async () => {
    const plan = await propose(platform, ON_REQUEST);
    await approve(platform, plan, 'anna');
    await waitUntil('the vote', async () => (await platform.database.plans.get(plan.planId))?.approvals.length === 1);
    const { planId, digest, deviceIds } = plan;
    const rollout = RolloutOptions.parse({ pauseSeconds: 0 });
    const client = await plainClientOf('anna');
    const workflowId = `rollout/${planId}`;
    await client.workflow.start('rolloutWorkflow', {
      workflowId,
      taskQueue: 'convoy-workflows',
      args: [{ planId, digest, deviceIds, rollout }],
    });
    expect(await endOf(workflowId)).toContain('FORBIDDEN');
    for (const { name } of platform.devices) expect(writesOf(platform, name)).toEqual({});
  });

  test('does not change a device', async () => {
    const [device] = platform.devices;
    const client = await plainClientOf('anna');
    const workflowId = 'device-change/forged';
    await client.workflow.start('deviceChangeWorkflow', {
      workflowId,
      taskQueue: 'convoy-workflows',
      args: [
        {
          deviceId: device!.deviceId,
          deviceName: device!.name,
          cause: { by: 'operation', operation: 'set_system_identity', input: { identity: 'mine' } },
        },
      ],
    });
    expect(await endOf(workflowId)).toContain('FORBIDDEN');
    expect(writesOf(platform, device!.name)).toEqual({});
  });
});

/** gRPC status code. */
const PERMISSION_DENIED = 7;
