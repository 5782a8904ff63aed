import { AppError } from '../../shared/errors/app-error.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { hasAudience, type ProvenClaims } from '../auth/access-claims.ts';
import type { AccessRefusals } from '../auth/access-refusals.ts';
import { bearerTokenOf } from '../auth/bearer-token.ts';
import type { TokenVerifier } from '../auth/bearer.ts';
import type { CloudflareAccess } from '../auth/cloudflare-access.ts';
import {
  principalOf,
  refuseUnmapped,
  withSecondFactor,
  type PersonRecorder,
  type PrincipalRules,
} from '../auth/principal.ts';
import { HttpRefusal } from './problem.ts';
import type { RequestLimits } from './request-limits.ts';
import type { WebContext } from './web-state.ts';

export interface Authentication {
  verifier: TokenVerifier;
  rules: PrincipalRules;
  /** Audiences whose tokens say what the workflows may believe of a person. */
  gatewayAudiences: readonly string[];
  people: PersonRecorder;
  refusals: AccessRefusals;
  /** Default: its assertions are not looked at. */
  cloudflareAccess?: CloudflareAccess | undefined;
  metrics: Pick<Metrics, 'tokensVerified'>;
  requests: RequestLimits;
}

/** Whose token it is, and what it says. */
interface Bearer {
  principal: Principal;
  claims: ProvenClaims;
}

/**
 * Finds out who calls and leaves it in the state: 401 without a good token, 400 for a malformed header, 403 for a person
 * nothing is mapped to or whose access is revoked, 429 and 503 with too many requests in flight, 503 also while tokens
 * cannot be checked.
 */
export async function authenticate(
  ctx: WebContext,
  authentication: Authentication,
  via: Principal['via'],
): Promise<Bearer> {
  const { gatewayAudiences, people, requests } = authentication;
  const bearer = await verify(ctx, authentication, via);
  const { claims } = bearer;
  ctx.state.principal = bearer.principal;
  requests.enter(bearer.principal.sub, ctx.res);
  const principal = await demandAccess(ctx, authentication, bearer);
  ctx.state.principal = principal;
  if (hasAudience(claims, gatewayAudiences)) await people.record(principal, claims);
  else await people.note(principal, claims);
  return { principal, claims };
}

/** Who the bearer is by now, for a request that goes on; fails as `authenticate` does and counts as no other request. */
export async function authenticateAgain(
  ctx: WebContext,
  authentication: Authentication,
  via: Principal['via'],
): Promise<Principal> {
  const bearer = await verify(ctx, authentication, via);
  return demandAccess(ctx, authentication, bearer);
}

async function verify(ctx: WebContext, authentication: Authentication, via: Principal['via']): Promise<Bearer> {
  const { rules, metrics } = authentication;
  if (ctx.query['access_token'] !== undefined) {
    throw new HttpRefusal(400, 'A token in the query string is not accepted.', 'Send it in the Authorization header.');
  }
  const claims = await claimsOf(ctx, authentication, via).catch((error: unknown) => {
    metrics.tokensVerified.inc({ outcome: error instanceof AppError ? error.code : 'INTERNAL_ERROR' });
    throw error;
  });
  metrics.tokensVerified.inc({ outcome: 'ok' });
  return { principal: principalOf(claims, rules, via), claims };
}

async function claimsOf(
  ctx: WebContext,
  { verifier, cloudflareAccess }: Authentication,
  via: Principal['via'],
): Promise<ProvenClaims> {
  // What proves a person to MCP alone: the API's clients have tokens of their own.
  if (cloudflareAccess?.mode === 'identity' && via === 'mcp') return cloudflareAccess.identityOf(ctx.req);
  const bearer = bearerTokenOf(ctx.req);
  if (bearer.kind === 'malformed') throw new HttpRefusal(400, `The token cannot be read: ${bearer.reason}.`);
  if (bearer.kind === 'none') throw new AppError('UNAUTHORIZED');
  return verifier.verify(bearer.token);
}

/**
 * Answers who it is, with all that proved it. A person nothing is mapped to, as when their access is revoked, or whom the
 * second factor does not vouch for is refused, and that is recorded.
 */
async function demandAccess(
  ctx: WebContext,
  { refusals, cloudflareAccess }: Authentication,
  { principal }: Bearer,
): Promise<Principal> {
  try {
    refuseUnmapped(principal);
    if (cloudflareAccess?.mode !== 'required') return principal;
    await cloudflareAccess.vouchFor(ctx.req, principal);
    return { ...principal, provenBy: withSecondFactor(principal.provenBy) };
  } catch (error) {
    const { method, path, state } = ctx;
    const { correlationId, clientAddress } = state;
    const attempt = { person: principal, via: principal.via, method, path, correlationId, clientAddress };
    if (error instanceof AppError && error.status === 403) await refusals.record({ ...attempt, error });
    throw error;
  }
}
