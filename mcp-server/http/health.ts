import type { ReadReadiness } from '../../shared/platform/process/readiness.ts';
import type { WebMiddleware } from './web-state.ts';

/** `/healthz`: the process lives. `/readyz`: what it depends on answers too; 503 when something does not. */
export function health(readiness: ReadReadiness): WebMiddleware {
  return async (ctx, next) => {
    if (ctx.path === '/healthz') {
      ctx.state.route = ctx.path;
      ctx.body = { status: 'ok' };
    } else if (ctx.path === '/readyz') {
      ctx.state.route = ctx.path;
      const answer = await readiness();
      ctx.status = answer.httpStatus;
      ctx.body = answer.readiness;
    } else {
      await next();
    }
  };
}
