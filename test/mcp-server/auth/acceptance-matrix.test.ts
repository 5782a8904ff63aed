import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { base64url, exportJWK, exportSPKI, generateKeyPair, importJWK, type CryptoKey } from 'jose';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createTokenVerifier, type TokenVerifier } from '../../../mcp-server/auth/bearer.ts';
import { createIssuerKeys } from '../../../mcp-server/auth/issuer-keys.ts';
import { JWT_RESOURCE, startProvider, type TestProvider } from './support/start-provider.ts';

const nowSeconds = (): number => Math.floor(Date.now() / 1000);

let provider: TestProvider;
let verifier: TokenVerifier;
let good: string;

/** Everything is real: the provider, its keys, its tokens. What is forged is signed by its own key, so that nothing else is wrong. */
beforeEach(async () => {
  provider = await startProvider();
  const keys = createIssuerKeys({ issuer: provider.issuer });
  onTestFinished(() => keys.close());
  verifier = createTokenVerifier({ issuer: provider.issuer, audiences: [JWT_RESOURCE], keys });
  good = (await provider.login()).accessToken;
});

async function verdict(token: string): Promise<string> {
  return verifier.verify(token).then(
    () => 'accepted',
    (error: { code: string; status: number }) => `${error.status} ${error.code}`,
  );
}

const REFUSED = '401 UNAUTHORIZED';

it('what the provider gives for this resource is accepted, everything else it gives is not', async () => {
  const { accessToken, idToken, refreshToken } = await provider.login();
  const other = await provider.login({ resource: 'https://other.example/mcp' });
  const forUserInfo = await provider.login({ resource: '' });
  const tokens = { accessToken, other: other.accessToken, userInfo: forUserInfo.accessToken, idToken, refreshToken };
  const verdicts = await Promise.all(
    Object.entries(tokens).map(async ([name, token]) => [name, await verdict(token ?? '')] as const),
  );
  expect(Object.fromEntries(verdicts)).toEqual({
    accessToken: 'accepted',
    other: REFUSED,
    userInfo: REFUSED,
    idToken: REFUSED,
    refreshToken: REFUSED,
  });
  expect(await verifier.verify(accessToken)).toMatchObject({
    iss: provider.issuer,
    aud: JWT_RESOURCE,
    sub: 'operator@convoy.test',
    email: 'operator@convoy.test',
    scope: 'fleet:read',
    client_id: provider.clientId,
  });
});

