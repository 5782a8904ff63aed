import type { IncomingHttpHeaders } from 'node:http';
import { parseTraceparent } from '../../shared/contract/trace-context.ts';
import { inSpan, markFailed } from '../../shared/platform/telemetry/spans.ts';

/** As much of a context as it takes, of the web process and of the gateway. */
interface TracedContext {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  res: { statusCode: number };
}

/** What a load balancer asks every few seconds. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/**
 * Has a request be a span, of the caller's trace where it names one (W3C Trace Context). Its name is the method and the
 * route's pattern: paths and queries hold what is nobody's business.
 */
export function traceRequests<Context extends TracedContext>(
  routeOf: (ctx: Context) => string | undefined,
): (ctx: Context, next: () => Promise<unknown>) => Promise<unknown> {
  return async (ctx, next) => {
    if (UNTRACED.has(ctx.path)) return next();
    const method = METHODS.has(ctx.method) ? ctx.method : '_OTHER';
    const parent = parseTraceparent(ctx.headers['traceparent']) ?? undefined;
    const attributes = { 'http.request.method': method };
    return inSpan(method, { kind: 'server', parent, attributes }, async (span) => {
      try {
        return await next();
      } finally {
        const route = routeOf(ctx);
        const status = ctx.res.statusCode;
        span.setAttribute('http.response.status_code', status);
        if (status >= 500) markFailed(span, String(status));
        if (route !== undefined) span.setAttribute('http.route', route).updateName(`${method} ${route}`);
      }
    });
  };
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']);
