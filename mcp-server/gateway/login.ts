import type { Context } from 'koa';
import { ulid } from 'ulid';
import { AppError } from '../../shared/errors/app-error.ts';
import type { AuditStore } from '../../shared/platform/persistence/stores/audit-store.ts';
import { actorOf, addressDetail, type Actor } from '../audit/actor-of.ts';
import { TokenClaims } from '../auth/access-claims.ts';
import type { TokenVerifier } from '../auth/bearer.ts';
import { withSubject } from '../auth/subject.ts';
import { cookieAttributes, cookieName, cookiesOf, onlyCookie, setCookie } from './cookies.ts';
import type { GatewayContext, GatewayMiddleware } from './gateway-state.ts';
import { PendingLogin, type IdentityProviderClient } from './identity-provider-client.ts';
import { PAGE_HEADERS, signOutPage } from './pages.ts';
import { safeReturnPath } from './return-path.ts';
import { refuseForeignOrigin } from './same-origin.ts';
import type { CookieSeal } from './sealed-cookie.ts';
import { refuseReservedSubject } from './reserved-subject.ts';
import type { SessionClaims, Sessions } from './session.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface LoginOptions {
  approvalUrl: string;
  identityProvider: IdentityProviderClient;
  verifier: TokenVerifier;
  sessions: Sessions;
  audit: Pick<AuditStore, 'append'>;
  seal: CookieSeal;
  /** The claim that names a person. Default `sub`. */
  subjectClaim?: string | undefined;
  /** Counts a sign-in that somebody begins; fails with RATE_LIMITED. */
  countBegun: (ctx: Context) => void;
}

/** How long somebody may take to sign in at the identity provider. */
const LOGIN_SECONDS = 600;
/** Sign-ins one browser may have begun at once; more would fill its cookies until no request fits any more. */
const PENDING_LOGINS = 5;

/**
 * Sends the browser to the identity provider; afterwards it comes back to `returnPath`. `isFresh`: the person signs in anew
 * even when the provider still knows them.
 */
export async function startLogin(
  options: LoginOptions,
  ctx: Context,
  returnPath: string,
  isFresh = false,
): Promise<void> {
  options.countBegun(ctx);
  const { url, pending } = await options.identityProvider.begin(safeReturnPath(returnPath), isFresh);
  const sealed = options.seal.seal('login', pending, LOGIN_SECONDS);
  forgetOldestLogins(options, ctx);
  setCookie(ctx, loginCookie(options, pending.state), sealed, cookieAttributes(options.approvalUrl, LOGIN_SECONDS));
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(url);
}

/** `/oauth/login`, `/oauth/callback` and `/oauth/logout`. */
export function loginRoutes(options: LoginOptions): GatewayMiddleware {
  return async (ctx, next) => {
    if (ctx.path === '/oauth/login' && ctx.method === 'GET') {
      const { returnTo } = ctx.query;
      // Whoever comes here on purpose wants to show who they are.
      return startLogin(options, ctx, typeof returnTo === 'string' ? returnTo : '/', true);
    }
    if (ctx.path === '/oauth/callback' && ctx.method === 'GET') return finishLogin(options, ctx);
    if (ctx.path === '/oauth/logout') return logout(options, ctx);
    return next();
  };
}