it('every row of what may differ', async () => {
  const rows: Record<string, [Record<string, unknown>, Record<string, unknown>, string]> = {
    'nothing differs': [{}, {}, 'accepted'],
    'aud: a list with ours': [{ aud: ['https://other.example', JWT_RESOURCE] }, {}, 'accepted'],
    'aud: missing': [{ aud: null }, {}, REFUSED],
    'aud: another': [{ aud: 'https://other.example/mcp' }, {}, REFUSED],
    'aud: a beginning of ours': [{ aud: 'https://convoy.example' }, {}, REFUSED],
    'aud: ours and more': [{ aud: `${JWT_RESOURCE}/` }, {}, REFUSED],
    'aud: in other letters': [{ aud: JWT_RESOURCE.toUpperCase() }, {}, REFUSED],
    'aud: a list of others': [{ aud: ['https://other.example', 'https://convoy.example'] }, {}, REFUSED],
    'iss: with a slash': [{ iss: `${provider.issuer}/` }, {}, REFUSED],
    'iss: another tenant': [{ iss: `${provider.issuer}/tenant` }, {}, REFUSED],
    'iss: missing': [{ iss: null }, {}, REFUSED],
    'exp: missing': [{ exp: null }, {}, REFUSED],
    'exp: over': [{ exp: nowSeconds() - 31 }, {}, REFUSED],
    'exp: over, within the tolerance': [{ exp: nowSeconds() - 25 }, {}, 'accepted'],
    'nbf: to come': [{ nbf: nowSeconds() + 35 }, {}, REFUSED],
    'nbf: to come, within the tolerance': [{ nbf: nowSeconds() + 25 }, {}, 'accepted'],
    'iat: to come': [{ iat: nowSeconds() + 60 }, {}, REFUSED],
    'iat: missing': [{ iat: null }, {}, REFUSED],
    'sub: missing': [{ sub: null }, {}, REFUSED],
    'sub: the client itself': [{ sub: provider.clientId }, {}, REFUSED],
    'sub: that of a service': [{ sub: 'service:nightly' }, {}, REFUSED],
    'sub: not a text': [{ sub: 7 }, {}, REFUSED],
    'typ: JWT': [{}, { typ: 'JWT' }, 'accepted'],
    'typ: none': [{}, { typ: null }, 'accepted'],
    'typ: of a logout token': [{}, { typ: 'logout+jwt' }, REFUSED],
    'typ: of a DPoP proof': [{}, { typ: 'dpop+jwt' }, REFUSED],
    'an ID token for us: nonce': [{ nonce: 'n' }, {}, REFUSED],
    'an ID token for us: at_hash': [{ at_hash: 'h' }, { typ: 'JWT' }, REFUSED],
    'an ID token for us: token_use': [{ token_use: 'id' }, {}, REFUSED],
    'a refresh token': [{ typ: 'Refresh' }, {}, REFUSED],
    'a logout token': [{ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, {}, REFUSED],
    'bound to a key (DPoP)': [{ cnf: { jkt: 'x' } }, {}, REFUSED],
    'bound to a certificate (mTLS)': [{ cnf: { 'x5t#S256': 'x' } }, {}, REFUSED],
    'crit header': [{}, { crit: ['urn:example'], 'urn:example': true }, REFUSED],
  };
  const verdicts: Record<string, string> = {};
  for (const [name, [claims, header]] of Object.entries(rows)) {
    verdicts[name] = await verdict(await provider.forge(good, claims, header));
  }
  expect(verdicts).toEqual(Object.fromEntries(Object.entries(rows).map(([name, [, , expected]]) => [name, expected])));
});

describe('algorithms', () => {
  const unsigned = (header: Record<string, unknown>): string =>
    `${base64url.encode(JSON.stringify(header))}.${good.split('.')[1]}`;

  it('none, and a secret made of the public key, prove nothing', async () => {
    const { keys } = (await (await fetch(`${provider.issuer}/jwks`)).json()) as { keys: [{ kid: string }] };
    const [published] = keys;
    const pem = await exportSPKI((await importJWK(published, 'ES256', { extractable: true })) as CryptoKey);
    const forgeries = [pem, pem.trim(), JSON.stringify(published)].map((secret) => {
      const signed = unsigned({ alg: 'HS256', kid: published.kid, typ: 'at+jwt' });
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    });
    const none = ['none', 'NONE', 'None'].map((alg) => `${unsigned({ alg, typ: 'at+jwt' })}.`);
    for (const token of [...forgeries, ...none]) expect(await verdict(token)).toBe(REFUSED);
  });

  it('keys that the token brings along are not used, and not fetched', async () => {
    let fetched = 0;
    const server = createServer((_, response) => {
      fetched += 1;
      response.end('{"keys":[]}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
    const { publicKey } = await generateKeyPair('ES256', { extractable: true });
    await verifier.verify(good);
    provider.requests.length = 0;
    const headers = [{ jwk: await exportJWK(publicKey) }, { jku: elsewhere }, { x5u: elsewhere }];
    for (const header of headers) expect(await verdict(await provider.forge(good, {}, header))).toBe(REFUSED);
    expect([fetched, provider.requests]).toEqual([0, []]);
  });
});

it('however many unknown key ids come, the keys are read once', async () => {
  const unknown = await Promise.all(
    Array.from({ length: 20 }, (_, index) => provider.forge(good, {}, { kid: `nobody-${index}` })),
  );
  const verdicts = await Promise.all(unknown.map(verdict));
  expect(new Set(verdicts)).toEqual(new Set([REFUSED]));
  expect(provider.requests.filter((path) => path === '/jwks')).toHaveLength(1);
});

it('a token that is no text of a token is refused at once', async () => {
  provider.requests.length = 0;
  const texts = ['', '.', '..', 'a.b.c', `${good}\0`, `${good}ü`, `${good}.${good}`, 'x'.repeat(16 * 1024 + 1)];
  for (const text of texts) expect(await verdict(text)).toBe(REFUSED);
  expect(provider.requests.filter((path) => path !== '/jwks' && !path.startsWith('/.well-known'))).toEqual([]);
});
