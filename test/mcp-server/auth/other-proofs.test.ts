import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTokenVerifier, type TokenVerifierOptions } from '../../../mcp-server/auth/bearer.ts';
import { createIssuerKeys } from '../../../mcp-server/auth/issuer-keys.ts';
import { JWT_RESOURCE, startProvider, type TestProvider } from './support/start-provider.ts';

let provider: TestProvider;

beforeEach(async () => {
  provider = await startProvider();
});

function verify(token: string, options: Partial<TokenVerifierOptions> = {}) {
  const keys = createIssuerKeys({ issuer: provider.issuer });
  onTestFinished(() => keys.close());
  const required = { issuer: provider.issuer, audiences: [JWT_RESOURCE], keys };
  return createTokenVerifier({ ...required, ...options }).verify(token);
}

const UNAUTHORIZED = { code: 'UNAUTHORIZED', status: 401 };

describe('ID tokens', () => {
  const idTokens = (clientIds: string[]) => ({ idTokens: { clientIds, scopes: ['fleet:read'] as const } });

  it('are accepted where a deployment says so, with the scopes it says', async () => {
    const { idToken = '' } = await provider.login();
    const claims = await verify(idToken, idTokens(['other', provider.clientId]));
    expect(claims).toMatchObject({ sub: 'operator@convoy.test', email: 'operator@convoy.test', scope: 'fleet:read' });
  });

  it('are refused without that, and when they are for another client', async () => {
    const { idToken = '' } = await provider.login();
    await expect(verify(idToken)).rejects.toMatchObject(UNAUTHORIZED);
    await expect(verify(idToken, idTokens(['other']))).rejects.toMatchObject(UNAUTHORIZED);
  });

  it('change nothing about access tokens, and other tokens are none', async () => {
    const { idToken = '', accessToken } = await provider.login();
    const ours = idTokens([provider.clientId]);
    await expect(verify(accessToken, ours)).resolves.toMatchObject({ aud: JWT_RESOURCE });
    const header = { typ: null };
    const forgeries = [
      await provider.forge(idToken, { aud: [provider.clientId, 'other'] }, header),
      await provider.forge(idToken, { aud: [provider.clientId, 'other'], azp: 'other' }, header),
      await provider.forge(idToken, { aud: [provider.clientId, JWT_RESOURCE], nonce: 'n' }, header),
      await provider.forge(idToken, { token_use: 'access' }, header),
      await provider.forge(idToken, { typ: 'Bearer' }, header),
      await provider.forge(idToken, {}, { typ: 'at+jwt' }),
      await provider.forge(idToken, { cnf: { jkt: 'x' } }, header),
      await provider.forge(idToken, { events: {} }, header),
      await provider.forge(idToken, { exp: 1 }, header),
      await provider.forge(accessToken, { aud: provider.clientId }),
    ];
    for (const forged of forgeries) await expect(verify(forged, ours)).rejects.toMatchObject(UNAUTHORIZED);
    await expect(verify(await provider.forge(idToken, {}, header), ours)).resolves.toBeDefined();
  });
});

describe('services', () => {
  it('have access where their client is mapped, and nowhere else', async () => {
    const token = await provider.serviceToken(JWT_RESOURCE);
    await expect(verify(token)).rejects.toThrow(/not mapped as a service/);
    await expect(verify(token, { isMappedService: () => false })).rejects.toMatchObject(UNAUTHORIZED);
    const mapped = verify(token, { isMappedService: ({ client_id: id }) => id === 'nightly' });
    await expect(mapped).resolves.toMatchObject({ sub: 'service:nightly', client_id: 'nightly' });
  });

  it('are told from people whichever way the provider marks them', async () => {
    const { accessToken } = await provider.login();
    const everyService = { isMappedService: () => true };
    const marks = [
      { sub: null },
      { sub: 'assistant@clients', gty: 'client-credentials' },
      { sub: 'f3c1', idtyp: 'app', client_id: null, azp: 'assistant' },
      { sub: 'f3c1', idtyp: 'app', client_id: null, appid: 'assistant' },
    ];
    for (const claims of marks) {
      const token = await provider.forge(accessToken, claims);
      await expect(verify(token, everyService)).resolves.toMatchObject({ sub: 'service:assistant' });
      await expect(verify(token)).rejects.toMatchObject(UNAUTHORIZED);
    }
    const nobody = await provider.forge(accessToken, { sub: null, client_id: null });
    await expect(verify(nobody, everyService)).rejects.toMatchObject(UNAUTHORIZED);
  });
});

describe('the claim that names a person', () => {
  it('is the same in all tokens of that person where "sub" is not', async () => {
    const { accessToken } = await provider.login();
    const one = await provider.forge(accessToken, { sub: 'pairwise-1', oid: '00aa' });
    const two = await provider.forge(accessToken, { sub: 'pairwise-2', oid: '00aa' });
    const subjects = await Promise.all(
      [one, two].map(async (token) => (await verify(token, { subjectClaim: 'oid' })).sub),
    );
    expect(subjects).toEqual(['00aa', '00aa']);
    await expect(verify(accessToken, { subjectClaim: 'oid' })).rejects.toThrow(/"oid"/);
  });

  it('as an e-mail address knows no capitals, and must not be unverified', async () => {
    const { accessToken } = await provider.login();
    const byEmail = { subjectClaim: 'email' };
    const capital = await provider.forge(accessToken, { email: 'Operator@Convoy.test' });
    await expect(verify(capital, byEmail)).resolves.toMatchObject({ sub: 'operator@convoy.test' });
    const unverified = await provider.forge(accessToken, { email_verified: false });
    await expect(verify(unverified, byEmail)).rejects.toThrow(/not verified/);
    await expect(verify(unverified)).resolves.toBeDefined();
    const unsaid = await provider.forge(accessToken, { email_verified: null });
    await expect(verify(unsaid, byEmail)).rejects.toThrow(/not verified/);
  });
});
