import { AppError } from '../../shared/errors/app-error.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { AccessRefusals } from '../auth/access-refusals.ts';
import { bearerTokenOf } from '../auth/bearer-token.ts';
import type { AccessClaims, TokenVerifier } from '../auth/bearer.ts';
import {
  hasAudience,
  principalOf,
  refuseUnmapped,
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
  metrics: Pick<Metrics, 'tokensVerified'>;
  requests: RequestLimits;
}

/** Whose token it is, and what it says. */
interface Bearer {
  principal: Principal;
  claims: AccessClaims;
}

/**
 * Finds out who calls and leaves it in the state: 401 without a good token, 400 for a malformed header, 403 for a person
 * nothing is mapped to, 429 and 503 with too many requests in flight, 503 also while tokens cannot be checked.
 */
export async function authenticate(
  ctx: WebContext,
  authentication: Authentication,
  via: Principal['via'],
): Promise<Bearer> {
  const { gatewayAudiences, people, requests } = authentication;
  const bearer = await verify(ctx, authentication, via);
  const { principal, claims } = bearer;
  ctx.state.principal = principal;
  requests.enter(principal.sub, ctx.res);
  await demandMapped(ctx, authentication, principal);
  if (hasAudience(claims, gatewayAudiences)) await people.record(principal);
  else await people.note(principal);
  return bearer;
}

/** Who the bearer is by now, for a request that goes on; fails as `authenticate` does and counts as no other request. */
export async function authenticateAgain(
  ctx: WebContext,
  authentication: Authentication,
  via: Principal['via'],
): Promise<Principal> {
  const { principal } = await verify(ctx, authentication, via);
  await demandMapped(ctx, authentication, principal);
  return principal;
}

async function verify(
  ctx: WebContext,
  { verifier, rules, metrics }: Authentication,
  via: Principal['via'],
): Promise<Bearer> {
  if (ctx.query['access_token'] !== undefined) {
    throw new HttpRefusal(400, 'A token in the query string is not accepted.', 'Send it in the Authorization header.');
  }
  const bearer = bearerTokenOf(ctx.req);
  if (bearer.kind === 'malformed') throw new HttpRefusal(400, `The token cannot be read: ${bearer.reason}.`);
  if (bearer.kind === 'none') throw new AppError('UNAUTHORIZED');
  const claims = await verifier.verify(bearer.token).catch((error: unknown) => {
    metrics.tokensVerified.inc({ outcome: error instanceof AppError ? error.code : 'INTERNAL_ERROR' });
    throw error;
  });
  metrics.tokensVerified.inc({ outcome: 'ok' });
  return { principal: principalOf(claims, rules, via), claims };
}

/** A person nothing is mapped to is refused, and that is recorded. */
async function demandMapped(ctx: WebContext, { refusals }: Authentication, principal: Principal): Promise<void> {
  try {
    refuseUnmapped(principal);
  } catch (error) {
    const { method, path, state } = ctx;
    const attempt = { person: principal, via: principal.via, method, path, correlationId: state.correlationId };
    if (error instanceof AppError) await refusals.record({ ...attempt, error });
    throw error;
  }
}
