import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { serveIdentityProvider, type IdentityProvider } from '../../cli/stack/idp/server.ts';
import { generateProviderKeys } from '../../cli/stack/idp/signing-keys.ts';
import { loginAs, refreshLogin } from '../../cli/stack/login-as.ts';

const PUBLIC_URL = 'http://127.0.0.1:8080';
const APPROVAL_URL = 'http://127.0.0.1:8081';
const MCP = `${PUBLIC_URL}/mcp`;

test('gives a signed-in operator a JWT for the MCP server with identity, groups and the granted scopes', async () => {
  const { issuer } = await open();
  const tokens = await loginAs({
    issuer,
    user: 'operator@convoy.test',
    scope: 'openid email profile groups fleet:read fleet:plan',
    resource: MCP,
  });
  const { payload, protectedHeader } = await verify(issuer, tokens.accessToken, MCP);
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  expect(payload).toMatchObject({
    sub: 'operator@convoy.test',
    email: 'operator@convoy.test',
    name: 'Otto Operator',
    groups: ['convoy-operators'],
    client_id: 'convoy-cli',
    scope: 'fleet:read fleet:plan',
  });
  const { payload: identity } = await verify(issuer, tokens.idToken ?? '', 'convoy-cli');
  expect(identity).toMatchObject({
    email: 'operator@convoy.test',
    name: 'Otto Operator',
    groups: ['convoy-operators'],
  });
});

test('grants approving and administering for the gateway, and never for the MCP server', async () => {
  const { issuer } = await open();
  const scope = 'fleet:read fleet:approve fleet:admin';
  const user = 'admin@convoy.test';
  const forGateway = await loginAs({
    issuer,
    user,
    scope,
    resource: APPROVAL_URL,
    clientId: 'convoy-gateway',
    redirectUri: `${APPROVAL_URL}/oauth/callback`,
  });
  const forMcp = await loginAs({ issuer, user, scope, resource: MCP });
  expect(forGateway.scope.split(' ').toSorted()).toEqual(['fleet:admin', 'fleet:approve', 'fleet:read']);
  expect(forMcp.scope).toBe('fleet:read');
});

test('grants only reading for the read-only address of the MCP server', async () => {
  const { issuer } = await open();
  const resource = `${MCP}/readonly`;
  const tokens = await loginAs({
    issuer,
    user: 'admin@convoy.test',
    scope: 'fleet:read fleet:write fleet:plan',
    resource,
  });
  expect(tokens.scope).toBe('fleet:read');
});

test('refuses a foreign client tokens for the gateway', async () => {
  const { issuer } = await open();
  const login = loginAs({
    issuer,
    user: 'approver@convoy.test',
    scope: 'fleet:approve',
    resource: APPROVAL_URL,
    clientId: 'convoy-mcp',
    redirectUri: 'http://127.0.0.1:4000/callback',
  });
  await expect(login).rejects.toMatchObject({ code: 'LOGIN_FAILED' });
  await expect(login).rejects.toThrow(/invalid_target/);
});

test('registers a client dynamically and lets it read and plan after the person consented', async () => {
  const { issuer } = await open();
  const redirectUri = 'https://chatgpt.com/connector_platform_oauth_redirect';
  const registration = await fetch(`${issuer}/reg`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      client_name: 'An assistant',
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    }),
  });
  expect(registration.status).toBe(201);
  const { client_id: clientId } = (await registration.json()) as { client_id: string };
  const tokens = await loginAs({
    issuer,
    user: 'operator@convoy.test',
    scope: 'fleet:read fleet:plan fleet:approve',
    resource: MCP,
    clientId,
    redirectUri,
  });
  expect(tokens.scope).toBe('fleet:read fleet:plan');
  const refreshed = await refreshLogin({ issuer, clientId, refreshToken: tokens.refreshToken ?? '' });
  expect(refreshed.scope).toBe('fleet:read fleet:plan');
});

test("asks a foreign client's person only for what the client can get", async () => {
  const { issuer } = await open();
  const html = await consentPageOf(issuer, 'openid email fleet:read fleet:approve');
  const asked = [...html.matchAll(/<code>([a-z]+(?::[a-z]+)?)<\/code>/g)].map(([, scope]) => scope);
  expect(asked).toEqual(['openid', 'email', 'fleet:read']);
});

test('asks whoever is signed in before a program on their machine gets their token', async () => {
  const { issuer } = await open();
  const html = await consentPageOf(issuer, 'openid fleet:read fleet:approve', {
    clientId: 'convoy-cli',
    resource: APPROVAL_URL,
  });
  const asked = [...html.matchAll(/<code>([a-z]+(?::[a-z]+)?)<\/code>/g)].map(([, scope]) => scope);
  expect(asked).toEqual(['openid', 'fleet:read', 'fleet:approve']);
  expect(html).toContain('Convoy command line');
});

