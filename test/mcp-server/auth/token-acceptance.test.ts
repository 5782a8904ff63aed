import { createHmac, randomBytes } from 'node:crypto';
import { base64url } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createIssuerKeys } from '../../../mcp-server/auth/issuer-keys.ts';
import { createTokenVerifier, type TokenVerifier } from '../../../mcp-server/auth/bearer.ts';
import { startTestIssuer, type TestIssuer } from '../support/test-issuer.ts';

const AUDIENCE = 'https://convoy.example/mcp';

async function start(): Promise<{ issuer: TestIssuer; verifier: TokenVerifier }> {
  const issuer = await startTestIssuer(AUDIENCE);
  const keys = createIssuerKeys({ issuer: issuer.issuer });
  onTestFinished(async () => {
    keys.close();
    await issuer.close();
  });
  return { issuer, verifier: createTokenVerifier({ issuer: issuer.issuer, audiences: [AUDIENCE], keys }) };
}

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

describe('accepts', () => {
  const good: Record<string, { claims?: Record<string, unknown>; header?: Record<string, unknown> }> = {
    'an access token for this audience': {},
    'an audience list that holds ours': { claims: { aud: ['https://other.example', AUDIENCE] } },
    'the plain type many providers use': { header: { typ: 'JWT' } },
    'a token without a type': { header: { typ: null } },
    'a token that expired within the clock tolerance': { claims: { exp: nowSeconds() - 10 } },
  };
  it.each(Object.entries(good))('%s', async (_, { claims, header }) => {
    const { issuer, verifier } = await start();
    const verified = await verifier.verify(await issuer.token(claims, header));
    expect(verified.sub).toBe('operator@convoy.test');
  });
});

describe('refuses', () => {
  const bad: Record<string, { claims?: Record<string, unknown>; header?: Record<string, unknown>; says: RegExp }> = {
    'no audience': { claims: { aud: null }, says: /aud/ },
    'another audience': { claims: { aud: 'https://other.example/mcp' }, says: /aud/ },
    'an audience that only begins like ours': { claims: { aud: `${AUDIENCE}/more` }, says: /aud/ },
    'an audience that is the beginning of ours': { claims: { aud: 'https://convoy.example' }, says: /aud/ },
    'an audience list without ours': { claims: { aud: ['a', 'b'] }, says: /aud/ },
    'another issuer': { claims: { iss: 'https://idp.example' }, says: /iss/ },
    'an expired token': { claims: { exp: nowSeconds() - 60 }, says: /expired/ },
    'a token without an expiry': { claims: { exp: null }, says: /exp/ },
    'a token without a subject': { claims: { sub: null }, says: /sub/ },
    'a token without an issue time': { claims: { iat: null }, says: /iat/ },
    'a token not yet valid': { claims: { nbf: nowSeconds() + 120 }, says: /nbf/ },
    'a token issued in the future': { claims: { iat: nowSeconds() + 120, exp: nowSeconds() + 300 }, says: /future/ },
    'an ID token by its nonce': { claims: { nonce: 'n' }, says: /ID token/ },
    'an ID token by its hash': { claims: { at_hash: 'h' }, says: /ID token/ },
    'an ID token by its use': { claims: { token_use: 'id' }, says: /not an access token/ },
    'a refresh token': { claims: { typ: 'Refresh' }, says: /not an access token/ },
    'a logout token by its type': { header: { typ: 'logout+jwt' }, says: /type/ },
    'a logout token by its claim': { claims: { events: {} }, says: /security event/ },
    'a token bound to a key': { claims: { cnf: { jkt: 'x' } }, says: /bound/ },
    'a key in the header': { header: { jwk: { kty: 'EC' } }, says: /own key/ },
    'an address of keys in the header': { header: { jku: 'http://127.0.0.1:1/jwks' }, says: /own key/ },
    'an unknown key id': { header: { kid: 'nobody' }, says: /no key/ },
    'a claim of the wrong type': { claims: { email: 7 }, says: /type/ },
  };
  it.each(Object.entries(bad))('%s', async (_, { claims, header, says }) => {
    const { issuer, verifier } = await start();
    const verdict = verifier.verify(await issuer.token(claims, header));
    await expect(verdict).rejects.toMatchObject({ code: 'UNAUTHORIZED', status: 401 });
    await expect(verdict).rejects.toThrow(says);
  });

  it('an issuer that differs by a trailing slash', async () => {
    const { issuer, verifier } = await start();
    const verdict = verifier.verify(await issuer.token({ iss: `${issuer.issuer}/` }));
    await expect(verdict).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('a token without a signature', async () => {
    const { issuer, verifier } = await start();
    const [, payload] = (await issuer.token()).split('.');
    const header = base64url.encode(JSON.stringify({ alg: 'none', typ: 'at+jwt' }));
    await expect(verifier.verify(`${header}.${payload}.`)).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('a token signed by a shared secret', async () => {
    const { issuer, verifier } = await start();
    const [, payload] = (await issuer.token()).split('.');
    const signed = `${base64url.encode(JSON.stringify({ alg: 'HS256', kid: 'key-1' }))}.${payload}`;
    const signature = createHmac('sha256', 'public key').update(signed).digest('base64url');
    await expect(verifier.verify(`${signed}.${signature}`)).rejects.toThrow(/algorithm/);
  });

  it('a changed payload', async () => {
    const { issuer, verifier } = await start();
    const [header, payload = '', signature] = (await issuer.token()).split('.');
    const claims = {
      ...(JSON.parse(Buffer.from(payload, 'base64url').toString()) as object),
      sub: 'admin@convoy.test',
    };
    const forged = `${header}.${base64url.encode(JSON.stringify(claims))}.${signature}`;
    await expect(verifier.verify(forged)).rejects.toThrow(/signature/);
  });

  it('an overlong token at once, and what is no token at all', async () => {
    const { issuer, verifier } = await start();
    await expect(verifier.verify(randomBytes(16 * 1024).toString('base64url'))).rejects.toThrow(/16 KiB/);
    await expect(verifier.verify('opaque')).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(issuer.keyRequests()).toBe(0);
  });
});

it('believes a verified token for at most a minute, and never longer than it is valid', async () => {
  const issuer = await startTestIssuer(AUDIENCE);
  const keys = createIssuerKeys({ issuer: issuer.issuer });
  onTestFinished(async () => {
    keys.close();
    await issuer.close();
  });
  let clock = Date.now();
  let checks = 0;
  const find: typeof keys.find = (header, token) => {
    checks += 1;
    return keys.find(header, token);
  };
  const counted = { ...keys, find };
  const now = () => new Date(clock);
  const verifier = createTokenVerifier({ issuer: issuer.issuer, audiences: [AUDIENCE], keys: counted, now });
  const long = await issuer.token({ exp: nowSeconds() + 3600 });
  const short = await issuer.token({ exp: nowSeconds() + 10 });
  await verifier.verify(long);
  await verifier.verify(short);
  clock += 5000;
  await verifier.verify(long);
  await verifier.verify(short);
  expect(checks).toBe(2);
  clock += 56_000;
  await verifier.verify(long);
  expect(checks).toBe(3);
  await expect(verifier.verify(short)).rejects.toThrow(/expired/);
});
