import { Router } from '@koa/router';
import { AppError } from '../../shared/errors/app-error.ts';
import { traceIdOf } from '../../shared/platform/telemetry/correlation.ts';
import { currentTrace } from '../../shared/platform/telemetry/spans.ts';
import type { OpenAuditExport } from '../audit/export-audit.ts';
import type { Caller } from '../call/answer-call.ts';
import { inputSchemaOf } from '../call/json-schema.ts';
import { authenticate, authenticateAgain, type Authentication } from './authenticate.ts';
import { entityTag, hasAlready, preconditionOf } from './conditional.ts';
import { nextLink } from './next-link.ts';
import { openApiDocument } from './openapi.ts';
import type { ServePlanEvents } from './plan-events.ts';
import { HttpRefusal } from './problem.ts';
import { queryArguments } from './query-arguments.ts';
import { readJsonBody } from './read-body.ts';
import { signalOf } from './request-signal.ts';
import { routesOf, type Route } from './routes.ts';
import type { WebContext, WebState } from './web-state.ts';

export interface ApiOptions {
  caller: Caller;
  authentication: Authentication;
  planEvents: ServePlanEvents;
  auditExport: OpenAuditExport;
  publicUrl: string;
  issuer: string;
}

/** The HTTP API: the same calls as the tools, by path. */
export function apiRouter(options: ApiOptions): Router<WebState> {
  const { caller, authentication, planEvents, auditExport, publicUrl, issuer } = options;
  const router = new Router<WebState>({ prefix: '/api/v1' });
  const routes = routesOf(caller.catalogue);
  const document = openApiDocument(routes, { publicUrl, issuer });

  router.get('/openapi.json', (ctx) => {
    ctx.state.route = '/api/v1/openapi.json';
    ctx.body = document;
  });

  router.get('/plans/:planId/events', async (ctx) => {
    ctx.state.route = '/api/v1/plans/:planId/events';
    ctx.state.action = 'plan_events';
    const { principal, claims } = await authenticate(ctx, authentication, 'http');
    const { planId = '' } = ctx.params;
    const stillGood = () => authenticateAgain(ctx, authentication, 'http');
    await planEvents(ctx, { principal, planId, expiresAtSeconds: claims.exp, stillGood });
  });

  for (const route of routes) {
    const { method, path, action, status } = route;
    router.register(path, [method], async (ctx) => {
      ctx.state.route = `/api/v1${path}`;
      ctx.state.action = action.name;
      const { principal } = await authenticate(ctx, authentication, 'http');
      if (route.streams === undefined && route.text === undefined) refuseUnacceptable(ctx);
      const precondition = preconditionOf(headerOf(ctx, 'if-match'));
      const given = await argumentsOf(ctx, ctx.params, route);
      const answer = await caller.answer({
        name: action.name,
        arguments: given,
        surface: 'http',
        principal,
        correlationId: ctx.state.correlationId,
        clientAddress: ctx.state.clientAddress,
        traceId: currentTrace()?.traceId ?? traceIdOf({ traceparent: ctx.headers['traceparent'] }),
        signal: signalOf(ctx.res),
        precondition,
        idempotencyKey: headerOf(ctx, 'idempotency-key'),
      });
      const { output, tag, handle } = answer;
      if (route.streams !== undefined) {
        const { type, body } = await auditExport(principal, given, Number(output['throughSeq']));
        ctx.type = type;
        ctx.body = body;
        return;
      }
      if (answer.replayed) ctx.set('idempotent-replayed', 'true');
      if (handle !== undefined) {
        ctx.set('retry-after', String(handle.pollAfterSeconds));
        ctx.set('location', new URL(`/api/v1/calls/${handle.callId}`, publicUrl).href);
        ctx.status = 202;
        ctx.body = output;
        return;
      }
      ctx.status = status;
      if (route.text !== undefined) {
        const next = nextLink(publicUrl, ctx, output);
        if (next !== null) ctx.set('link', next);
        ctx.type = route.text.type;
        ctx.body = route.text.render(output);
        return;
      }
      const made = route.location?.(output);
      if (made !== undefined) ctx.set('location', new URL(`/api/v1${made}`, publicUrl).href);
      const link = method === 'GET' ? nextLink(publicUrl, ctx, output) : null;
      if (link !== null) ctx.set('link', link);
      if (tag !== undefined) ctx.set('etag', entityTag(tag));
      if (method === 'GET' && tag !== undefined && hasAlready(headerOf(ctx, 'if-none-match'), tag)) ctx.status = 304;
      else ctx.body = output;
    });
  }
  const kinds = routes.filter(({ path }) => PLAN_OF_KIND.test(path)).map(({ path }) => path.slice('/plans/'.length));
  // Without plans there is nothing here at all.
  const ifThereArePlans = kinds.length > 0 ? ['POST'] : [];
  router.register('/plans/:kind', ifThereArePlans, async (ctx) => {
    ctx.state.route = '/api/v1/plans/:kind';
    await authenticate(ctx, authentication, 'http');
    throw new AppError('NOT_FOUND', {
      message: `There is no plan kind ${JSON.stringify(ctx.params['kind']?.slice(0, 40))}; there are ${kinds.join(', ')}.`,
    });
  });
  return router;
}

/** Where a plan of a kind is proposed. */
const PLAN_OF_KIND = /^\/plans\/[a-z0-9_]+$/;

/** RFC 9110 joins what is sent several times. */
function headerOf(ctx: WebContext, name: string): string | undefined {
  const value = ctx.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function refuseUnacceptable(ctx: WebContext): void {
  if (ctx.accepts('application/json', 'application/problem+json') !== false) return;
  throw new HttpRefusal(406, 'Answers are application/json; the Accept header allows none of it.');
}

async function argumentsOf(
  ctx: WebContext,
  params: Readonly<Record<string, string>>,
  { method, action, aliases }: Route,
): Promise<Record<string, unknown>> {
  if (method === 'GET') return { ...queryArguments(ctx.query, inputSchemaOf(action), aliases), ...params };
  const body = (await readJsonBody(ctx.req)) ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpRefusal(422, 'The body must be a JSON object.');
  }
  const twice = Object.keys(params).find((name) => Object.hasOwn(body, name));
  if (twice !== undefined) throw new HttpRefusal(422, `${twice}: is in the path; leave it out of the body.`);
  return { ...body, ...params };
}