test('advertises what hosted assistants look for', async () => {
  const { issuer } = await open();
  const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  expect(metadata).toMatchObject({
    issuer,
    client_id_metadata_document_supported: true,
    registration_endpoint: `${issuer}/reg`,
    authorization_response_iss_parameter_supported: true,
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: expect.arrayContaining(['none']) as string[],
    scopes_supported: expect.arrayContaining(['offline_access', 'fleet:read']) as string[],
  });
});

test('does not fetch a client metadata document from a private address', async () => {
  const { issuer } = await open();
  const login = loginAs({
    issuer,
    user: 'operator@convoy.test',
    scope: 'fleet:read',
    resource: MCP,
    clientId: 'https://127.0.0.1:9/client.json',
    redirectUri: 'https://127.0.0.1:9/callback',
  });
  await expect(login).rejects.toThrow('client_id metadata document fetch not allowed');
});

test('refuses a wrong password and an unknown person with the same words', async () => {
  const { issuer } = await open();
  const attempt = { issuer, scope: 'fleet:read', resource: MCP };
  const words = /E-mail or password is wrong/;
  await expect(loginAs({ ...attempt, user: 'operator@convoy.test', password: 'guess' })).rejects.toThrow(words);
  await expect(loginAs({ ...attempt, user: 'eve@convoy.test' })).rejects.toThrow(words);
});

test('signs a terminal in by the device flow', async () => {
  const { issuer } = await open();
  const request = { client_id: 'convoy-cli', scope: 'openid fleet:read fleet:approve', resource: APPROVAL_URL };
  const begun = (await post(`${issuer}/device/auth`, request)) as { device_code: string; user_code: string };
  const poll = (): Promise<unknown> =>
    post(`${issuer}/token`, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: 'convoy-cli',
      device_code: begun.device_code,
    });
  expect(await poll()).toMatchObject({ error: 'authorization_pending' });
  await confirmDevice(issuer, begun.user_code, 'approver@convoy.test');
  const tokens = (await poll()) as { access_token: string };
  const { payload } = await verify(issuer, tokens.access_token, APPROVAL_URL);
  expect(payload).toMatchObject({ sub: 'approver@convoy.test', scope: 'fleet:read fleet:approve' });
});

async function open(): Promise<IdentityProvider> {
  const identityProvider = await serveIdentityProvider({
    port: 0,
    publicUrl: PUBLIC_URL,
    approvalUrl: APPROVAL_URL,
    jwks: await generateProviderKeys(),
    cookieSecret: 'a cookie secret for a test only',
  });
  onTestFinished(() => identityProvider.close());
  return identityProvider;
}

async function verify(issuer: string, token: string, audience: string): ReturnType<typeof jwtVerify> {
  const keys = (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet;
  return jwtVerify(token, createLocalJWKSet(keys), { issuer, audience, algorithms: ['ES256'] });
}

async function post(url: string, parameters: Record<string, string>): Promise<unknown> {
  return (await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) })).json();
}

/** The consent page that an operator sees for the MCP client. */
async function consentPageOf(
  issuer: string,
  scope: string,
  { clientId = 'convoy-mcp', resource = MCP } = {},
): Promise<string> {
  const browser = openBrowser(issuer);
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:4000/callback',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    resource,
    scope,
  });
  const login = await browser(`/auth?${query.toString()}`);
  return browser(formAction(login), OPERATOR_SIGNS_IN);
}

/** Does what the person does in the browser: types the code, confirms it, signs in. */
async function confirmDevice(issuer: string, userCode: string, email: string): Promise<void> {
  const browser = openBrowser(issuer);
  const hidden = (html: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]+)"`).exec(html)?.[1] ?? '';
  const ask = await browser('/device');
  const confirm = await browser('/device', { xsrf: hidden(ask, 'xsrf'), user_code: userCode });
  expect(confirm).toContain(userCode);
  const xsrf = hidden(confirm, 'xsrf');
  const login = await browser('/device', { xsrf, user_code: userCode, confirm: 'yes' });
  const done = await browser(formAction(login), { ...OPERATOR_SIGNS_IN, email });
  expect(done).toContain('Signed in');
}

const OPERATOR_SIGNS_IN = {
  prompt: 'login',
  decision: 'continue',
  email: 'operator@convoy.test',
  password: 'convoy',
};

function formAction(html: string): string {
  return /action="(\/interaction\/[^"]+)"/.exec(html)?.[1] ?? '';
}

type Browser = (url: string, form?: Record<string, string>) => Promise<string>;

/** Gets pages and posts forms with the cookies of one session, following redirects; answers the page. */
function openBrowser(issuer: string): Browser {
  const cookies = new Map<string, string>();
  const visit: Browser = async (url, form) => {
    const response = await fetch(new URL(url, issuer), {
      method: form ? 'POST' : 'GET',
      body: form && new URLSearchParams(form),
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const header of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (header.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location ? visit(location) : response.text();
  };
  return visit;
}
