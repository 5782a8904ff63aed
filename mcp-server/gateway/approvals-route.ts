import { GATEWAY_SIGNALS } from '../../shared/contract/plan-messages.ts';
import type { Principal, Scope } from '../../shared/domain/principal.ts';
import { PlanId } from '../../shared/domain/ids.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { AccessRefusals } from '../auth/access-refusals.ts';
import { bearerTokenOf } from '../auth/bearer-token.ts';
import type { TokenVerifier } from '../auth/bearer.ts';
import type { CloudflareAccess } from '../auth/cloudflare-access.ts';
import { principalOf, refuseUnmapped, type PersonClaims, type PrincipalRules } from '../auth/principal.ts';
import type { RateLimiter } from '../call/limit-rate.ts';
import { refusalOfChange } from '../degraded/read-only-refusal.ts';
import { controlRule } from '../plans/control-rules.ts';
import { deliverSignal, type SignalRoute } from './deliver-signal.ts';
import type { GatewayContext, GatewayMiddleware } from './gateway-state.ts';
import { recordRefusal } from './record-refusal.ts';
import { readRequestText } from './request-text.ts';
import { isGatewaySignal, type GatewaySignal } from './requests.ts';
import { refuseReservedSubject } from './reserved-subject.ts';
import { parseMessage } from './signal-body.ts';

export interface ApprovalsRouteOptions {
  /** For tokens whose audience is the gateway. */
  verifier: TokenVerifier;
  rules: PrincipalRules;
  route: SignalRoute;
  limiter: RateLimiter;
  refusals: AccessRefusals;
  /** What stands before the gateway and vouches for people too. Default: nothing. */
  cloudflareAccess?: Pick<CloudflareAccess, 'vouchFor'> | undefined;
}

/**
 * `POST /approvals/v1/plans/:planId/:signal` with a bearer token of the person's own and `{ digest, comment }` or
 * `{ comment }`: what the terminal uses. 202 means sent; whether a vote counts, the plan shows.
 */
export function approvalsRoute(options: ApprovalsRouteOptions): GatewayMiddleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/approvals/')) {
      await next();
      return;
    }
    const { planId, signal } = targetOf(ctx);
    const { person, claims, signedInAtMs } = await personOf(options, ctx).catch((error: unknown) => {
      throw refusalOfChange(error);
    });
    await deliverSignal(options.route, {
      planId,
      signal,
      person,
      claims,
      via: 'cli',
      correlationId: ctx.state.correlationId,
      clientAddress: ctx.state.clientAddress,
      signedInAtMs,
      signInAgain: 'Get a new access token and repeat the command.',
      message: async () => {
        requireScope(person, signal);
        return { ...parseMessage(signal, jsonOf(await readRequestText(ctx.req))), runId: null };
      },
    });
    ctx.status = 202;
    ctx.body = { planId, signal, by: person.sub };
  };
}

function targetOf(ctx: GatewayContext): { planId: string; signal: GatewaySignal } {
  const [, planId = '', signal = ''] = /^\/approvals\/v1\/plans\/([^/]+)\/([^/]+)$/.exec(ctx.path) ?? [];
  if (ctx.method === 'POST' && isGatewaySignal(signal) && PlanId.safeParse(planId).success) return { planId, signal };
  throw new AppError('NOT_FOUND', {
    message: `Here is only POST /approvals/v1/plans/<planId>/(${GATEWAY_SIGNALS.join('|')}).`,
  });
}

async function personOf(
  { verifier, rules, limiter, refusals, cloudflareAccess }: ApprovalsRouteOptions,
  ctx: GatewayContext,
): Promise<{ person: Principal; claims: PersonClaims; signedInAtMs: number }> {
  const bearer = bearerTokenOf(ctx.req);
  if (bearer.kind === 'none') throw new AppError('UNAUTHORIZED');
  if (bearer.kind === 'malformed')
    throw new AppError('UNAUTHORIZED', { message: `The token cannot be read: ${bearer.reason}.` });
  const claims = await verifier.verify(bearer.token);
  const person = principalOf(claims, rules, 'gateway');
  ctx.state.person = person;
  limiter.take(person.sub);
  await recordRefusal(refusals, ctx, 'cli', async () => {
    refuseReservedSubject(person.sub);
    refuseUnmapped(person);
    await cloudflareAccess?.vouchFor(ctx.req, person, { isNamed: true });
  });
  const { auth_time: signedIn, iat } = claims;
  return { person, claims, signedInAtMs: (typeof signedIn === 'number' ? signedIn : iat) * 1000 };
}

function requireScope(person: Principal, signal: GatewaySignal): void {
  const isDecision = signal === 'approve' || signal === 'reject';
  const needed: readonly Scope[] = isDecision ? ['fleet:approve'] : controlRule(signal).scopes;
  if (person.scopes.some((scope) => needed.includes(scope))) return;
  throw new AppError('INSUFFICIENT_SCOPE', {
    message: `To ${signal} a plan the token needs the scope ${needed.join(' or ')}.`,
    details: { scopes: person.scopes, needed },
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('VALIDATION_ERROR', { message: 'The request must be one JSON object.', cause });
  }
}
