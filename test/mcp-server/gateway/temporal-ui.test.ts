import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { propose, reaches } from '../../support/plans.ts';
import { temporalClient } from '../../support/temporal.ts';
import { testStack } from '../../support/test-stack.ts';
import type { AccessFile } from '../../../mcp-server/auth/access-mapping.ts';
import { createHttpBrowser, type HttpBrowser } from './support/http-browser.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';

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

async function signedIn(user: string): Promise<HttpBrowser> {
  const browser = createHttpBrowser();
  await browser.signIn(`${gateway.url}/`, user);
  return browser;
}

function workflowUrl(planId: string, action: string): string {
  return `${gateway.url}/api/v1/namespaces/${platform.namespace}/workflows/plan%2F${planId}/${action}`;
}

/** As Temporal UI 2.54 posts a signal. */
function signalBody(planId: string, signalName: string, input: unknown, identity = 'spoofed@evil.example'): object {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    signalName,
    workflowExecution: { workflowId: `plan/${planId}`, runId: '' },
    input: { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(input)) }] },
    identity,
  };
}

describe('signing in', () => {
  test('sends a browser to the identity provider and back to the page it wanted', async () => {
    const browser = createHttpBrowser();
    const wanted = `${gateway.url}/namespaces/${platform.namespace}/workflows?query=x`;
    const first = await browser.open(wanted);
    expect(first.status).toBe(302);
    const authorize = new URL(first.headers.get('location') ?? '');
    expect(authorize.origin).toBe(testStack().issuer);
    expect(Object.fromEntries(authorize.searchParams)).toMatchObject({
      client_id: 'convoy-gateway',
      code_challenge_method: 'S256',
      resource: gateway.url,
      redirect_uri: `${gateway.url}/oauth/callback`,
    });

    const page = await browser.signIn(wanted, 'approver');
    expect(page.status).toBe(200);
    expect(page.url).toBe(wanted);
    expect(await page.text()).toContain('<!doctype html>');
  });

  test('keeps the session in a sealed cookie that scripts cannot read', async () => {
    const browser = createHttpBrowser();
    const responses: Response[] = [];
    const { open } = browser;
    browser.open = async (...given) => {
      const response = await open(...given);
      responses.push(response);
      return response;
    };
    await browser.signIn(`${gateway.url}/`, 'approver');
    const cookies = responses.flatMap((response) => response.headers.getSetCookie());
    const session = cookies.find((cookie) => cookie.startsWith('convoy_gateway='));
    expect(session).toMatch(/; httponly/i);
    expect(session).toMatch(/; samesite=lax/i);
    expect(session).not.toContain('approver');
  });

  test('is good at every replica, since none holds it', async () => {
    const browser = await signedIn('approver');
    const replica = await startGateway({ ...platform, port: Number(new URL(gateway.url).port) });
    await gateway.close();
    gateway = replica;
    const answer = await browser.open(`${gateway.url}/api/v1/namespaces/${platform.namespace}`);
    expect(answer.status).toBe(200);
  });

  test('answers data requests without a session with a problem, not with a login page', async () => {
    const response = await fetch(`${gateway.url}/api/v1/namespaces`, {
      headers: { accept: '*/*' },
      redirect: 'manual',
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code: 'UNAUTHORIZED', message: expect.stringContaining('sign in') });
  });

  test('takes no session that was made up', async () => {
    const browser = createHttpBrowser();
    browser.cookies.set('convoy_gateway', randomBytes(200).toString('base64url'));
    expect((await browser.open(`${gateway.url}/`)).status).toBe(302);
  });

  test('does not finish a sign-in that another browser began', async () => {
    const victim = createHttpBrowser();
    const response = await victim.open(`${gateway.url}/oauth/callback?code=stolen&state=somebody-elses`);
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('not begun in this browser');
    expect(victim.cookies.has('convoy_gateway')).toBe(false);
  });

  test('tells people whom nothing is mapped to that they have no access', async () => {
    const closed = await startGateway({ ...platform, access: { rules: [] } });
    onTestFinished(closed.close);
    const page = await createHttpBrowser().signIn(`${closed.url}/`, 'operator');
    expect(page.status).toBe(403);
    expect(await page.text()).toContain('Your account has no access to this deployment.');
    const [refused] = await platform.database.audit.list({ action: 'access.refused', limit: 1 });
    expect(refused).toMatchObject({ actor: 'operator@convoy.test', code: 'FORBIDDEN', via: 'temporal-ui' });
  });

  test('ends with signing out, which takes a click', async () => {
    const browser = await signedIn('auditor');
    const page = await browser.open(`${gateway.url}/oauth/logout`);
    expect(await page.text()).toContain('auditor@convoy.test');
    expect(browser.cookies.has('convoy_gateway')).toBe(true);
    const foreign = await browser.post(`${gateway.url}/oauth/logout`, '', { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const done = await browser.post(`${gateway.url}/oauth/logout`, '');
    expect(done.status).toBe(303);
    expect(browser.cookies.has('convoy_gateway')).toBe(false);
  });

  test('ends every session of the person, wherever its cookie was copied to', async () => {
    const copied = await signedIn('admin');
    const browser = createHttpBrowser();
    for (const [name, value] of copied.cookies) browser.cookies.set(name, value);
    await browser.post(`${gateway.url}/oauth/logout`, '');
    const namespace = `${gateway.url}/api/v1/namespaces/${platform.namespace}`;
    expect((await copied.open(namespace)).status).toBe(401);
    expect((await copied.open(`${gateway.url}/`)).status).toBe(302);
    const again = await signedIn('admin');
    expect((await again.open(namespace)).status).toBe(200);
  });

  test('asks the person anew who wants to sign in although the provider knows them', async () => {
    const browser = await signedIn('approver');
    const silent = new URL((await createHttpBrowser().open(`${gateway.url}/`)).headers.get('location') ?? '');
    expect(silent.searchParams.get('prompt')).toBeNull();
    const first = await browser.open(`${gateway.url}/oauth/login?returnTo=/namespaces`);
    const asked = new URL(first.headers.get('location') ?? '');
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({ prompt: 'login', max_age: '900' });
    const interaction = (await browser.open(asked.href)).headers.get('location') ?? '';
    const form = await browser.open(new URL(interaction, asked.origin).href);
    expect(await form.text()).toContain('Password');
  });
});

describe('browsing', () => {
  test.each(['viewer', 'operator', 'approver', 'auditor', 'admin'])('shows workflows to the %s', async (user) => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn(user);
    const list = await browser.open(workflowUrl(plan.planId, 'history').replace('/history', ''));
    expect(list.status).toBe(200);
    expect(list.headers.get('cache-control')).toBe('no-store');
    expect(list.headers.getSetCookie()).toEqual([]);
  });

  test('renders cards in frames of its own origin and lets nobody else frame them', async () => {
    const browser = await signedIn('approver');
    const url = `${gateway.url}/render?content=${encodeURIComponent('# A card')}`;
    const frame = await browser.open(url, { 'sec-fetch-dest': 'iframe' });
    expect(frame.status).toBe(200);
    expect(await frame.text()).toContain('A card</h1>');
    expect(frame.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(frame.headers.get('content-security-policy')).toContain("frame-ancestors 'self'");
  });

  test.each([
    ['a link from elsewhere', '/render?content=x', { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate' }],
    ['a client that does not say', '/render?content=x', {}],
    ['an encoded spelling', '/%72ender?content=x', { 'sec-fetch-dest': 'document' }],
  ])('renders no text for %s', async (_who, path, headers) => {
    const browser = await signedIn('approver');
    const answer = await browser.open(`${gateway.url}${path}`, headers);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('inside the pages of workflows only');
  });

  test('lets queries through, which read although they are POSTs', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const browser = await signedIn('viewer');
    const answer = await browser.post(workflowUrl(plan.planId, 'query/__temporal_workflow_metadata'), {
      query: { queryType: '__temporal_workflow_metadata' },
    });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(await answer.json())).toContain('queryResult');
  });

  test('gives nothing of the visitor to the server behind but the minted token', async () => {
    const browser = await signedIn('viewer');
    // The gateway behind would turn these into metadata of the call, or into another method.
    const answer = await browser.open(`${gateway.url}/api/v1/namespaces/${platform.namespace}`, {
      authorization: 'Bearer forged',
      'grpc-metadata-authorization': 'Bearer forged',
      'x-http-method-override': 'DELETE',
    });
    expect(answer.status).toBe(200);
  });
});

describe('browsing with a scope of devices', () => {
  const scoped = (environments: ['lab'] | ['prod']): AccessFile => ({
    rules: [{ when: { claim: 'email', equals: 'viewer@convoy.test' }, roles: ['viewer'], devices: [{ environments }] }],
  });

  async function viewerAt(access: AccessFile): Promise<{ url: string; status: (path: string) => Promise<number> }> {
    const narrow = await startGateway({ ...platform, access });
    onTestFinished(narrow.close);
    const browser = createHttpBrowser();
    await browser.signIn(`${narrow.url}/`, 'viewer');
    const base = `${narrow.url}/api/v1/namespaces/${platform.namespace}`;
    return { url: base, status: async (path) => (await browser.open(`${base}${path}`)).status };
  }

  test('shows the plans whose devices are all in scope, and no list', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const { status } = await viewerAt(scoped(['lab']));
    const workflow = `/workflows/plan%2F${plan.planId}`;
    const search = (query: string): string => `/workflows?query=${encodeURIComponent(query)}&pageSize=1`;
    const open = [
      '',
      '/search-attributes',
      '/task-queues/convoy-workflows?taskQueueType=1',
      workflow,
      `${workflow}/history?waitNewEvent=false`,
      search(`WorkflowId="plan/${plan.planId}"`),
    ];
    for (const path of open) expect([path, await status(path)]).toEqual([path, 200]);
    const closed = [
      '/workflows',
      search(`WorkflowId="plan/${plan.planId}" OR ExecutionStatus="Running"`),
      `${search(`WorkflowId="plan/${plan.planId}"`)}&query=`,
      `/workflows/device-change%2F${platform.devices[0]?.deviceId}`,
      `${workflow}?execution.workflowId=other`,
      '/workflows/plan%2F..',
      '/schedules',
      '/task-queues/device%2Fx',
    ];
    for (const path of closed) expect([path, await status(path)]).toEqual([path, 403]);
  });

  test('hides plans about other devices as if they did not exist', async () => {
    const plan = await proposeAs('operator@convoy.test');
    const { status } = await viewerAt(scoped(['prod']));
    for (const path of ['', '/history', '/query/__temporal_workflow_metadata']) {
      expect(await status(`/workflows/plan%2F${plan.planId}${path}`)).toBe(404);
    }
    expect(await status(`/workflows?query=${encodeURIComponent(`WorkflowId="plan/${plan.planId}"`)}`)).toBe(404);
  });

  test('says where else to look', async () => {
    const narrow = await startGateway({ ...platform, access: scoped(['lab']) });
    onTestFinished(narrow.close);
    const browser = createHttpBrowser();
    await browser.signIn(`${narrow.url}/`, 'viewer');
    const answer = await browser.open(`${narrow.url}/api/v1/namespaces/${platform.namespace}/workflows`);
    expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', hint: expect.stringContaining('convoy plan list') });
  });

  test('shows nobody another namespace, the administrator neither', async () => {
    const browser = await signedIn('admin');
    for (const other of ['temporal-system', `${platform.namespace}x`, 'default', '']) {
      const answer = await browser.open(`${gateway.url}/api/v1/namespaces/${other}/workflows`);
      expect([other, answer.status]).toEqual([other, 403]);
    }
    // What the path hides is refused by the server behind, which trusts only the token's namespace.
    const climbing = `/api/v1/namespaces/${platform.namespace}/%2e%2e/temporal-system/workflows`;
    expect((await browser.open(`${gateway.url}${climbing}`)).status).toBeGreaterThanOrEqual(400);
  });
});

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
