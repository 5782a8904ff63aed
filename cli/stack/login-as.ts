import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { EMBEDDED_PASSWORD } from './idp/users.ts';
import { StackError } from './stack-error.ts';

/** A login to perform. */
export interface LoginRequest {
  issuer: string;
  /** Default `convoy-cli`. */
  clientId?: string;
  /** E-mail of an embedded user. */
  user: string;
  /** Default: the password of all embedded users. */
  password?: string;
  /** Space-separated scopes. */
  scope: string;
  /** What the access token is for (RFC 8707). Without one it is for the provider itself. */
  resource?: string;
  /** Default `http://127.0.0.1/callback`; nothing needs to listen there. */
  redirectUri?: string;
}

/** What a login yields. */
export interface Tokens {
  accessToken: string;
  idToken?: string;
  refreshToken?: string;
  /** End of the access token's life. */
  expiresAt: Date;
  /** Scopes that were granted, which may be fewer than asked for. */
  scope: string;
}

const Metadata = z.object({ authorization_endpoint: z.url(), token_endpoint: z.url() });

const TokenResponse = z.object({
  access_token: z.string(),
  id_token: z.string().optional(),
  refresh_token: z.string().optional(),
  expires_in: z.number(),
  scope: z.string().default(''),
});

/** More steps than any login has: redirects, sign-in form, consent form. */
const MAX_STEPS = 15;

/**
 * Logs a person in at the embedded identity provider as a browser would: authorization code with PKCE, filling in the
 * sign-in and consent forms over HTTP. Throws LOGIN_FAILED with the provider's own words when it is refused.
 */
export async function loginAs(request: LoginRequest): Promise<Tokens> {
  const clientId = request.clientId ?? 'convoy-cli';
  const redirectUri = request.redirectUri ?? 'http://127.0.0.1/callback';
  const metadata = await fetchMetadata(request.issuer);
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(16).toString('base64url');

  const authorize = new URL(metadata.authorization_endpoint);
  authorize.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: request.scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(request.resource ? { resource: request.resource } : {}),
  }).toString();
  const answer = await signInAt(authorize, redirectUri, request);
  const code = answer.searchParams.get('code');
  if (!code || answer.searchParams.get('state') !== state) {
    const { error, error_description: description } = Object.fromEntries(answer.searchParams);
    throw new StackError(
      'LOGIN_FAILED',
      `${request.user} could not sign in: ${error}${description ? `, ${description}` : ''}`,
    );
  }
  return redeem(metadata.token_endpoint, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...(request.resource ? { resource: request.resource } : {}),
  });
}

/** Exchanges a refresh token for new tokens. */
export async function refreshLogin(request: {
  issuer: string;
  clientId?: string;
  refreshToken: string;
}): Promise<Tokens> {
  const metadata = await fetchMetadata(request.issuer);
  return redeem(metadata.token_endpoint, {
    grant_type: 'refresh_token',
    client_id: request.clientId ?? 'convoy-cli',
    refresh_token: request.refreshToken,
  });
}

async function fetchMetadata(issuer: string): Promise<z.infer<typeof Metadata>> {
  const url = `${issuer}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return Metadata.parse(await response.json());
  } catch (cause) {
    throw new StackError('LOGIN_FAILED', `the identity provider at ${issuer} does not answer at ${url}`, { cause });
  }
}

/**
 * Opens the address that a client sends its person to, signs that person in and answers the address they are sent back to,
 * which begins with `redirectUri`.
 */
export function signInAt(
  address: URL,
  redirectUri: string,
  { user, password = EMBEDDED_PASSWORD }: Pick<LoginRequest, 'user' | 'password'>,
): Promise<URL> {
  return visit(address, redirectUri, { email: user, password });
}

/** Follows redirects and submits forms until the browser would be sent back to the client; returns that address. */
async function visit(start: URL, redirectUri: string, person: { email: string; password: string }): Promise<URL> {
  const cookies = new Map<string, string>();
  let next: { url: URL; form?: URLSearchParams } = { url: start };
  let hasSignedIn = false;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const response = await fetch(next.url, {
      method: next.form ? 'POST' : 'GET',
      body: next.form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      signal: AbortSignal.timeout(10_000),
    });
    remember(cookies, response.headers.getSetCookie());
    const location = response.headers.get('location');
    if (location) {
      const url = new URL(location, next.url);
      if (url.href.startsWith(`${redirectUri}?`)) return url;
      next = { url };
      continue;
    }
    const html = await response.text();
    const prompt = /name="prompt" value="(login|consent)"/.exec(html)?.[1];
    const action = /<form method="post" action="([^"]+)"/.exec(html)?.[1];
    if (response.status !== 200 || !prompt || !action || (prompt === 'login' && hasSignedIn)) {
      throw new StackError('LOGIN_FAILED', `${person.email} could not sign in: ${problemOn(html, response.status)}`);
    }
    const form = new URLSearchParams({ prompt, decision: 'continue', ...(prompt === 'login' ? person : {}) });
    hasSignedIn ||= prompt === 'login';
    next = { url: new URL(action, next.url), form };
  }
  throw new StackError(
    'LOGIN_FAILED',
    `${person.email} could not sign in: the provider asked more than ${MAX_STEPS} times`,
  );
}

async function redeem(endpoint: string, parameters: Record<string, string>): Promise<Tokens> {
  const response = await fetch(endpoint, {
    method: 'POST',
    body: new URLSearchParams(parameters),
    signal: AbortSignal.timeout(10_000),
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    const { error, error_description: description } = body as { error?: string; error_description?: string };
    throw new StackError(
      'LOGIN_FAILED',
      `the identity provider gave no token: ${error ?? response.status}, ${description ?? ''}`,
    );
  }
  const tokens = TokenResponse.parse(body);
  return {
    accessToken: tokens.access_token,
    idToken: tokens.id_token,
    refreshToken: tokens.refresh_token,
    expiresAt: new Date(Date.now() + tokens.expires_in * 1000),
    scope: tokens.scope,
  };
}

function remember(cookies: Map<string, string>, headers: readonly string[]): void {
  for (const header of headers) {
    const [pair = '', ...attributes] = header.split(';');
    const separator = pair.indexOf('=');
    const name = pair.slice(0, separator).trim();
    const isExpired = attributes.some((attribute) => /^\s*expires=Thu, 01 Jan 1970/i.test(attribute));
    if (isExpired) cookies.delete(name);
    else cookies.set(name, pair.slice(separator + 1));
  }
}

function problemOn(html: string, status: number): string {
  const text = /role="alert">([^<]+)</.exec(html)?.[1];
  return text ?? `the provider answered ${status} with a page that is no form`;
}
