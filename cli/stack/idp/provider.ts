import {
  errors,
  interactionPolicy,
  Provider,
  type Configuration,
  type JWKS,
  type KoaContextWithOIDC,
} from 'oidc-provider';
import { limitRegistrations, withClientRegistration } from './client-registration.ts';
import { embeddedClients, isFirstParty, isNative, lookingUp } from './clients.ts';
import { devicePages, renderError, renderLogout } from './device-pages.ts';
import { grantOidcScopes } from './grant-scopes.ts';
import { interactionPages, interactionPath } from './interaction.ts';
import { createMemoryStore } from './memory-store.ts';
import { isPublicHost } from './metadata-document-guard.ts';
import { anyLoopbackResource, FLEET_SCOPES, resourcesOf } from './resources.ts';
import { findUser } from './users.ts';

/** Lifetimes in seconds. */
const ACCESS_TOKEN_SECONDS = 15 * 60;
const HOURS = 3_600;

export interface ProviderOptions {
  issuer: string;
  /** Origin of the web process; `/mcp` and `/api/v1` below it are resources. */
  publicUrl: string;
  /** Origin of the approval gateway. */
  approvalUrl: string;
  /** Private signing keys, ES256. */
  jwks: JWKS;
  cookieSecret: string;
  /** Default false. For tests: accept the same resources and redirects on every loopback port. */
  anyLoopbackPort?: boolean;
  /**
   * Reads metadata documents of clients. Default: the provider's own way, over TLS and from public addresses only. For tests,
   * whose clients are on this machine.
   */
  fetchDocument?: typeof fetch;
  /** Default: all access tokens are JWTs, and nobody may look them up. For tests. */
  introspection?: Introspection;
}

/** Who may look tokens up (RFC 7662), and the clients whose access tokens are opaque. */
export interface Introspection {
  clientId: string;
  clientSecret: string;
  opaqueFor: readonly string[];
}

/**
 * A real OpenID provider (oidc-provider) for the development stack and the tests: authorization code with PKCE, device
 * flow, refresh tokens, resource indicators with JWT access tokens, dynamic registration and client metadata documents.
 */
export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuer, configuration(options));
  provider.use(limitRegistrations() as Parameters<Provider['use']>[0]);
  provider.use(interactionPages(provider) as Parameters<Provider['use']>[0]);
  return provider;
}

function configuration(options: ProviderOptions): Configuration {
  const { introspection } = options;
  const findResource = options.anyLoopbackPort ? anyLoopbackResource : resourcesOf(options);
  return {
    adapter: withClientRegistration(createMemoryStore()),
    clients: [
      ...embeddedClients({ ...options, anyLoopbackPort: options.anyLoopbackPort ?? false }),
      ...(introspection === undefined ? [] : [lookingUp(introspection)]),
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256', response_types: ['code'] },
    jwks: options.jwks,
    cookies: {
      // Cookies do not know ports: names of our own keep the other loopback servers' ones apart.
      names: { session: 'convoy_idp_session', interaction: 'convoy_idp_interaction', resume: 'convoy_idp_resume' },
      keys: [options.cookieSecret],
      long: { signed: true, httpOnly: true, sameSite: 'lax' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    scopes: ['openid', 'offline_access', ...FLEET_SCOPES],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
    // The ID token carries the claims of its scopes, so that a client needs no second request.
    conformIdTokenClaims: false,
    findAccount: (_ctx, sub) => {
      const user = findUser(sub);
      if (!user) return undefined;
      return { accountId: user.email, claims: () => ({ sub: user.email, ...claimsOf(user.email) }) };
    },
    extraTokenClaims: (_ctx, token) =>
      'accountId' in token && token.accountId ? claimsOf(token.accountId) : undefined,
    interactions: { url: (_ctx, interaction) => interactionPath(interaction.uid), policy: consentPolicy() },
    loadExistingGrant,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    pkce: { required: () => true },
    responseTypes: ['code'],
    ...(options.fetchDocument === undefined ? {} : { fetch: options.fetchDocument }),
    clientBasedCORS: () => true,
    renderError,
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: 600,
      Grant: 24 * HOURS,
      IdToken: HOURS,
      Interaction: HOURS,
      RefreshToken: 24 * HOURS,
      Session: 24 * HOURS,
    },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true, ...devicePages },
      registration: { enabled: true },
      clientIdMetadataDocument: {
        enabled: true,
        ack: 'draft-02',
        allowFetch: (_ctx, id) => options.fetchDocument !== undefined || isPublicHost(id),
      },
      revocation: { enabled: true },
      introspection: {
        enabled: introspection !== undefined,
        allowedPolicy: (_ctx, client) => client.clientId === introspection?.clientId,
      },
      rpInitiatedLogout: { enabled: true, logoutSource: renderLogout },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf ?? [],
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator, client) => {
          const resource = findResource(indicator);
          if (!resource || (resource.isFirstPartyOnly && !isFirstParty(client.clientId))) {
            throw new errors.InvalidTarget(`tokens for ${indicator} are not given to this client`);
          }
          return {
            scope: resource.scopes.join(' '),
            audience: resource.audience,
            accessTokenFormat: introspection?.opaqueFor.includes(client.clientId) ? 'opaque' : 'jwt',
            accessTokenTTL: ACCESS_TOKEN_SECONDS,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
}

function claimsOf(
  accountId: string,
): { email: string; email_verified: true; name: string; groups: string[] } | undefined {
  const user = findUser(accountId);
  return user && { email: user.email, email_verified: true, name: user.name, groups: [...user.groups] };
}

/**
 * Asks for consent whenever the client is not Convoy's own; those act for the person who just signed in. The command line is
 * asked about as well when its answer goes to a port of the person's machine, where any program may listen (RFC 8252, section
 * 8.6); the device flow has a question of its own.
 */
function consentPolicy(): ReturnType<typeof interactionPolicy.base> {
  const policy = interactionPolicy.base();
  const consent = policy.get('consent');
  consent?.checks.remove('native_client_prompt');
  consent?.checks.add(
    new interactionPolicy.Check('foreign_client', 'the client is not one of Convoy', 'interaction_required', (ctx) => {
      const { oidc } = ctx;
      const clientId = oidc.client?.clientId ?? '';
      const isTrusted = isFirstParty(clientId) && !(isNative(clientId) && oidc.params?.['redirect_uri'] !== undefined);
      return !isTrusted && !oidc.result?.consent;
    }),
  );
  return policy;
}

async function loadExistingGrant(ctx: KoaContextWithOIDC): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session, provider, result, requestParamOIDCScopes, requestParamScopes, resourceServers } = ctx.oidc;
  if (!client || !session) return undefined;
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const known = grantId ? await provider.Grant.find(grantId) : undefined;
  if (!isFirstParty(client.clientId)) return known;
  const grant = known ?? new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grantOidcScopes(grant, [...requestParamOIDCScopes]);
  for (const [indicator, server] of Object.entries(resourceServers ?? {})) {
    grant.addResourceScope(indicator, [...requestParamScopes].filter((scope) => server.scopes.has(scope)).join(' '));
  }
  await grant.save();
  return grant;
}
