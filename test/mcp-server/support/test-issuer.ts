import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** An identity provider of a test's own: its metadata, its keys, and tokens just as the test wants them. */
export interface TestIssuer {
  issuer: string;
  /** Requests for the keys so far. */
  keyRequests: () => number;
  /** Signs claims with the newest key; `header` and `claims` replace what a good token has, null removes it. */
  token(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** From now on tokens are signed with another key; `publish` false keeps it out of the key set. */
  rotate(options?: { publish?: boolean; keepOld?: boolean }): Promise<void>;
  /** What every further request is answered with; null serves normally. */
  outage(status: number | null): void;
  close(): Promise<void>;
}

export async function startTestIssuer(audience: string): Promise<TestIssuer> {
  let keyNumber = 0;
  let keyRequests = 0;
  let outage: number | null = null;
  let published: JWK[] = [];
  let current = await newKey();
  published.push(current.jwk);

  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (path === '/jwks') keyRequests += 1;
    if (outage !== null) return response.writeHead(outage).end();
    response.setHeader('content-type', 'application/json');
    if (path === '/jwks') return response.end(JSON.stringify({ keys: published }));
    if (path === '/.well-known/openid-configuration') {
      return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks` }));
    }
    return response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function newKey(): Promise<{ privateKey: CryptoKey; jwk: JWK; kid: string }> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    keyNumber += 1;
    const kid = `key-${keyNumber}`;
    return { privateKey, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
  }

  return {
    issuer,
    keyRequests: () => keyRequests,
    async token(claims = {}, header = {}) {
      const now = Math.floor(Date.now() / 1000);
      const payload = withoutNulls({
        iss: issuer,
        aud: audience,
        sub: 'operator@convoy.test',
        email: 'operator@convoy.test',
        email_verified: true,
        name: 'Olga Operator',
        client_id: 'test-client',
        scope: 'fleet:read fleet:write fleet:plan',
        iat: now,
        exp: now + 300,
        ...claims,
      });
      const protectedHeader = withoutNulls({ alg: 'ES256', kid: current.kid, typ: 'at+jwt', ...header });
      return new SignJWT(payload).setProtectedHeader(protectedHeader as { alg: string }).sign(current.privateKey);
    },
    async rotate({ publish = true, keepOld = true } = {}) {
      current = await newKey();
      if (!keepOld) published = [];
      if (publish) published.push(current.jwk);
    },
    outage(status) {
      outage = status;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
