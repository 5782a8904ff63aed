import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenVerifier, type TokenVerifier } from '../../../mcp-server/auth/bearer.ts';
import { createIntrospection, type IntrospectionOptions } from '../../../mcp-server/auth/introspection.ts';
import { createIssuerKeys } from '../../../mcp-server/auth/issuer-keys.ts';
import { INTROSPECTOR, OPAQUE_RESOURCE, startProvider, type TestProvider } from './support/start-provider.ts';

const PATH = '/token/introspection';

let provider: TestProvider;
let clock: number;

beforeEach(async () => {
  provider = await startProvider();
  clock = Date.now();
});

function verifierWith(options: Partial<IntrospectionOptions> = {}, audience = OPAQUE_RESOURCE): TokenVerifier {
  const { issuer } = provider;
  const keys = createIssuerKeys({ issuer });
  keys.close();
  const introspection = createIntrospection({ issuer, ...INTROSPECTOR, now: () => clock, ...options });
  return createTokenVerifier({ issuer, audiences: [audience], keys, introspection });
}

const questions = (): number => provider.requests.filter((path) => path === PATH).length;
const UNAUTHORIZED = { code: 'UNAUTHORIZED', status: 401 };
const UNAVAILABLE = { code: 'SERVICE_UNAVAILABLE', status: 503 };

it('an opaque token of the provider says who its bearer is, and is asked about once', async () => {
  const verifier = verifierWith();
  const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
  expect(accessToken).not.toContain('.');
  const all = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(accessToken)));
  expect(all[0]).toMatchObject({
    provenBy: 'introspected-token',
    iss: provider.issuer,
    sub: 'operator@convoy.test',
    email: 'operator@convoy.test',
    aud: OPAQUE_RESOURCE,
    scope: 'fleet:read',
    client_id: provider.clientId,
  });
  await verifier.verify(accessToken);
  expect(questions()).toBe(1);
  clock += 60_001;
  await verifier.verify(accessToken);
  expect(questions()).toBe(2);
});

it('without introspection, and for another audience, it is refused', async () => {
  const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
  const other = await provider.login({ resource: '' });
  const verifier = verifierWith();
  await expect(verifier.verify(other.accessToken)).rejects.toMatchObject(UNAUTHORIZED);
  await expect(verifierWith({}, 'https://other.example').verify(accessToken)).rejects.toThrow(/aud/);
  const { issuer } = provider;
  const keys = createIssuerKeys({ issuer });
  keys.close();
  const bare = createTokenVerifier({ issuer, audiences: [OPAQUE_RESOURCE], keys });
  await expect(bare.verify(accessToken)).rejects.toMatchObject(UNAUTHORIZED);
});

it('a refresh token is active too, and is no access token', async () => {
  const { refreshToken = '' } = await provider.login({ resource: OPAQUE_RESOURCE });
  await expect(verifierWith().verify(refreshToken)).rejects.toMatchObject(UNAUTHORIZED);
});

it('a token that was revoked there is refused within a minute, and one nobody knows is asked about every few seconds', async () => {
  const verifier = verifierWith();
  const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
  await verifier.verify(accessToken);
  await provider.revoke(accessToken);
  clock += 60_001;
  await expect(verifier.verify(accessToken)).rejects.toThrow(/not active/);
  const before = questions();
  await expect(verifier.verify('nobody-knows-it')).rejects.toThrow(/not active/);
  await expect(verifier.verify('nobody-knows-it')).rejects.toThrow(/not active/);
  expect(questions()).toBe(before + 1);
  clock += 5001;
  await expect(verifier.verify('nobody-knows-it')).rejects.toThrow(/not active/);
  expect(questions()).toBe(before + 2);
});

it('is not believed longer than the token is valid', async () => {
  const verifier = verifierWith();
  const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
  await verifier.verify(accessToken);
  clock += 600_000 - 5_000;
  await verifier.verify(accessToken);
  clock += 40_000;
  await expect(verifier.verify(accessToken)).rejects.toMatchObject(UNAUTHORIZED);
});

describe('a provider that does not answer', () => {
  it('is not asked again and again, and no token is called wrong', async () => {
    const failures: unknown[] = [];
    const verifier = verifierWith({ failuresToOpen: 3, onFailed: (error) => failures.push(error) });
    const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
    await verifier.verify(accessToken);
    provider.outage(500);
    await expect(verifier.verify(accessToken)).resolves.toBeDefined();
    clock += 61_000;
    const before = questions();
    for (let call = 0; call < 10; call += 1) {
      await expect(verifier.verify(accessToken)).rejects.toMatchObject(UNAVAILABLE);
    }
    expect([questions() - before, failures.length]).toEqual([3, 3]);
    await expect(verifier.verify(accessToken)).rejects.toMatchObject({ details: { retryAfterSeconds: 10 } });
    expect(String(failures[0])).not.toContain(accessToken);
    clock += 10_001;
    provider.outage(null);
    await expect(verifier.verify(accessToken)).resolves.toBeDefined();
  });

  it('costs a bounded time when it is silent', async () => {
    const verifier = verifierWith({ timeoutMs: 50 });
    const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
    provider.outage('silence');
    await expect(verifier.verify(accessToken)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('is what a wrong secret is too: the fault is ours and not of the token', async () => {
    const verifier = verifierWith({ clientSecret: 'wrong' });
    const { accessToken } = await provider.login({ resource: OPAQUE_RESOURCE });
    await expect(verifier.verify(accessToken)).rejects.toMatchObject(UNAVAILABLE);
  });
});
