import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const ISSUER = 'https://team.cloudflareaccess.com';
const AUDIENCE = 'a'.repeat(64);
const HEADER = 'cf-access-jwt-assertion';
const LIST = { method: 'tools/list' };
/** Recorded whatever comes of it. */
const LOGS = { method: 'tools/call', params: { name: 'get_recent_logs', arguments: { deviceId: 'nowhere' } } };

let signingKey: CryptoKey;
let published: Record<string, unknown>;
let otherKey: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  signingKey = pair.privateKey;
  published = { ...(await exportJWK(pair.publicKey)), kid: 'cf-1', alg: 'RS256', use: 'sig' };
  otherKey = (await generateKeyPair('RS256')).privateKey;
});

/** An assertion as Cloudflare Access signs one. */
async function assertion(claims: Record<string, unknown> = {}, key = signingKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    aud: [AUDIENCE],
    email: 'operator@convoy.test',
    exp: now + 300,
    iat: now,
    nbf: now,
    iss: ISSUER,
    type: 'app',
    identity_nonce: 'n',
    sub: '7335d417-61da-459d-899c-0a01c76a2f94',
    country: 'DE',
    ...claims,
  };
  const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
  return new SignJWT(kept).setProtectedHeader({ alg: 'RS256', kid: 'cf-1', typ: 'JWT' }).sign(key);
}

async function start(mode: 'required' | 'identity' | 'off'): Promise<TestFrontEnd> {
  if (mode === 'off') return startFrontEnd();
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(request.url === '/cdn-cgi/access/certs' ? JSON.stringify({ keys: [published] }) : '{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.close().closeAllConnections());
  const keysUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cdn-cgi/access/certs`;
  return startFrontEnd({
    identity: { cloudflareAccess: { mode, issuer: ISSUER, audience: AUDIENCE, scopes: ['fleet:read'], keysUrl } },
  });
}

async function bad(): Promise<Record<string, string>> {
  const now = Math.floor(Date.now() / 1000);
  return {
    'another team': await assertion({ iss: 'https://other.cloudflareaccess.com' }),
    'another application': await assertion({ aud: ['b'.repeat(64)] }),
    over: await assertion({ exp: now - 60 }),
    'without an end': await assertion({ exp: null }),
    'signed by somebody else': await assertion({}, otherKey),
    'no assertion': 'x',
  };
}

describe('off, as by default', () => {
  it('an assertion is no identity, neither in its header nor as a bearer token nor in its cookie', async () => {
    const front = await start('off');
    const token = await assertion();
    expect((await postModern(front, null, LIST, { [HEADER]: token })).status).toBe(401);
    expect((await postModern(front, token, LIST)).status).toBe(401);
    expect((await postModern(front, null, LIST, { cookie: `CF_Authorization=${token}` })).status).toBe(401);
  });

  it('a token alone is enough, whatever the header says', async () => {
    const front = await start('off');
    const admin = await assertion({ email: 'admin@convoy.test' });
    expect((await postModern(front, await front.tokenOf('viewer'), LIST, { [HEADER]: admin })).status).toBe(200);
  });
});

describe('required besides the token', () => {
  it('lets the same person through, on MCP and the API', async () => {
    const front = await start('required');
    const token = await front.tokenOf('operator');
    const headers = { [HEADER]: await assertion({ email: 'Operator@convoy.test' }) };
    expect((await postModern(front, token, LIST, headers)).status).toBe(200);
    const api = await fetch(`${front.apiUrl}/devices`, { headers: { ...headers, authorization: `Bearer ${token}` } });
    expect(api.status).toBe(200);
  });

  it('is no identity by itself', async () => {
    const front = await start('required');
    expect((await postModern(front, null, LIST, { [HEADER]: await assertion() })).status).toBe(401);
  });

  it('refuses without it, with a bad one and with that of somebody else; the token is not called wrong', async () => {
    const front = await start('required');
    const token = await front.tokenOf('operator');
    const assertions = { ...(await bad()), 'somebody else': await assertion({ email: 'admin@convoy.test' }) };
    const responses = [await postModern(front, token, LIST)];
    for (const one of Object.values(assertions))
      responses.push(await postModern(front, token, LIST, { [HEADER]: one }));
    responses.push(await postModern(front, token, LIST, { cookie: `CF_Authorization=${await assertion()}` }));
    for (const response of responses) {
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([403, null]);
    }
    const events = await front.database.audit.list({ action: 'access.refused', limit: 50 });
    expect(events).toHaveLength(responses.length);
  });
});

describe('as the identity of MCP', () => {
  it('says who calls, with the scopes of the configuration', async () => {
    const front = await start('identity');
    const response = await postModern(front, null, LIST, { [HEADER]: await assertion() });
    expect(response.status).toBe(200);
    const { result } = (await response.json()) as { result: { tools: { name: string }[] } };
    const names = result.tools.map(({ name }) => name);
    expect(names).toContain('list_devices');
    expect(names.some((name) => name.startsWith('plan_'))).toBe(false);
    expect(await front.database.people.get('operator@convoy.test')).toMatchObject({ roles: ['operator'] });
    await postModern(front, null, LOGS, { [HEADER]: await assertion() });
    expect(await front.database.audit.list({ limit: 1 })).toMatchObject([{ authMethod: 'cloudflare-access' }]);
  });

  it('refuses everything else without a challenge of its own, and publishes nothing about tokens', async () => {
    const front = await start('identity');
    const token = await front.tokenOf('operator');
    const responses = [await postModern(front, null, LIST), await postModern(front, token, LIST)];
    for (const one of Object.values(await bad()))
      responses.push(await postModern(front, null, LIST, { [HEADER]: one }));
    for (const response of responses) {
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, null]);
    }
    expect((await fetch(`${front.url}/.well-known/oauth-protected-resource`)).status).toBe(404);
  });

  it('is not that of the API, whose people have tokens of their own', async () => {
    const front = await start('identity');
    const headers = { [HEADER]: await assertion() };
    expect((await fetch(`${front.apiUrl}/devices`, { headers })).status).toBe(401);
    const authorization = `Bearer ${await front.tokenOf('operator')}`;
    expect((await fetch(`${front.apiUrl}/devices`, { headers: { authorization } })).status).toBe(200);
  });

  it('of a service token is a service, which must be mapped', async () => {
    const front = await start('identity');
    const service = (name: string) => assertion({ email: null, sub: '', common_name: name });
    const answers = await Promise.all(
      ['nightly.access', 'unknown.access'].map(
        async (name) => (await postModern(front, null, LIST, { [HEADER]: await service(name) })).status,
      ),
    );
    expect(answers).toEqual([200, 401]);
  });
});
