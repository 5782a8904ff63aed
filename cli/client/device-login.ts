import {
  allowInsecureRequests,
  discovery,
  initiateDeviceAuthorization,
  None,
  pollDeviceAuthorizationGrant,
  refreshTokenGrant,
  type Configuration,
} from 'openid-client';
import { CliError } from './cli-error.ts';
import type { CachedToken } from './token-cache.ts';

export interface DeviceLoginRequest {
  issuer: string;
  clientId: string;
  resource: string;
  scope: string;
  /** Tells the person where to go and which code to type. */
  say: (line: string) => void;
}

/** Signs a person in with a browser on any machine (device authorization, RFC 8628). Fails with LOGIN_FAILED. */
export async function loginByDevice({
  issuer,
  clientId,
  resource,
  scope,
  say,
}: DeviceLoginRequest): Promise<CachedToken> {
  const config = await discover(issuer, clientId);
  try {
    const device = await initiateDeviceAuthorization(config, { scope, resource });
    say(`To sign in, open ${device.verification_uri_complete ?? device.verification_uri}`);
    say(`and check that it shows the code ${device.user_code}. Waiting …`);
    return tokenOf(await pollDeviceAuthorizationGrant(config, device, { resource }));
  } catch (cause) {
    throw new CliError('LOGIN_FAILED', `Signing in at ${issuer} did not work: ${reasonOf(cause)}.`, {
      hint: 'Run the command again and finish the sign-in before the code expires.',
      cause,
    });
  }
}

/** A new access token without the person; null when the provider wants to see them again. */
export async function refreshToken(request: {
  issuer: string;
  clientId: string;
  resource: string;
  refreshToken: string;
}): Promise<CachedToken | null> {
  const config = await discover(request.issuer, request.clientId);
  try {
    const tokens = await refreshTokenGrant(config, request.refreshToken, { resource: request.resource });
    return { refreshToken: request.refreshToken, ...tokenOf(tokens) };
  } catch (error) {
    if (errorOf(error) === 'invalid_grant') return null;
    throw new CliError('LOGIN_FAILED', `${request.issuer} did not renew the access token: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

async function discover(issuer: string, clientId: string): Promise<Configuration> {
  const url = new URL(issuer);
  const isPlainLoopback = url.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  try {
    return await discovery(url, clientId, undefined, None(), {
      timeout: 10,
      ...(isPlainLoopback ? { execute: [allowInsecureRequests] } : {}),
    });
  } catch (cause) {
    throw new CliError('LOGIN_FAILED', `The identity provider at ${issuer} does not answer.`, { cause });
  }
}

function tokenOf(tokens: { access_token: string; refresh_token?: string; expires_in?: number }): CachedToken {
  return {
    accessToken: tokens.access_token,
    ...(tokens.refresh_token === undefined ? {} : { refreshToken: tokens.refresh_token }),
    expiresAt: new Date(Date.now() + (tokens.expires_in ?? 0) * 1000).toISOString(),
  };
}

function reasonOf(error: unknown): string {
  const description = (error as { error_description?: unknown }).error_description;
  if (typeof description === 'string') return description;
  return error instanceof Error ? error.message : String(error);
}

function errorOf(error: unknown): unknown {
  return (error as { error?: unknown }).error;
}
