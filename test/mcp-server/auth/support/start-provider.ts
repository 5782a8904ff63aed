import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, importJWK, SignJWT, type JWK } from 'jose';
import { Provider } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import { interactionPages, interactionPath } from '../../../../cli/stack/idp/interaction.ts';
import { createMemoryStore } from '../../../../cli/stack/idp/memory-store.ts';
import { generateProviderKeys } from '../../../../cli/stack/idp/signing-keys.ts';
import { loginAs, type Tokens } from '../../../../cli/stack/login-as.ts';

/** The resources of the provider: tokens for one are JWTs, for the other opaque. */
export const JWT_RESOURCE = 'https://convoy.example/mcp';
export const OPAQUE_RESOURCE = 'https://opaque.example/mcp';

export const INTROSPECTOR = { clientId: 'convoy web', clientSecret: 'a secret: with + and %' };
const APP = 'assistant';
const REDIRECT = 'http://127.0.0.1/callback';

/** A real oidc-provider with the same people as the embedded one, and its private key for forgeries. */
export interface TestProvider {
  issuer: string;
  clientId: string;
  /** Paths asked for so far. */
  requests: string[];
  /** What every further request is answered with; null serves normally, 'silence' not at all. */
  outage(status: number | 'silence' | null): void;
  /** Signs a person in, by the authorization code flow with PKCE. */
  login(request?: { user?: string; resource?: string; scope?: string }): Promise<Tokens>;
  /** A token of the service, by client credentials. */
  serviceToken(resource: string): Promise<string>;
  revoke(token: string): Promise<void>;
  /** Signs what a good token has, with changes: `null` leaves a claim or header out. */
  forge(good: string, claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function startProvider(): Promise<TestProvider> {
  const jwks = await generateProviderKeys();
  const requests: string[] = [];
  let outage: number | 'silence' | null = null;
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const respond = createProvider(issuer, jwks).callback();
  server.on('request', (request, response) => {
    requests.push(new URL(request.url ?? '/', issuer).pathname);
    if (outage === 'silence') return;
    if (outage === null) void respond(request, response);
    else response.writeHead(outage).end();
  });
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const post = async (path: string, form: Record<string, string>, client?: typeof INTROSPECTOR): Promise<unknown> => {
    const headers = client === undefined ? {} : { authorization: basic(client) };
    const response = await fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form), headers });
    return response.status === 200
      ? response.json().catch(() => null)
      : Promise.reject(new Error(await response.text()));
  };
  const key = jwks.keys[0] as JWK;
  return {
    issuer,
    clientId: APP,
    requests,
    outage(next) {
      outage = next;
    },
    login: ({ user = 'operator', resource = JWT_RESOURCE, scope = 'openid email offline_access fleet:read' } = {}) =>
      loginAs({ issuer, clientId: APP, redirectUri: REDIRECT, user: `${user}@convoy.test`, resource, scope }),
    async serviceToken(resource) {
      const form = { grant_type: 'client_credentials', resource, scope: 'fleet:read' };
      const answer = await post('/token', form, { clientId: 'nightly', clientSecret: 'nightly' });
      return (answer as { access_token: string }).access_token;
    },
    async revoke(token) {
      await post('/token/revocation', { token, client_id: APP });
    },
    async forge(good, claims = {}, header = {}) {
      const payload = withoutNulls({ ...decodeJwt(good), ...claims });
      const protectedHeader = withoutNulls({ alg: 'ES256', kid: key.kid, typ: 'at+jwt', ...header });
      return new SignJWT(payload)
        .setProtectedHeader(protectedHeader as { alg: string })
        .sign(await importJWK(key, 'ES256'), { crit: { 'urn:example': true } });
    },
  };
}

function createProvider(issuer: string, jwks: Awaited<ReturnType<typeof generateProviderKeys>>): Provider {
  const provider = new Provider(issuer, {
    adapter: createMemoryStore(),
    jwks,
    clients: [
      {
        client_id: APP,
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [REDIRECT],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: INTROSPECTOR.clientId,
        client_secret: INTROSPECTOR.clientSecret,
        grant_types: [],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: 'nightly',
        client_secret: 'nightly',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    scopes: ['openid', 'offline_access', 'fleet:read'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, email: sub, email_verified: true }) }),
    extraTokenClaims: (_ctx, token) =>
      'accountId' in token && token.accountId ? { email: token.accountId, email_verified: true } : undefined,
    interactions: { url: (_ctx, interaction) => interactionPath(interaction.uid) },
    cookies: { keys: ['for a test only'] },
    issueRefreshToken: () => true,
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, RefreshToken: 600, Session: 600 },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'fleet:read',
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: resource === OPAQUE_RESOURCE ? 'opaque' : 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  provider.use(interactionPages(provider) as Parameters<Provider['use']>[0]);
  return provider;
}

function basic({ clientId, clientSecret }: typeof INTROSPECTOR): string {
  return `Basic ${Buffer.from([clientId, clientSecret].map(encodeURIComponent).join(':')).toString('base64')}`;
}

function withoutNulls(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
