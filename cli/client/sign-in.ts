import type { Addresses } from './addresses.ts';
import { CliError } from './cli-error.ts';
import { loginByDevice, refreshToken } from './device-login.ts';
import { loginAs } from '../stack/login-as.ts';
import { openTokenCache } from './token-cache.ts';

export interface SignInRequest {
  addresses: Addresses;
  /** An embedded user's e-mail or the part before its "@"; absent: the person at the terminal. */
  user?: string;
  /** Least that is needed, space-separated. */
  scope: string;
  /** Ask for these scopes and no more. Default: one login with all a person may have serves every command. */
  exactly?: true;
  /** What the token is for. */
  resource: string;
  /** Tells the person how to sign in. */
  say: (line: string) => void;
}

/** Everything a person may ever do here, so that one login serves all commands. */
const PERSON_SCOPE = 'openid email profile groups offline_access fleet:read fleet:plan fleet:approve fleet:admin';
/** A token that ends within this time is renewed first. */
const RENEW_BEFORE_MS = 30_000;

/** An access token of the person: by a login done for an embedded user, from the cache, or by a device login. */
export async function signIn(request: SignInRequest): Promise<string> {
  const { addresses, user, scope, resource, say } = request;
  if (user !== undefined) return (await embeddedLogin(addresses, user, scope, resource)).accessToken;

  const wanted = request.exactly === true ? `openid offline_access ${scope}` : PERSON_SCOPE;
  const key = { issuer: addresses.issuer, resource, scope: wanted };
  const { cliClientId: clientId } = addresses;
  const cache = openTokenCache(addresses.homeDir);
  const known = await cache.get(key);
  if (known !== null && Date.parse(known.expiresAt) - Date.now() > RENEW_BEFORE_MS) return known.accessToken;
  const renewed =
    known?.refreshToken === undefined
      ? null
      : await refreshToken({ ...key, clientId, refreshToken: known.refreshToken });
  if (renewed === null && addresses.isEmbedded)
    say('(In the embedded stack "--user operator" and the like sign in by themselves.)');
  const token = renewed ?? (await loginByDevice({ ...key, clientId, say }));
  await cache.put(key, token);
  return token.accessToken;
}

/** A real login at the embedded identity provider; the password is never offered to any other. */
export async function embeddedLogin(
  addresses: Addresses,
  user: string,
  scope: string,
  resource: string,
): Promise<Awaited<ReturnType<typeof loginAs>>> {
  const { hostname } = new URL(addresses.issuer);
  if (!addresses.isEmbedded && !['127.0.0.1', 'localhost'].includes(hostname)) {
    throw new CliError(
      'VALIDATION_ERROR',
      `--user is for the embedded identity provider; ${addresses.issuer} is not it.`,
      {
        hint: 'Leave --user out to sign in with a browser.',
      },
    );
  }
  const email = user.includes('@') ? user : `${user}@convoy.test`;
  return loginAs({ issuer: addresses.issuer, user: email, scope: `openid email ${scope}`, resource });
}
