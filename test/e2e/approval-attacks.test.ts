import { Client, Connection } from '@temporalio/client';
import { inspect } from 'node:util';
import { Client as PostgresClient } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { RolloutOptions } from '../../shared/domain/plan.ts';
import type { Role } from '../../shared/domain/principal.ts';
import { loadSigningKey, mintTemporalToken } from '../../shared/platform/temporal/temporal-token.ts';
import { refuseReservedSubject } from '../../mcp-server/gateway/reserved-subject.ts';
import { createHttpBrowser } from '../mcp-server/gateway/support/http-browser.ts';
import { startGateway, type RunningGateway } from '../mcp-server/gateway/support/start-gateway.ts';
import { signalBody, signedInAt, workflowUrlAt } from '../mcp-server/gateway/support/ui-requests.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, meet, propose, reaches, signalAs, writesOf } from '../support/plans.ts';
import { temporalService } from '../support/temporal-routes.ts';
import { temporalClient, temporalToken } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { waitUntil } from '../support/wait-until.ts';

const ON_REQUEST = { rollout: { apply: 'on_request' as const } };

let platform: TestPlatform;
let gateway: RunningGateway;

beforeAll(async () => {
  platform = await startPlatform({ routers: 12 });
  gateway = await startGateway(platform);
  for (const name of ['anna', 'bert']) await meet(platform, name, ['approver']);
  await meet(platform, 'olga', ['operator', 'approver']);
}, 120_000);

afterAll(async () => {
  await gateway?.close();
  await platform?.stop();
});

const decision = (plan: PreparedPlan) => ({ digest: plan.digest, comment: '' });
const voteUrl = (plan: PreparedPlan): string =>
  workflowUrlAt(gateway.url, platform.namespace, plan.planId, 'signal/approve');

let proposed = 0;

/** A plan for the first router only, which one approval is enough for. */
function proposeSmall(options: Parameters<typeof propose>[1] = {}): Promise<PreparedPlan> {
  proposed += 1;
  const input = { dnsServers: [`10.9.4.${proposed}`] };
  return propose(platform, { devices: platform.devices.slice(0, 1), input, ...options });
}

async function refusalOf(plan: PreparedPlan): Promise<string> {
  const found = await waitUntil('a refused decision', async () =>
    (await platform.database.plans.get(plan.planId))?.refusedDecisions.at(-1),
  );
  return found.code;
}

async function clientOf(subject: string, permission: 'read' | 'write'): Promise<Client> {
  const { namespace } = platform;
  const client = await temporalClient({ subject, namespace, permissions: [`${namespace}:${permission}`] });
  onTestFinished(() => client.connection.close());
  return client;
}

