import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { propose, reaches } from '../../support/plans.ts';
import { temporalClient } from '../../support/temporal.ts';
import { createHttpBrowser, type HttpBrowser } from './support/http-browser.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';
import { signalBody, signedInAt, workflowUrlAt } from './support/ui-requests.ts';

let platform: TestPlatform;
let gateway: RunningGateway;

beforeAll(async () => {
  platform = await startPlatform({ routers: 1 });
  gateway = await startGateway(platform);
}, 120_000);

afterAll(async () => {
  await gateway?.close();
  await platform?.stop();
});

let proposed = 0;

function proposeAs(requestedBy: string): Promise<PreparedPlan> {
  proposed += 1;
  return propose(platform, { requestedBy, input: { dnsServers: [`10.9.7.${proposed}`] } });
}

function signedIn(user: string): Promise<HttpBrowser> {
  return signedInAt(gateway.url, user);
}

function workflowUrl(planId: string, action: string): string {
  return workflowUrlAt(gateway.url, platform.namespace, planId, action);
}

describe('signals from the Temporal UI', () => {
  test("carries an approver's vote, whatever identity the request claims", async () => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('approver');
    const body = signalBody(plan.planId, 'approve', { digest: plan.digest, comment: 'from the page' });
    const answer = await browser.post(workflowUrl(plan.planId, 'signal/approve'), body);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({});
    const done = await reaches(platform, plan.planId, ['completed']);
    expect(done.approvals).toMatchObject([
      { by: 'approver@convoy.test', decision: 'approve', via: 'temporal-ui', comment: 'from the page' },
    ]);
  });

  test('refuses with a sentence for the dialog, and audits it', async () => {
    const plan = await proposeAs('approver@convoy.test');
    const browser = await signedIn('approver');
    const body = signalBody(plan.planId, 'approve', { digest: plan.digest });
    const answer = await browser.post(workflowUrl(plan.planId, 'signal/approve'), body);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      type: 'urn:convoy:problem:APPROVAL_BY_REQUESTER',
      title: 'Forbidden',
      code: 'APPROVAL_BY_REQUESTER',
      message: 'You asked for this plan, so somebody else must approve it.',
      retryable: false,
      correlationId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(
      await platform.database.audit.list({ planId: plan.planId, action: 'approval.refused', limit: 5 }),
    ).toMatchObject([
      { actor: 'approver@convoy.test', code: 'APPROVAL_BY_REQUESTER', via: 'temporal-ui', outcome: 'refused' },
    ]);
  });

  test('takes no decision from a session of a sign-in long ago, and says where to sign in again', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const strict = await startGateway({ ...platform, freshSignInSeconds: 0 });
    onTestFinished(strict.close);
    const browser = createHttpBrowser();
    await browser.signIn(`${strict.url}/`, 'approver');
    const post = (signal: string, input: unknown): Promise<Response> =>
      browser.post(
        workflowUrl(plan.planId, `signal/${signal}`).replace(gateway.url, strict.url),
        signalBody(plan.planId, signal, input),
      );
    const refused = await post('approve', { digest: plan.digest, comment: '' });
    expect(refused.status).toBe(401);
    const body = (await refused.json()) as { code: string; message: string };
    expect(body.code).toBe('UNAUTHORIZED');
    const page = `/namespaces/${platform.namespace}/workflows/plan%2F${plan.planId}`;
    expect(body.message).toContain(`${strict.url}/oauth/login?returnTo=${encodeURIComponent(page)}`);
    // A control needs no fresh sign-in: this one fails for another reason.
    expect(await (await post('pause', { comment: '' })).json()).toMatchObject({
      code: 'PLAN_STATE_CONFLICT',
    });
  });

  test.each([
    ['terminate', { reason: 'x' }],
    ['cancel', {}],
    ['reset', {}],
    ['update/prepared', {}],
    ['signal/cancel', {}],
    ['signal/rolloutNotice', {}],
  ])('lets nobody %s a plan, the administrator neither', async (action, body) => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('admin');
    const answer = await browser.post(workflowUrl(plan.planId, action), body);
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('does not let') });

    const client = await temporalClient({ subject: 'reader', namespace: platform.namespace });
    onTestFinished(() => client.connection.close());
    const description = await client.workflow.getHandle(`plan/${plan.planId}`).describe();
    expect(description.status.name).toBe('RUNNING');
    const [latest] = await platform.database.audit.list({ action: 'gateway.refused', limit: 1 });
    expect(latest).toMatchObject({ actor: 'admin@convoy.test', outcome: 'refused', code: 'FORBIDDEN' });
    expect(JSON.stringify(latest?.details)).toContain(action);
  });

  test('records every refused write, also when the client repeats its correlation id', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('auditor');
    const headers = { 'x-correlation-id': `chosen-${plan.planId}` };
    await browser.post(workflowUrl(plan.planId, 'cancel'), {}, headers);
    await browser.post(workflowUrl(plan.planId, 'terminate'), {}, headers);
    const events = await platform.database.audit.list({ action: 'gateway.refused', limit: 10 });
    const own = events.filter(({ correlationId }) => correlationId === headers['x-correlation-id']);
    expect(own.map(({ actor }) => actor)).toEqual(['auditor@convoy.test', 'auditor@convoy.test']);
  });

  test('slows down a browser that asks without end', async () => {
    const slow = await startGateway({ ...platform, rateLimit: { perSecond: 0.01, burst: 3 } });
    onTestFinished(slow.close);
    const browser = createHttpBrowser();
    await browser.signIn(`${slow.url}/`, 'viewer');
    const statuses: number[] = [];
    for (let request = 0; request < 3; request += 1) {
      statuses.push((await browser.open(`${slow.url}/api/v1/namespaces/${platform.namespace}`)).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    const refused = await browser.open(`${slow.url}/api/v1/namespaces/${platform.namespace}`);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('takes no write that another site made the browser send', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('approver');
    const body = signalBody(plan.planId, 'approve', { digest: plan.digest });
    const url = workflowUrl(plan.planId, 'signal/approve');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${gateway.url}.evil.example` },
    ]) {
      const answer = await browser.post(url, body, headers);
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'FOREIGN_ORIGIN' } });
    }
    expect((await platform.database.plans.get(plan.planId))?.status).toBe('awaiting_approval');
    const refusals = await platform.database.audit.list({ action: 'access.refused', limit: 3 });
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ actor: 'approver@convoy.test', details: { reason: 'FOREIGN_ORIGIN' } });
    }
    expect(refusals).toHaveLength(3);
  });

  test('takes no request larger than a signal can be', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('approver');
    const body = signalBody(plan.planId, 'approve', { digest: plan.digest, comment: 'x'.repeat(20_000) });
    const answer = await browser.post(workflowUrl(plan.planId, 'signal/approve'), body);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test('sends nothing to a run that is over', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('approver');
    const body = {
      ...signalBody(plan.planId, 'approve', { digest: plan.digest }),
      workflowExecution: { workflowId: `plan/${plan.planId}`, runId: '00000000-0000-4000-8000-000000000000' },
    };
    const answer = await browser.post(workflowUrl(plan.planId, 'signal/approve'), body);
    expect([404, 409]).toContain(answer.status);
    expect((await platform.database.plans.get(plan.planId))?.status).toBe('awaiting_approval');
  });
});

describe('payloads', () => {
  test('are opened on pages of the gateway for an approver, stay sealed for a viewer, and leave an audit entry', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const approver = await signedIn('approver');
    const page = await approver.open(workflowUrl(plan.planId, 'history'));
    const { history } = (await page.json()) as { history: { events: StartEvent[] } };
    const payloads = history.events[0]?.workflowExecutionStartedEventAttributes.input.payloads ?? [];
    expect(Buffer.from(payloads[0]?.data ?? '', 'base64').toString()).not.toContain(plan.planId);

    const decode = `${gateway.url}/codec/decode`;
    const opened = (await (await approver.post(decode, { payloads })).json()) as { payloads: { data: string }[] };
    expect(JSON.parse(Buffer.from(opened.payloads[0]?.data ?? '', 'base64').toString())).toMatchObject({
      planId: plan.planId,
    });
    const [read] = await platform.database.audit.list({ action: 'payloads.read', limit: 1 });
    expect(read).toMatchObject({
      actor: 'approver@convoy.test',
      outcome: 'ok',
      details: { workflows: [`plan/${plan.planId}`] },
    });

    const viewer = await signedIn('viewer');
    expect(await (await viewer.post(decode, { payloads })).json()).toEqual({ payloads });
    expect((await createHttpBrowser().post(decode, { payloads })).status).toBe(401);
    expect((await approver.post(decode, { payloads }, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

interface StartEvent {
  workflowExecutionStartedEventAttributes: {
    input: { payloads: { metadata: Record<string, string>; data: string }[] };
  };
}
