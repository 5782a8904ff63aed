import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { kindOfRequest } from '../../mcp-server/gateway/requests.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { createHttpBrowser, type HttpBrowser } from '../mcp-server/gateway/support/http-browser.ts';
import { startGateway, type RunningGateway } from '../mcp-server/gateway/support/start-gateway.ts';
import { signalBody, signedInAt, workflowUrlAt } from '../mcp-server/gateway/support/ui-requests.ts';
import { temporalService, type TemporalRoute } from '../support/temporal-routes.ts';
import { testStack } from '../support/test-stack.ts';
import { cookieOf, PLAN, startAttackedGateway, type AttackedGateway } from './support/attacked-gateway.ts';

const DIGEST = 'ab'.repeat(32);

let database: Database;
let namespace: string;
let gateway: RunningGateway;
let admin: HttpBrowser;
let events: AttackedGateway['events'];
let close: AttackedGateway['close'];

beforeAll(async () => {
  ({ namespace, database, gateway, admin, events, close } = await startAttackedGateway());
}, 120_000);

afterAll(() => close?.());

const approval = (): object => signalBody(PLAN, 'approve', { digest: DIGEST, comment: '' });
const approveUrl = (): string => workflowUrlAt(gateway.url, namespace, PLAN, 'signal/approve');

/** The route with values in it: our namespace, the plan's workflow, and a name everywhere else. */
function filled({ template }: TemporalRoute): string {
  return template
    .replace('{namespace}', namespace)
    .replaceAll(/\{[a-z_.]*workflow_id\}/g, `plan%2F${PLAN}`)
    .replaceAll(/\{[^}]+\}/g, 'anything');
}

describe('of the HTTP routes that the Temporal server has', () => {
  test('the administrator’s browser reaches none that changes anything', async () => {
    const { routes } = await temporalService();
    const writing = routes.filter(({ rpc, method }) => method !== 'GET' && rpc !== 'QueryWorkflow');
    expect(writing.length).toBeGreaterThan(100);
    const before = await events();
    for (const route of writing) {
      const path = filled(route);
      expect([route.rpc, kindOfRequest(route.method, path, namespace).kind]).toEqual([route.rpc, 'refused']);
    }
    // One of each RPC over the wire, so that what refuses is the gateway and not the table above.
    const byRpc = new Map(writing.filter(({ template }) => template.startsWith('/api/')).map((one) => [one.rpc, one]));
    for (const route of byRpc.values()) {
      const init = { method: route.method, headers: { origin: gateway.url, cookie: cookieOf(admin) } };
      const answer = await fetch(`${gateway.url}${filled(route)}`, init);
      expect([route.rpc, answer.status]).toEqual([route.rpc, 403]);
      expect(await answer.text()).toContain('does not let');
    }
    expect(await events()).toBe(before);
  }, 120_000);

  test('those that browsers may GET all read', async () => {
    const { routes } = await temporalService();
    const reading = [...new Set(routes.filter(({ method }) => method === 'GET').map(({ rpc }) => rpc))];
    // Polls wait for what comes of something; those that take work away have no route.
    expect(
      reading.filter((rpc) => !/^(?:Get|List|Describe|Count|Scan|Poll\w+(?:Execution|TimeSkipping)$)/.test(rpc)),
    ).toEqual([]);
  });

  test('none takes a GET in place of the POST', async () => {
    const before = await events();
    for (const action of ['signal/approve', 'terminate', 'cancel', 'reset']) {
      const answer = await admin.open(workflowUrlAt(gateway.url, namespace, PLAN, action), {
        'x-http-method-override': 'POST',
      });
      expect([action, answer.status >= 400]).toEqual([action, true]);
    }
    expect(await events()).toBe(before);
  });
});

