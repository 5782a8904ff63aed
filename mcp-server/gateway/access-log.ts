import { correlationIdOf } from '../../shared/platform/telemetry/correlation.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { currentTrace } from '../../shared/platform/telemetry/spans.ts';
import type { GatewayMiddleware } from './gateway-state.ts';

/** Gives the request its correlation id and leaves one log line and one measurement of it, however it ends. */
export function accessLog(logger: Logger, metrics: Pick<Metrics, 'httpRequestSeconds'>): GatewayMiddleware {
  return async (ctx, next) => {
    const startedAt = performance.now();
    const { 'x-correlation-id': given, traceparent } = ctx.headers;
    ctx.state.correlationId = correlationIdOf({ 'x-correlation-id': given, traceparent }, currentTrace()?.traceId);
    ctx.set('X-Correlation-Id', ctx.state.correlationId);
    await next();
    const seconds = (performance.now() - startedAt) / 1000;
    metrics.httpRequestSeconds.observe(
      { method: methodLabel(ctx.method), route: routeOf(ctx.path), status: ctx.status },
      seconds,
    );
    logger.info(
      {
        method: ctx.method,
        // The query of /oauth/callback holds the code, that of /render the card.
        path: ctx.path.slice(0, 300),
        status: ctx.status,
        seconds,
        correlationId: ctx.state.correlationId,
        sub: ctx.state.person?.sub,
        clientAddress: ctx.state.clientAddress,
      },
      'request answered',
    );
  };
}

/** Few values: the path itself has no bound. */
export function routeOf(path: string): string {
  if (path.startsWith('/approvals/')) return '/approvals/*';
  if (path.startsWith('/oauth/')) return '/oauth/*';
  if (path.startsWith('/api/')) return /\/signal\//.test(path) ? '/api/*/signal/*' : '/api/*';
  return path === '/healthz' ? path : '/*';
}

/** Clients may invent methods; labels may not. */
function methodLabel(method: string): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other';
}
