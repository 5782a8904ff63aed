import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../../support/platform.ts';
import { testStack } from '../../support/test-stack.ts';
import { createHttpBrowser, type HttpBrowser } from './support/http-browser.ts';
import { startGateway, type RunningGateway } from './support/start-gateway.ts';
import { signedInAt } from './support/ui-requests.ts';

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

function signedIn(user: string): Promise<HttpBrowser> {
  return signedInAt(gateway.url, user);
}

/** Name of the session's cookie at the gateway. */
function sessionCookie(): string {
  return `convoy_gateway_${new URL(gateway.url).port}`;
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
    const session = cookies.find((cookie) => cookie.startsWith(`${sessionCookie()}=`));
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
    browser.cookies.set(sessionCookie(), randomBytes(200).toString('base64url'));
    expect((await browser.open(`${gateway.url}/`)).status).toBe(302);
  });

  test('does not finish a sign-in that another browser began', async () => {
    const victim = createHttpBrowser();
    const response = await victim.open(`${gateway.url}/oauth/callback?code=stolen&state=somebody-elses`);
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('not begun in this browser');
    expect(victim.cookies.has(sessionCookie())).toBe(false);
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
    expect(browser.cookies.has(sessionCookie())).toBe(true);
    const foreign = await browser.post(`${gateway.url}/oauth/logout`, '', { origin: 'https://evil.example' });
    expect(foreign.status).toBe(403);
    const done = await browser.post(`${gateway.url}/oauth/logout`, '');
    expect(done.status).toBe(303);
    expect(browser.cookies.has(sessionCookie())).toBe(false);
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
