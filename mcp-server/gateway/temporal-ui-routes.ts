import { ulid } from 'ulid';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { actorOf, addressDetail } from '../audit/actor-of.ts';
import { browsedBy, refuseOutOfScope } from './browse-scope.ts';
import type { AnswerCodec } from './codec-route.ts';
import { deliverSignal, type SignalRoute } from './deliver-signal.ts';
import { forwardBrowsing, type BrowsingOptions } from './forward-browsing.ts';
import type { GatewayContext, GatewayMiddleware } from './gateway-state.ts';
import { recordRefusal } from './record-refusal.ts';
import { readRequestText } from './request-text.ts';
import { kindOfRequest } from './requests.ts';
import { refuseForeignFetch, refuseForeignOrigin, refuseForm } from './same-origin.ts';
import { signedIn, type SignedInOptions } from './signed-in.ts';
import { messageOfUiSignal } from './signal-body.ts';

export interface TemporalUiOptions extends BrowsingOptions, SignedInOptions {
  approvalUrl: string;
  route: SignalRoute;
  codec: AnswerCodec;
}

/** Everything that is not the gateway's own: the Temporal UI, for people who are signed in. */
export function temporalUiRoutes(options: TemporalUiOptions): GatewayMiddleware {
  return async (ctx) => {
    const { refusals } = options;
    const session = await signedIn(options, ctx, 'temporal-ui');
    if (session === null) return;
    const { person } = session;
    const request = kindOfRequest(ctx.method, ctx.req.url ?? '/', options.namespace);
    refuseBareRender(ctx);
    if (request.kind !== 'browse') {
      await recordRefusal(refusals, ctx, 'temporal-ui', () => {
        refuseForeignOrigin(ctx.headers, options.approvalUrl);
        refuseForm(ctx.headers);
      });
    }
    if (ctx.path.startsWith('/api/')) refuseForeignFetch(ctx.headers);
    if (request.kind === 'refused') return refuse(options, ctx, person, request.wanted);
    if (request.kind === 'codec') return options.codec(ctx, person, request.wanted);
    if (request.kind === 'browse' || request.kind === 'query') {
      const browsed = browsedBy(ctx.req.url ?? '/', options.namespace);
      await refuseOutOfScope(options.route, person, browsed);
      const json = request.kind === 'query' ? await readRequestText(ctx.req) : null;
      return forwardBrowsing(options, ctx, { browsed, json });
    }

    const { planId, signal } = request;
    await deliverSignal(options.route, {
      planId,
      signal,
      person,
      claims: session.claims,
      via: 'temporal-ui',
      correlationId: ctx.state.correlationId,
      clientAddress: ctx.state.clientAddress,
      signedInAtMs: session.signedInAtMs,
      signInAgain: `Sign in again at ${signInUrl(options, planId)} and send it then.`,
      message: async () => messageOfUiSignal(signal, planId, await readRequestText(ctx.req)),
    });
    // The answer of the API to a signal it took.
    ctx.body = {};
  };
}

function signInUrl({ approvalUrl, namespace }: TemporalUiOptions, planId: string): string {
  const page = `/namespaces/${namespace}/workflows/${encodeURIComponent(planWorkflowId(planId))}`;
  return `${approvalUrl}/oauth/login?returnTo=${encodeURIComponent(page)}`;
}

/**
 * `/render` turns whatever its address says into a page of our origin: good inside the page that asks for it, a lure when
 * somebody is sent there. Browsers name what they load for (Fetch Metadata, `Sec-Fetch-Dest`).
 */
function refuseBareRender(ctx: GatewayContext): void {
  if (!/^\/+render\/*$/i.test(decoded(ctx.path)) || ctx.get('sec-fetch-dest') === 'iframe') return;
  throw new AppError('FORBIDDEN', {
    message: 'Rendered text is shown inside the pages of workflows only.',
    hint: 'Open the page of the plan.',
  });
}

/** As a lenient server might read it; what cannot be decoded stays as it is. */
function decoded(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

async function refuse(
  { route }: TemporalUiOptions,
  ctx: GatewayContext,
  person: Principal,
  wanted: string,
): Promise<never> {
  const { correlationId, clientAddress } = ctx.state;
  const error = new AppError('FORBIDDEN', {
    message: `The approval gateway does not let ${wanted} through: from here plans can only be approved, rejected, paused, resumed, aborted and rolled back.`,
    hint: 'Use "Send a Signal" on the page of a plan.',
  });
  await route.audit.append({
    key: `gateway/${ulid()}`,
    action: 'gateway.refused',
    ...actorOf(person, 'temporal-ui'),
    outcome: 'refused',
    code: error.code,
    message: error.message,
    details: { method: ctx.method, path: ctx.path.slice(0, 500), ...addressDetail(clientAddress) },
    correlationId,
  });
  throw error;
}