describe('another site that makes the browser send a vote', () => {
  test.each<[string, Record<string, string>]>([
    ['says where it is from', { origin: 'https://evil.example' }],
    ['hides where it is from', { origin: 'null' }],
    ['is a sibling of the gateway’s name', { origin: 'http://other.127.0.0.1' }],
    ['is another port of the same host', { origin: 'http://127.0.0.1:1' }],
    ['is the same host without TLS stripped of its port', { origin: 'http://127.0.0.1' }],
    ['sends no origin', {}],
    ['sends no origin and says so', { 'sec-fetch-site': 'cross-site' }],
    ['sends no origin as a sibling', { 'sec-fetch-site': 'same-site' }],
    ['sends no origin as if a person had typed it', { 'sec-fetch-site': 'none' }],
  ])('is refused when it %s', async (_who, headers) => {
    const before = await events();
    const answer = await fetch(approveUrl(), {
      method: 'POST',
      body: JSON.stringify(approval()),
      headers: { cookie: cookieOf(admin), ...headers },
    });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ code: 'FORBIDDEN', details: { reason: 'FOREIGN_ORIGIN' } });
    expect(await events()).toBe(before);
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'is refused as a form (%s), also from our own origin',
    async (type) => {
      const answer = await admin.post(approveUrl(), approval(), { 'content-type': type });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ code: 'VALIDATION_ERROR' });
    },
  );

  test('reads nothing of the fleet either', async () => {
    const url = `${gateway.url}/api/v1/namespaces/${namespace}`;
    for (const site of ['cross-site', 'same-site']) {
      expect((await admin.open(url, { 'sec-fetch-site': site })).status).toBe(403);
    }
    const own = await admin.open(url, { 'sec-fetch-site': 'same-origin' });
    expect(own.status).toBe(200);
    expect(own.headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('every answer says that nobody else may frame, sniff or read it', async () => {
  const nobody = createHttpBrowser();
  const render = { 'sec-fetch-dest': 'iframe' };
  const answers: [string, Response, 'none' | 'self'][] = [
    ['a page', await admin.open(`${gateway.url}/namespaces/${namespace}/workflows`), 'self'],
    ['a page with a card', await admin.open(`${gateway.url}/render?content=x`, render), 'self'],
    ['data', await admin.open(`${gateway.url}/api/v1/namespaces/${namespace}`), 'none'],
    ['a refused page', await admin.open(`${gateway.url}/render?content=x`), 'none'],
    ['refused data', await admin.post(workflowUrlAt(gateway.url, namespace, PLAN, 'terminate'), {}), 'none'],
    ['what needs a session', await nobody.open(`${gateway.url}/api/v1/settings`), 'none'],
    ['the way to the identity provider', await nobody.open(`${gateway.url}/`), 'none'],
    ['the page for signing out', await admin.open(`${gateway.url}/oauth/logout`), 'none'],
    ['a broken sign-in', await nobody.open(`${gateway.url}/oauth/callback?state=x`), 'none'],
    ['the route of the terminal', await nobody.open(`${gateway.url}/approvals/v1/plans/x/y`), 'none'],
    ['a refused address', await admin.open(`${gateway.url}/a/..;x/b`), 'none'],
    ['the probe', await nobody.open(`${gateway.url}/healthz`), 'none'],
  ];
  for (const [what, { headers }, ancestors] of answers) {
    expect([what, headers.get('content-security-policy')]).toEqual([
      what,
      expect.stringContaining(`frame-ancestors '${ancestors}'`),
    ]);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-frame-options': 'SAMEORIGIN',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-correlation-id': expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  }
  const [, page] = answers[0] ?? [];
  const policy = page?.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/=]+';/);
  expect(policy).toContain("object-src 'none'");
});

describe('after signing in the browser', () => {
  test.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/%5cevil.example/..',
    '/..//evil.example',
    '/./\\evil.example',
    'http:evil.example',
    '/\tevil',
    ' //evil.example',
    'javascript:alert(1)',
    'https://127.0.0.1@evil.example/',
    '/oauth/logout',
  ])('is sent nowhere else by a return path of %j', async (returnTo) => {
    const browser = createHttpBrowser();
    const begun = await browser.open(`${gateway.url}/oauth/login?returnTo=${encodeURIComponent(returnTo)}`);
    const page = await browser.signInFrom(begun, 'viewer');
    expect(new URL(page.url).origin).toBe(gateway.url);
    expect(page.url).not.toContain('/oauth/logout');
  });

  test('has a session that the one planted before knows nothing of', async () => {
    const planted = await signedInAt(gateway.url, 'viewer');
    const victim = createHttpBrowser();
    const [name, value] = [...planted.cookies].find(([given]) => given.startsWith('convoy_gateway')) ?? [];
    victim.cookies.set(name ?? '', value ?? '');
    await victim.signInFrom(await victim.open(`${gateway.url}/oauth/login`), 'approver');
    expect(victim.cookies.get(name ?? '')).not.toBe(value);
    const settings = `${gateway.url}/api/v1/settings`;
    expect((await victim.open(settings)).status).toBe(200);
    expect((await planted.open(settings)).status).toBe(401);
  });

  test('has no session while a second cookie of its name is sent', async () => {
    const attacker = await signedInAt(gateway.url, 'viewer');
    const cookie = `${cookieOf(attacker)}; ${cookieOf(admin)}`;
    expect((await fetch(`${gateway.url}/api/v1/settings`, { headers: { cookie } })).status).toBe(401);
  });
});

