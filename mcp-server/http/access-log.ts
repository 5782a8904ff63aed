import { correlationIdOf } from '../../shared/platform/telemetry/correlation.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import type { Metrics } from '../../shared/platform/telemetry/metrics.ts';
import { currentTrace } from '../../shared/platform/telemetry/spans.ts';
import type { WebMiddleware } from './web-state.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS']);

/** Gives the request its correlation id, and leaves one line in the log and one observation when it is answered. */
export function accessLog(log: Logger, metrics: Pick<Metrics, 'httpRequestSeconds'>): WebMiddleware {
  return async (ctx, next) => {
    const startedAt = performance.now();
    const { state } = ctx;
    const { 'x-correlation-id': given, traceparent } = ctx.headers;
    state.correlationId = correlationIdOf({ 'x-correlation-id': given, traceparent }, currentTrace()?.traceId);
    ctx.set('x-correlation-id', state.correlationId);
    try {
      await next();
    } finally {
      const seconds = (performance.now() - startedAt) / 1000;
      const status = ctx.res.statusCode;
      // Methods and paths are the caller's to invent; a metric's labels are not.
      const method = METHODS.has(ctx.method) ? ctx.method : 'other';
      metrics.httpRequestSeconds.observe({ method, route: state.route ?? 'none', status: String(status) }, seconds);
      const { principal, action, correlationId, clientAddress } = state;
      const { sub, clientId } = principal ?? {};
      // The path without its query: a token someone put there must not end up in a log.
      log.info(
        { method, path: ctx.path.slice(0, 200), status, seconds, correlationId, action, sub, clientId, clientAddress },
        'request answered',
      );
    }
  };
}
