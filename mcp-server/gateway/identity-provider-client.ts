import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  discovery,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from 'openid-client';
import { z } from 'zod';
import { AppError } from '../../shared/errors/app-error.ts';
import { FRESH_SIGN_IN_SECONDS } from './fresh-sign-in.ts';

/** What must be remembered between sending somebody to the identity provider and their coming back. */
export const PendingLogin = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  returnPath: z.string(),
  isFresh: z.boolean(),
});
export type PendingLogin = z.infer<typeof PendingLogin>;

export interface LoginTokens {
  accessToken: string;
  idTokenClaims: Record<string, unknown>;
}

/** The gateway as a client of the identity provider: authorization code with PKCE (RFC 7636), no secret. */
export interface IdentityProviderClient {
  /** `isFresh`: the person must show anew who they are, even while a session at the provider lives. */
  begin(returnPath: string, isFresh: boolean): Promise<{ url: string; pending: PendingLogin }>;
  /** Fails with UNAUTHORIZED when the provider's answer is an error or does not fit what was begun. */
  finish(callbackUrl: URL, pending: PendingLogin): Promise<LoginTokens>;
  /** Where the person can end the session at the provider; null when it offers no such page. */
  endSessionUrl(): Promise<string | null>;
}

const SCOPE = 'openid email profile groups fleet:read fleet:approve';
const TIMEOUT_SECONDS = 10;
/** After this time people show the provider anew who they are, whatever they do. */
const SIGN_IN_SECONDS = 8 * 3600;

export function createIdentityProviderClient(options: {
  issuer: string;
  /** Default `convoy-gateway`. */
  clientId?: string | undefined;
  /** Origin of the gateway; also the resource its tokens are for (RFC 8707). */
  approvalUrl: string;
}): IdentityProviderClient {
  const { issuer, clientId = 'convoy-gateway', approvalUrl } = options;
  const redirectUri = `${approvalUrl}/oauth/callback`;
  let known: Promise<Configuration> | null = null;

  /** Discovered when first needed, and again after a failure: the gateway starts without the provider being up. */
  function configuration(): Promise<Configuration> {
    known ??= discover(issuer, clientId).catch((cause: unknown) => {
      known = null;
      throw new AppError('SERVICE_UNAVAILABLE', {
        message: 'The identity provider does not answer, so nobody can sign in right now.',
        hint: 'Wait a few seconds and try again.',
        cause,
      });
    });
    return known;
  }

  return {
    async begin(returnPath, isFresh) {
      const config = await configuration();
      const pending = {
        state: randomState(),
        nonce: randomNonce(),
        codeVerifier: randomPKCECodeVerifier(),
        returnPath,
        isFresh,
      };
      const supported = config.serverMetadata().scopes_supported;
      const url = buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: SCOPE.split(' ')
          .filter((scope) => scope === 'openid' || supported === undefined || supported.includes(scope))
          .join(' '),
        resource: approvalUrl,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(pending.codeVerifier),
        code_challenge_method: 'S256',
        // With max_age the provider must say when the person signed in (OpenID Connect Core, section 3.1.2.1).
        max_age: String(isFresh ? FRESH_SIGN_IN_SECONDS : SIGN_IN_SECONDS),
        ...(isFresh ? { prompt: 'login' } : {}),
      });
      return { url: url.href, pending };
    },
    async finish(callbackUrl, pending) {
      const config = await configuration();
      const tokens = await authorizationCodeGrant(
        config,
        callbackUrl,
        {
          pkceCodeVerifier: pending.codeVerifier,
          expectedState: pending.state,
          expectedNonce: pending.nonce,
          idTokenExpected: true,
        },
        { resource: approvalUrl },
      ).catch((cause: unknown) => {
        throw new AppError('UNAUTHORIZED', { message: 'Signing in did not work.', hint: 'Try again.', cause });
      });
      return { accessToken: tokens.access_token, idTokenClaims: { ...tokens.claims() } };
    },
    async endSessionUrl() {
      const config = await configuration();
      if (config.serverMetadata().end_session_endpoint === undefined) return null;
      return buildEndSessionUrl(config, { post_logout_redirect_uri: `${approvalUrl}/` }).href;
    },
  };
}

async function discover(issuer: string, clientId: string): Promise<Configuration> {
  const url = new URL(issuer);
  // A development provider on loopback has no certificate; anything else is spoken to over TLS only.
  const isPlainLoopback = url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  return discovery(url, clientId, undefined, None(), {
    timeout: TIMEOUT_SECONDS,
    ...(isPlainLoopback ? { execute: [allowInsecureRequests] } : {}),
  });
}
