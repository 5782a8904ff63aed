import { AppError } from '../../shared/errors/app-error.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import { PROBLEM_TYPE, problemDocument, retryAfterOf } from '../http/problem-document.ts';
import type { GatewayContext, GatewayMiddleware } from './gateway-state.ts';
import { errorPage, PAGE_HEADERS } from './pages.ts';

/**
 * The one exit for failures: a page for people, a problem (RFC 9457) for programs. The Temporal UI shows the problem's
 * `message` in its dialogs.
 */
export function answerErrors(logger: Logger): GatewayMiddleware {
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      const known = error instanceof AppError ? error : new AppError('INTERNAL_ERROR', { cause: error });
      const { correlationId } = ctx.state;
      // Browsers drop long polls whenever somebody turns the page; nobody waits for that answer.
      const isAwaited = !ctx.res.destroyed;
      if (known.status >= 500 && isAwaited) logger.error({ err: error, correlationId }, 'request failed');
      answer(ctx, known);
    }
  };
}

function answer(ctx: GatewayContext, error: AppError): void {
  const { correlationId, person } = ctx.state;
  const body = problemDocument(error, correlationId);
  ctx.status = body.status;
  const retryAfter = retryAfterOf(body);
  if (retryAfter !== null) ctx.set('Retry-After', retryAfter);
  ctx.set('Cache-Control', 'no-store');
  if (error.status === 401 && ctx.path.startsWith('/approvals/'))
    ctx.set('WWW-Authenticate', 'Bearer scope="fleet:approve"');
  if (wantsPage(ctx)) {
    ctx.set({ ...PAGE_HEADERS });
    ctx.type = 'html';
    ctx.body = errorPage(body, person?.email ?? person?.sub ?? null);
    return;
  }
  ctx.type = PROBLEM_TYPE;
  ctx.body = JSON.stringify(body);
}

/** Whether a person's browser is loading a page: scripts that fetch data accept anything. */
export function wantsPage(ctx: GatewayContext): boolean {
  if (ctx.path.startsWith('/api/') || ctx.path.startsWith('/approvals/')) return false;
  return ctx.get('accept').includes('text/html');
}