test('no browser and no record ever sees a token for the Temporal server', async () => {
  const seen: string[] = [];
  const browser = createHttpBrowser();
  const { open } = browser;
  browser.open = async (...given) => {
    const answer = await open(...given);
    seen.push(JSON.stringify([...answer.headers]), await answer.clone().text());
    return answer;
  };
  await browser.signIn(`${gateway.url}/namespaces/${namespace}/workflows/plan%2F${PLAN}`, 'approver');
  for (const path of ['/api/v1/settings', `/api/v1/namespaces/${namespace}`, '/oauth/logout', '/render?content=x']) {
    await browser.open(`${gateway.url}${path}`);
  }
  await browser.post(approveUrl(), approval());
  // A JSON Web Token begins so; those of the identity provider are in the way from and to it, in addresses only.
  const own = seen.filter((text) => !text.includes(testStack().issuer));
  expect(own.length).toBeGreaterThan(8);
  expect(own.filter((text) => /eyJ[\w-]{10,}\.[\w-]{10,}/.test(text))).toEqual([]);
  expect(JSON.stringify(await database.audit.list({ limit: 100 }))).not.toMatch(/eyJ[\w-]{10,}\.[\w-]{10,}/);
});

test('without the gateway the Temporal UI shows and takes nothing', async () => {
  const { uiUrl } = testStack().temporal;
  const before = await events();
  const path = `/api/v1/namespaces/${namespace}/workflows/plan%2F${PLAN}`;
  expect((await fetch(`${uiUrl}${path}`)).status).toBeGreaterThanOrEqual(400);
  const body = JSON.stringify(approval());
  for (const headers of [{}, { authorization: 'Bearer forged' }, { cookie: cookieOf(admin) }]) {
    const answer = await fetch(`${uiUrl}${path}/signal/approve`, { method: 'POST', body, headers });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  }
  expect(await events()).toBe(before);
});

test('a browser that begins to sign in again and again keeps cookies that fit into a request', async () => {
  const browser = createHttpBrowser();
  for (let tab = 0; tab < 12; tab += 1) await browser.open(`${gateway.url}/page-${tab}`);
  expect(browser.cookies.size).toBe(5);
});

test('an address that signs in without end is told to wait, and nobody else is', async () => {
  const limit = { perSecond: 0.01, burst: 3 };
  const behind = await startGateway({ namespace, database, unprovenLimit: limit, trustedProxies: ['127.0.0.1'] });
  onTestFinished(behind.close);
  const begin = (address: string, path = '/'): Promise<Response> =>
    createHttpBrowser().open(`${behind.url}${path}`, { 'x-forwarded-for': `198.51.100.7, ${address}` });
  const statuses: number[] = [];
  for (const path of ['/', '/oauth/login', '/api/v1/settings', '/', '/oauth/login', '/api/v1/settings']) {
    statuses.push((await begin('192.0.2.1', path)).status);
  }
  expect(statuses).toEqual([302, 302, 401, 429, 429, 429]);
  expect((await begin('192.0.2.2')).status).toBe(302);
});