describe('a vote that was cast before', () => {
  test('counts once, however often its request is repeated at the same time', async () => {
    const plan = await propose(platform, { ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
    expect(plan.approvalsNeeded).toBe(2);
    const browser = await signedInAt(gateway.url, 'approver');
    const request = signalBody(plan.planId, 'approve', decision(plan));
    await Promise.all(Array.from({ length: 6 }, () => browser.post(voteUrl(plan), request)));
    expect(await refusalOf(plan)).toBe('APPROVAL_DUPLICATE');
    const again = await browser.post(voteUrl(plan), request);
    expect(await again.json()).toMatchObject({ code: 'APPROVAL_DUPLICATE' });
    const row = await platform.database.plans.get(plan.planId);
    expect(row).toMatchObject({ status: 'awaiting_approval', approvals: [{ by: 'approver@convoy.test' }] });
  });

  test('is none on another plan', async () => {
    const first = await proposeSmall(ON_REQUEST);
    const second = await proposeSmall(ON_REQUEST);
    const browser = await signedInAt(gateway.url, 'approver');
    const elsewhere = await browser.post(voteUrl(second), signalBody(first.planId, 'approve', decision(first)));
    expect(await elsewhere.json()).toMatchObject({ code: 'APPROVAL_MALFORMED' });
    const stale = await browser.post(voteUrl(second), signalBody(second.planId, 'approve', decision(first)));
    expect(await stale.json()).toMatchObject({ code: 'APPROVAL_DIGEST_MISMATCH' });
    await signalAs(platform, 'anna', second.planId, 'approve', decision(first));
    expect(await refusalOf(second)).toBe('APPROVAL_DIGEST_MISMATCH');
  });

  test('is none on the same change proposed again, whose digest is the same', async () => {
    const input = { dnsServers: ['10.9.3.1'] };
    const first = await proposeSmall({ ...ON_REQUEST, input });
    await approve(platform, first);
    await reaches(platform, first.planId, ['approved']);
    const second = await proposeSmall({ ...ON_REQUEST, input });
    expect(second.digest).toBe(first.digest);
    const browser = await signedInAt(gateway.url, 'approver');
    const replayed = await browser.post(voteUrl(second), signalBody(first.planId, 'approve', decision(first)));
    expect(await replayed.json()).toMatchObject({ code: 'APPROVAL_MALFORMED' });
    expect(await platform.database.plans.get(second.planId)).toMatchObject({
      status: 'awaiting_approval',
      approvals: [],
    });
  });

  test('is no vote on what the plan’s rows were made into afterwards, digest included', async () => {
    const plan = await proposeSmall(ON_REQUEST);
    await approve(platform, plan);
    await reaches(platform, plan.planId, ['approved']);
    const client = new PostgresClient({ connectionString: platform.postgresUrl });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query(`update plan set digest = repeat('f', 64) where plan_id = $1`, [plan.planId]);
    await client.query(
      `update plan_device set steps = replace(steps::text, '10.9.4.', '10.6.6.')::json where plan_id = $1`,
      [plan.planId],
    );
    await platform.fleet.signalPlan(plan.planId, 'apply', { onBehalfOf: 'olga' });
    const failed = await reaches(platform, plan.planId, ['failed', 'completed']);
    expect(failed).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('PLAN_TAMPERED') });
    expect(Object.values(writesOf(platform, 'lab-01'))).toEqual([]);
  });
});