async function finishLogin(options: LoginOptions, ctx: GatewayContext): Promise<void> {
  const state = typeof ctx.query['state'] === 'string' ? ctx.query['state'] : '';
  const name = loginCookie(options, state);
  const cookie = onlyCookie(ctx, name);
  const pending = PendingLogin.safeParse(cookie === null ? null : options.seal.open('login', cookie));
  if (!pending.success) {
    throw new AppError('UNAUTHORIZED', {
      message: 'This sign-in was not begun in this browser, or it took longer than ten minutes.',
      hint: 'Start again.',
    });
  }
  setCookie(ctx, name, '', cookieAttributes(options.approvalUrl, 0));
  // Built from the configured origin: the Host header is the client's to choose.
  const callbackUrl = new URL(ctx.req.url ?? '/', options.approvalUrl);
  const { accessToken, idTokenClaims } = await options.identityProvider.finish(callbackUrl, pending.data);
  const { verifier, subjectClaim } = options;
  // By the ID token the person has the name that access tokens give them too.
  const identity = withSubject(TokenClaims.parse(idTokenClaims), { subjectClaim });
  const claims: SessionClaims = { ...identity, ...(await accessClaims(verifier, accessToken)) };
  refuseReservedSubject(claims.sub);
  await recordSession(options, ctx, { action: 'gateway.login', authMethod: 'oidc' }, options.sessions.personOf(claims));
  await options.sessions.start(ctx, claims, signedInAtMs(idTokenClaims, pending.data));
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(pending.data.returnPath);
}

/** A provider that was told to ask the person and does not say when it did has done so just now. */
function signedInAtMs({ auth_time: seconds }: Record<string, unknown>, { isFresh }: PendingLogin): number | null {
  if (typeof seconds === 'number') return Math.trunc(seconds * 1000);
  return isFresh ? currentMs() : null;
}

/**
 * Claims of the access token where the provider gives one for us: that is the token the mapping is written for. Providers
 * without resource indicators (RFC 8707) give one we cannot read, and then the ID token says who it is.
 */
async function accessClaims(verifier: TokenVerifier, accessToken: string): Promise<Record<string, unknown>> {
  try {
    return await verifier.verify(accessToken);
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNAUTHORIZED') return {};
    throw error;
  }
}

async function logout(options: LoginOptions, ctx: GatewayContext): Promise<void> {
  ctx.set('Cache-Control', 'no-store');
  if (ctx.method === 'GET') {
    const person = (await options.sessions.sessionOf(ctx))?.person;
    ctx.set({ ...PAGE_HEADERS });
    ctx.type = 'html';
    ctx.body = signOutPage(person?.email ?? person?.sub ?? null);
    return;
  }
  if (ctx.method !== 'POST') throw new AppError('NOT_FOUND');
  refuseForeignOrigin(ctx.headers, options.approvalUrl);
  const session = await options.sessions.sessionOf(ctx);
  // The cookie may have copies that nobody can take back.
  await options.sessions.endAll(ctx);
  if (session !== null) await recordSession(options, ctx, { action: 'gateway.logout' }, session.person);
  ctx.status = 303;
  ctx.redirect((await options.identityProvider.endSessionUrl()) ?? '/oauth/logout');
}

/** That somebody signed in or out; a session that cannot be recorded is not begun. */
async function recordSession(
  { audit }: LoginOptions,
  ctx: GatewayContext,
  what: { action: 'gateway.login' | 'gateway.logout'; authMethod?: 'oidc' },
  person: Actor,
): Promise<void> {
  const { correlationId, clientAddress } = ctx.state;
  await audit.append({
    key: `gateway/${ulid(currentMs())}`,
    ...actorOf(person),
    ...what,
    outcome: 'ok',
    details: addressDetail(clientAddress),
    correlationId,
  });
}

/** One cookie a sign-in, so that two tabs do not disturb each other. */
function loginCookie(options: LoginOptions, state: string): string {
  return loginCookiePrefix(options) + state.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 8);
}

function loginCookiePrefix({ approvalUrl }: LoginOptions): string {
  return `${cookieName(approvalUrl, 'convoy_gateway')}_login_`;
}

function forgetOldestLogins(options: LoginOptions, ctx: Context): void {
  const prefix = loginCookiePrefix(options);
  // Browsers send the oldest of the same path first (RFC 6265, section 5.4).
  const pending = cookiesOf(ctx).filter(([name]) => name.startsWith(prefix));
  for (const [name] of pending.slice(0, Math.max(0, pending.length - PENDING_LOGINS + 1))) {
    if (/^[\w-]+$/.test(name)) setCookie(ctx, name, '', cookieAttributes(options.approvalUrl, 0));
  }
}
