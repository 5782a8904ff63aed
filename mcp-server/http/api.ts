import { Router } from '@koa/router';
import type { Caller } from '../call/answer-call.ts';
import { inputSchemaOf } from '../call/json-schema.ts';
import { authenticate, type Authentication } from './authenticate.ts';
import { openApiDocument } from './openapi.ts';
import { HttpRefusal } from './problem.ts';
import { queryArguments } from './query-arguments.ts';
import { readJsonBody } from './read-body.ts';
import { signalOf } from './request-signal.ts';
import { routesOf, type Route } from './routes.ts';
import type { WebContext, WebState } from './web-state.ts';

export interface ApiOptions {
  caller: Caller;
  authentication: Authentication;
  publicUrl: string;
  issuer: string;
}

/** The HTTP API: the same calls as the tools, by path. */
export function apiRouter({ caller, authentication, publicUrl, issuer }: ApiOptions): Router<WebState> {
  const router = new Router<WebState>({ prefix: '/api/v1' });
  const routes = routesOf(caller.catalogue);
  const document = openApiDocument(routes, { publicUrl, issuer });

  router.get('/openapi.json', (ctx) => {
    ctx.state.route = '/api/v1/openapi.json';
    ctx.body = document;
  });

  for (const route of routes) {
    const { method, path, action, status } = route;
    router.register(path, [method], async (ctx) => {
      ctx.state.route = `/api/v1${path}`;
      ctx.state.action = action.name;
      const { principal } = await authenticate(ctx, authentication, 'http');
      const { output } = await caller.answer({
        name: action.name,
        arguments: await argumentsOf(ctx, ctx.params, route),
        surface: 'http',
        principal,
        correlationId: ctx.state.correlationId,
        signal: signalOf(ctx.res),
      });
      ctx.status = status;
      ctx.body = output;
    });
  }
  return router;
}

async function argumentsOf(
  ctx: WebContext,
  params: Readonly<Record<string, string>>,
  { method, action, aliases }: Route,
): Promise<unknown> {
  if (method === 'GET') return { ...queryArguments(ctx.query, inputSchemaOf(action), aliases), ...params };
  const body = (await readJsonBody(ctx.req)) ?? {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new HttpRefusal(422, 'The body must be a JSON object.');
  }
  const twice = Object.keys(params).find((name) => Object.hasOwn(body, name));
  if (twice !== undefined) throw new HttpRefusal(422, `${twice}: is in the path; leave it out of the body.`);
  return { ...body, ...params };
}