describe('one person', () => {
  async function meetAs(sub: string, email: string, roles: Role[]): Promise<void> {
    const grants = [{ roles, devices: [{ all: true as const }] }];
    await platform.database.people.seen({ sub, issuer: 'https://idp.example.test', email, name: sub, grants });
  }

  test('is not two approvers by having two subjects', async () => {
    const plan = await propose(platform, ON_REQUEST);
    expect(plan.approvalsNeeded).toBe(2);
    await meetAs('carl-at-the-browser', 'carl@example.test', ['approver']);
    await meetAs('carl-at-the-terminal', 'Carl@Example.Test', ['approver']);
    await signalAs(platform, 'carl-at-the-browser', plan.planId, 'approve', decision(plan));
    await signalAs(platform, 'carl-at-the-terminal', plan.planId, 'approve', decision(plan));
    expect(await refusalOf(plan)).toBe('APPROVAL_DUPLICATE');
    expect((await platform.database.plans.get(plan.planId))?.status).toBe('awaiting_approval');
  });

  test('hears so from the gateway before anything is sent', async () => {
    const plan = await propose(platform, { ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
    await meetAs('pairwise-approver', 'approver@convoy.test', ['approver']);
    await signalAs(platform, 'pairwise-approver', plan.planId, 'approve', decision(plan));
    await waitUntil('the vote', async () => (await platform.database.plans.get(plan.planId))?.approvals.length === 1);
    const browser = await signedInAt(gateway.url, 'approver');
    const answer = await browser.post(voteUrl(plan), signalBody(plan.planId, 'approve', decision(plan)));
    expect(await answer.json()).toMatchObject({ code: 'APPROVAL_DUPLICATE' });
  });
});

describe('somebody who is no approver any more', () => {
  test('cannot vote in the session that was begun as one, once the access file says so', async () => {
    const plan = await proposeSmall({ ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
    const browser = await signedInAt(gateway.url, 'approver');
    await gateway.close();
    const port = Number(new URL(gateway.url).port);
    const rule = {
      when: { claim: 'email', equals: 'approver@convoy.test' },
      roles: ['viewer' as const],
      devices: { all: true as const },
    };
    const withdrawn = await startGateway({ ...platform, port, access: { rules: [rule] } });
    const answer = await browser.post(voteUrl(plan), signalBody(plan.planId, 'approve', decision(plan)));
    await withdrawn.close();
    gateway = await startGateway({ ...platform, port });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'APPROVAL_ROLE_MISSING' });
  });

  test('has not voted when the role was gone before the vote was read', async () => {
    const plan = await proposeSmall(ON_REQUEST);
    await meet(platform, 'dora', ['viewer']);
    await signalAs(platform, 'dora', plan.planId, 'approve', decision(plan), 'temporal-ui:anna@example.test');
    expect(await refusalOf(plan)).toBe('APPROVAL_ROLE_MISSING');
  });

  test('has approved nothing that is still to be applied', async () => {
    const plan = await proposeSmall(ON_REQUEST);
    await approve(platform, plan, 'emil');
    await reaches(platform, plan.planId, ['approved']);
    await meet(platform, 'emil', ['viewer']);
    await platform.fleet.signalPlan(plan.planId, 'apply', { onBehalfOf: 'olga' });
    const over = await reaches(platform, plan.planId, ['failed', 'completed']);
    expect(over).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('emil') });
    expect(Object.values(writesOf(platform, 'lab-01'))).toEqual([]);
  });
});

describe('a stolen token of the Temporal server', () => {
  /** Whatever a namespace's reader needs for browsing; of the rest none may be called. */
  const READS =
    /^(?:Get|List|Describe|Count|Scan|Validate|Fetch|QueryWorkflow$|PollWorkflowExecutionUpdate$|Poll\w+Execution$|PollWorkflowExecutionTimeSkipping$)/;

  test('that is good for browsing is good for nothing else: of every RPC the server has, it is refused those that change', async () => {
    const plan = await proposeSmall(ON_REQUEST);
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
    const plan = await proposeSmall(ON_REQUEST);
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
    const plan = await proposeSmall({ ...ON_REQUEST, requestedBy: 'anna' });
    // Anna’s own: the thief cannot approve what she asked for, nor speak as the front end that she does not.
    await signalAs(platform, 'anna', plan.planId, 'approve', decision(plan), 'temporal-ui:bert@example.test');
    expect(await refusalOf(plan)).toBe('APPROVAL_BY_REQUESTER');
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

test('nobody signs in under the name of one of Convoy’s own processes', () => {
  for (const sub of ['svc-web', 'svc-worker', 'svc-admin', 'svc-']) {
    expect(() => refuseReservedSubject(sub)).toThrow(/Convoy's own/);
  }
  expect(() => refuseReservedSubject('svcadmin')).not.toThrow();
});

test('whoever signed out left nothing that votes', async () => {
  const plan = await proposeSmall({ ...ON_REQUEST, requestedBy: 'operator@convoy.test' });
  const browser = await signedInAt(gateway.url, 'approver2');
  const stolen = createHttpBrowser();
  for (const [name, value] of browser.cookies) stolen.cookies.set(name, value);
  await browser.post(`${gateway.url}/oauth/logout`, '');
  const answer = await stolen.post(voteUrl(plan), signalBody(plan.planId, 'approve', decision(plan)));
  expect(answer.status).toBe(401);
  expect((await platform.database.plans.get(plan.planId))?.approvals).toEqual([]);
});

/** gRPC status code. */
const PERMISSION_DENIED = 7;
