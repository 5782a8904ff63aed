import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { AccessFile } from '../../../shared/domain/access-file.ts';
import type { PreparedPlan } from '../../../shared/contract/plan-messages.ts';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { propose } from '../../support/plans.ts';
import { createHttpBrowser, type HttpBrowser } from './support/http-browser.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';
import { signedInAt, workflowUrlAt } from './support/ui-requests.ts';

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
  return propose(platform, { requestedBy, input: { dnsServers: [`10.9.5.${proposed}`] } });
}

function signedIn(user: string): Promise<HttpBrowser> {
  return signedInAt(gateway.url, user);
}

function workflowUrl(planId: string, action: string): string {
  return workflowUrlAt(gateway.url, platform.namespace, planId, action);
}

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
      expect(await answer.text()).toContain("shows Convoy's own namespace only");
    }
    // What the path hides is refused by the server behind, which trusts only the token's namespace.
    const climbing = `/api/v1/namespaces/${platform.namespace}/%2e%2e/temporal-system/workflows`;
    expect((await browser.open(`${gateway.url}${climbing}`)).status).toBeGreaterThanOrEqual(400);
  });
});
