import { AppError } from '../../shared/errors/app-error.ts';
import type { AccessRefusals } from '../auth/access-refusals.ts';
import type { CloudflareAccess } from '../auth/cloudflare-access.ts';
import { refuseUnmapped } from '../auth/principal.ts';
import type { RateLimiter } from '../call/limit-rate.ts';
import { wantsPage } from './answer-errors.ts';
import type { GatewayContext } from './gateway-state.ts';
import { recordRefusal } from './record-refusal.ts';
import type { Session, Sessions } from './session.ts';

export interface SignedInOptions {
  sessions: Sessions;
  refusals: AccessRefusals;
  limiter: RateLimiter;
  /** What stands before the gateway and vouches for people too. Default: nothing. */
  cloudflareAccess?: Pick<CloudflareAccess, 'vouchFor'> | undefined;
  /** Sends a browser without a session to sign in. */
  startLogin: (ctx: GatewayContext, returnPath: string) => Promise<void>;
}

/** The UI's scripts and styles are the same for everybody, and a page loads a hundred of them. */
const ASSETS = '/_app/';

/**
 * The session of whoever looks, of somebody the access file knows. Null when the browser was sent to sign in instead; fails
 * with UNAUTHORIZED where it cannot be.
 */
export async function signedIn(
  options: SignedInOptions,
  ctx: GatewayContext,
  via: 'temporal-ui' | 'console',
): Promise<Session | null> {
  const { refusals, cloudflareAccess, limiter } = options;
  const session = await liveSession(options, ctx);
  if (session === null) {
    await askToSignIn(options, ctx);
    return null;
  }
  const { person } = session;
  ctx.state.person = person;
  limiter.take(person.sub);
  await recordRefusal(refusals, ctx, via, async () => {
    refuseUnmapped(person);
    await cloudflareAccess?.vouchFor(ctx.req, person, { isNamed: true });
  });
  return session;
}

/** The session, unless it has ended since, in whatever browser its person signed out. */
async function liveSession({ sessions }: SignedInOptions, ctx: GatewayContext): Promise<Session | null> {
  return ctx.path.startsWith(ASSETS) ? sessions.claimedBy(ctx) : sessions.sessionOf(ctx);
}

async function askToSignIn(options: SignedInOptions, ctx: GatewayContext): Promise<void> {
  // A frame inside the page cannot show the identity provider's form, which nobody may frame.
  const isWholePage = ctx.method === 'GET' && wantsPage(ctx) && ctx.get('sec-fetch-dest') !== 'iframe';
  if (isWholePage) return options.startLogin(ctx, ctx.req.url ?? '/');
  throw new AppError('UNAUTHORIZED', {
    message: 'You are not signed in, or your session has ended. Load the page again to sign in.',
  });
}
