import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import type { AuditEvent } from '../../../shared/platform/persistence/stores/audit-store.ts';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { propose, reaches, writesOf } from '../../support/plans.ts';
import { temporalClient } from '../../support/temporal.ts';
import { tokenFor, type TestUser } from '../../support/tokens.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';

const OPERATOR = 'operator@convoy.test';

let platform: TestPlatform;
let gateway: RunningGateway;

beforeAll(async () => {
  platform = await startPlatform({ routers: 2 });
  gateway = await startGateway(platform);
}, 120_000);

afterAll(async () => {
  await gateway?.close();
  await platform?.stop();
});

let proposed = 0;

/** Servers nobody asked for before, so that no plan is empty because of another. */
function proposeAs(requestedBy: string, expiresInMs?: number): Promise<PreparedPlan> {
  proposed += 1;
  const input = { dnsServers: [`10.9.8.${proposed}`] };
  return propose(platform, { requestedBy, expiresInMs, input, devices: platform.devices.slice(0, 1) });
}

async function send(
  user: TestUser,
  planId: string,
  signal: string,
  body: unknown,
  options: { scope?: string; gatewayUrl?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Record<string, unknown> }> {
  const url = options.gatewayUrl ?? gateway.url;
  const token = await tokenFor(user, { resource: url, scope: options.scope });
  const response = await fetch(`${url}/approvals/v1/plans/${planId}/${signal}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...options.headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function refusalsOf(planId: string): Promise<AuditEvent[]> {
  const events = await platform.database.audit.list({ planId, action: 'approval.refused', limit: 50 });
  return events;
}

describe('decisions from the terminal', () => {
  test("carries an approver's vote to the workflow under the approver's own name", async () => {
    const plan = await proposeAs(OPERATOR);
    const answer = await send('approver', plan.planId, 'approve', { digest: plan.digest, comment: 'fine' });
    expect(answer).toEqual({
      status: 202,
      body: { planId: plan.planId, signal: 'approve', by: 'approver@convoy.test' },
    });
    const done = await reaches(platform, plan.planId, ['completed']);
    expect(done.approvals).toMatchObject([
      { by: 'approver@convoy.test', decision: 'approve', via: 'cli', comment: 'fine' },
    ]);
    expect(writesOf(platform, platform.devices[0]?.name ?? '')).not.toEqual({});

    const client = await temporalClient({ subject: 'reader', namespace: platform.namespace });
    onTestFinished(() => client.connection.close());
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: platform.namespace,
      execution: { workflowId: `plan/${plan.planId}` },
    });
    const signal = history?.events?.find(
      (event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'approve',
    );
    expect(signal?.principal).toMatchObject({ type: 'jwt', name: 'approver@convoy.test' });
    expect(signal?.workflowExecutionSignaledEventAttributes?.identity).toBe('cli:approver@convoy.test');
    expect(await refusalsOf(plan.planId)).toEqual([]);
  });

  test('refuses at once, with a code of its own, what the workflow would not count; and audits it', async () => {
    const plan = await proposeAs(OPERATOR);
    const own = await proposeAs('approver@convoy.test');
    const decision = { digest: plan.digest, comment: '' };
    const refused: [string, number, Awaited<ReturnType<typeof send>>][] = [
      ['APPROVAL_ROLE_MISSING', 403, await send('operator', plan.planId, 'approve', decision)],
      ['APPROVAL_ROLE_MISSING', 403, await send('viewer', plan.planId, 'reject', decision)],
      ['APPROVAL_DIGEST_MISMATCH', 409, await send('approver', plan.planId, 'approve', { digest: 'ab'.repeat(32) })],
      ['APPROVAL_MALFORMED', 422, await send('approver', plan.planId, 'approve', { comment: 'no digest' })],
      ['APPROVAL_MALFORMED', 422, await send('approver', plan.planId, 'approve', { ...decision, onBehalfOf: 'x' })],
      [
        'INSUFFICIENT_SCOPE',
        403,
        await send('approver', plan.planId, 'approve', decision, { scope: 'openid fleet:read' }),
      ],
      ['PLAN_STATE_CONFLICT', 409, await send('approver', plan.planId, 'pause', {})],
    ];
    for (const [code, status, answer] of refused) expect(answer).toMatchObject({ status, body: { code } });
    const byRequester = await send('approver', own.planId, 'approve', { digest: own.digest, comment: '' });
    expect(byRequester).toMatchObject({ status: 403, body: { code: 'APPROVAL_BY_REQUESTER' } });

    expect((await refusalsOf(plan.planId)).map(({ code }) => code).toReversed()).toEqual(refused.map(([code]) => code));
    expect(await refusalsOf(own.planId)).toMatchObject([
      {
        actor: 'approver@convoy.test',
        operation: 'approve',
        outcome: 'refused',
        code: 'APPROVAL_BY_REQUESTER',
        via: 'cli',
      },
    ]);
    // Nothing of it reached the workflow: it has neither counted nor refused anything.
    const untouched = await platform.database.plans.get(plan.planId);
    expect(untouched).toMatchObject({ status: 'awaiting_approval', approvals: [], refusedDecisions: [] });
  });

  test('records every refused attempt, also when the client repeats its correlation id', async () => {
    const plan = await proposeAs(OPERATOR);
    const headers = { 'x-correlation-id': 'chosen-by-the-client' };
    const wrong = { digest: 'ab'.repeat(32), comment: '' };
    await send('approver', plan.planId, 'approve', wrong, { headers });
    await send('approver', plan.planId, 'approve', wrong, { headers });
    await send('operator', plan.planId, 'approve', wrong, { headers });
    const refusals = await refusalsOf(plan.planId);
    expect(refusals.map(({ actor }) => actor).toReversed()).toEqual([
      'approver@convoy.test',
      'approver@convoy.test',
      OPERATOR,
    ]);
    expect(new Set(refusals.map(({ correlationId }) => correlationId))).toEqual(new Set(['chosen-by-the-client']));
  });

  test('leaves no record of attempts beyond the rate allowed', async () => {
    const plan = await proposeAs(OPERATOR);
    const slow = await startGateway({ ...platform, rateLimit: { perSecond: 0.01, burst: 2 } });
    onTestFinished(slow.close);
    const wrong = { digest: 'ab'.repeat(32), comment: '' };
    const codes: unknown[] = [];
    for (const user of ['approver', 'approver', 'approver', 'approver2'] as const) {
      const { body } = await send(user, plan.planId, 'approve', wrong, { gatewayUrl: slow.url });
      codes.push(body['code']);
    }
    const mismatch = 'APPROVAL_DIGEST_MISMATCH';
    expect(codes).toEqual([mismatch, mismatch, 'RATE_LIMITED', mismatch]);
    expect(await refusalsOf(plan.planId)).toHaveLength(3);
  });

  test('takes no decision with a token of a sign-in long ago', async () => {
    const plan = await proposeAs(OPERATOR);
    const strict = await startGateway({ ...platform, freshSignInSeconds: 0 });
    onTestFinished(strict.close);
    const decision = { digest: plan.digest, comment: '' };
    const answer = await send('approver', plan.planId, 'approve', decision, { gatewayUrl: strict.url });
    expect(answer).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED', details: { reason: 'SIGN_IN_TOO_OLD' } },
    });
    expect(answer.body['message']).toContain('Get a new access token');
    expect(await refusalsOf(plan.planId)).toMatchObject([{ actor: 'approver@convoy.test', code: 'UNAUTHORIZED' }]);
  });

  test('refuses the requester under another subject by the e-mail', async () => {
    const plan = await proposeAs('pairwise-subject-of-the-approver');
    await platform.database.people.seen({
      sub: 'pairwise-subject-of-the-approver',
      issuer: 'x',
      email: 'Approver@Convoy.Test',
      name: null,
      grants: [{ roles: ['operator'], devices: [{ all: true }] }],
    });
    const answer = await send('approver', plan.planId, 'approve', { digest: plan.digest, comment: '' });
    expect(answer).toMatchObject({ status: 403, body: { code: 'APPROVAL_BY_REQUESTER' } });
  });

  test('writes what the gateway knows of the voter over whatever another token said a moment ago', async () => {
    const first = await proposeAs(OPERATOR);
    await send('approver2', first.planId, 'reject', { digest: first.digest, comment: '' });
    await platform.database.people.seen({
      sub: 'approver2@convoy.test',
      issuer: 'x',
      email: null,
      name: null,
      grants: [],
    });
    const second = await proposeAs(OPERATOR);
    await send('approver2', second.planId, 'reject', { digest: second.digest, comment: '' });
    expect(await reaches(platform, second.planId, ['rejected'])).toMatchObject({ refusedDecisions: [] });
  });

  test('lets a person vote once', async () => {
    const plan = await proposeAs(OPERATOR);
    const decision = { digest: plan.digest, comment: 'no' };
    expect((await send('approver', plan.planId, 'reject', decision)).status).toBe(202);
    await reaches(platform, plan.planId, ['rejected']);
    const again = await send('approver', plan.planId, 'approve', decision);
    expect(again).toMatchObject({ status: 409, body: { code: 'APPROVAL_DUPLICATE' } });
    const other = await send('approver2', plan.planId, 'approve', decision);
    expect(other).toMatchObject({ status: 409, body: { code: 'PLAN_STATE_CONFLICT' } });
  });

  test('refuses a vote on a plan whose time is over', async () => {
    const plan = await proposeAs(OPERATOR, 3000);
    await reaches(platform, plan.planId, ['expired']);
    const late = await send('approver', plan.planId, 'approve', { digest: plan.digest, comment: '' });
    expect(late).toMatchObject({ status: 410, body: { code: 'PLAN_EXPIRED' } });
  });

  test('answers for plans outside somebody’s devices as for plans that do not exist', async () => {
    const plan = await proposeAs(OPERATOR);
    const narrow = await startGateway({
      ...platform,
      access: {
        rules: [
          {
            when: { claim: 'email', equals: 'approver@convoy.test' },
            roles: ['approver'],
            devices: [{ environments: ['prod'] }],
          },
        ],
      },
    });
    onTestFinished(narrow.close);
    const decision = { digest: plan.digest, comment: '' };
    const hidden = await send('approver', plan.planId, 'approve', decision, { gatewayUrl: narrow.url });
    const absent = await send('approver', 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC', 'approve', decision, {
      gatewayUrl: narrow.url,
    });
    expect(hidden).toMatchObject({ status: 404, body: { code: 'PLAN_NOT_FOUND' } });
    expect(absent).toMatchObject({ status: 404, body: { code: 'PLAN_NOT_FOUND' } });
    const unmapped = await send('operator', plan.planId, 'approve', decision, { gatewayUrl: narrow.url });
    expect(unmapped).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const [refused] = await platform.database.audit.list({ action: 'access.refused', limit: 1 });
    expect(refused).toMatchObject({ actor: OPERATOR, code: 'FORBIDDEN', outcome: 'refused', via: 'cli' });
    expect(refused?.details).toEqual({
      clientAddress: '127.0.0.1',
      method: 'POST',
      path: `/approvals/v1/plans/${plan.planId}/approve`,
    });
  });

  test('takes tokens for itself only', async () => {
    const plan = await proposeAs(OPERATOR);
    const url = `${gateway.url}/approvals/v1/plans/${plan.planId}/approve`;
    const post = (authorization?: string): Promise<Response> =>
      fetch(url, { method: 'POST', body: '{}', headers: authorization === undefined ? {} : { authorization } });
    const forMcp = await tokenFor('approver', { resource: `${gateway.url}/mcp` });
    for (const response of [await post(), await post('Basic eDp5'), await post(`Bearer ${forMcp}`)]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer scope="fleet:approve"');
      expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED' });
    }
  });

  test('says that Temporal is away instead of pretending, and audits the failure', async () => {
    const plan = await proposeAs(OPERATOR);
    const cut = await startGateway({ ...platform, temporalUiUrl: 'http://127.0.0.1:9' });
    onTestFinished(cut.close);
    const decision = { digest: plan.digest, comment: '' };
    const answer = await send('approver', plan.planId, 'approve', decision, { gatewayUrl: cut.url });
    expect(answer).toMatchObject({ status: 503, body: { code: 'SERVICE_UNAVAILABLE' } });
    expect(await refusalsOf(plan.planId)).toMatchObject([{ outcome: 'failed', code: 'SERVICE_UNAVAILABLE' }]);
    expect((await fetch(`${cut.url}/healthz`)).status).toBe(503);
  });

  test('makes the workflow know the roles of whoever votes', async () => {
    const plan = await proposeAs(OPERATOR);
    await send('approver2', plan.planId, 'reject', { digest: plan.digest, comment: '' });
    const person = await waitUntil('the person', () => platform.database.people.get('approver2@convoy.test'));
    expect(person).toMatchObject({ grants: [{ roles: ['approver'], devices: [{ all: true }] }] });
    expect(await reaches(platform, plan.planId, ['rejected'])).toMatchObject({ refusedDecisions: [] });
  });
});
