import { AppError } from '../../shared/errors/app-error.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import type { AccessMapping } from '../auth/access-mapping.ts';
import { bearerTokenOf } from '../auth/bearer-token.ts';
import type { AccessClaims, TokenVerifier } from '../auth/bearer.ts';
import { principalOf, refuseUnmapped, type PersonRecorder } from '../auth/principal.ts';
import { HttpRefusal } from './problem.ts';
import type { WebContext } from './web-state.ts';

export interface Authentication {
  verifier: TokenVerifier;
  mapping: AccessMapping;
  people: PersonRecorder;
  metrics: Pick<Metrics, 'tokensVerified'>;
}

/**
 * Finds out who calls and leaves it in the state: 401 without a good token, 400 for a malformed header, 403 for a person
 * nothing is mapped to, 503 while tokens cannot be checked.
 */
export async function authenticate(
  ctx: WebContext,
  { verifier, mapping, people, metrics }: Authentication,
  via: Principal['via'],
): Promise<{ principal: Principal; claims: AccessClaims }> {
  if (ctx.query['access_token'] !== undefined) {
    throw new HttpRefusal(400, 'A token in the query string is not accepted.', 'Send it in the Authorization header.');
  }
  const bearer = bearerTokenOf(ctx.req);
  if (bearer.kind === 'malformed') throw new HttpRefusal(400, `The request has ${bearer.reason}.`);
  if (bearer.kind === 'none') throw new AppError('UNAUTHORIZED');
  const claims = await verifier.verify(bearer.token).catch((error: unknown) => {
    metrics.tokensVerified.inc({ outcome: error instanceof AppError ? error.code : 'INTERNAL_ERROR' });
    throw error;
  });
  metrics.tokensVerified.inc({ outcome: 'ok' });
  const principal = principalOf(claims, mapping, via);
  ctx.state.principal = principal;
  refuseUnmapped(principal);
  await people.record(principal);
  return { principal, claims };
}
