import { scopeChallenge, unauthorizedChallenge } from '../auth/challenge.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Logger } from '../../shared/platform/telemetry/logger.ts';
import { PROBLEM_TYPE, problemDocument, retryAfterOf } from './problem-document.ts';
import type { WebContext, WebMiddleware } from './web-state.ts';

export interface ProblemOptions {
  log: Logger;
  /** Where clients that were refused at a path find out how to get a token; null where somebody else tells them. */
  metadataUrl: (path: string) => string | null;
}

/** Answers whatever fails inside as a problem document (RFC 9457) with the fields every refusal has. */
export function answerProblems({ log, metadataUrl }: ProblemOptions): WebMiddleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined && ctx.respond !== false) throw nothingHere(ctx);
      if (ctx.status === 405 || ctx.status === 501) throw wrongMethod(ctx);
    } catch (error) {
      if (!(error instanceof AppError)) {
        log.error({ err: error, correlationId: ctx.state.correlationId }, 'request failed');
      }
      if (ctx.respond === false && ctx.res.headersSent) return;
      ctx.respond = true;
      writeProblem(ctx, error, metadataUrl(ctx.path));
    }
  };
}

/** A refusal whose HTTP status is more exact than its code's. */
export class HttpRefusal extends AppError {
  readonly #status: number;

  constructor(status: number, message: string, hint?: string) {
    super(status === 403 ? 'FORBIDDEN' : 'VALIDATION_ERROR', { message, ...(hint === undefined ? {} : { hint }) });
    this.#status = status;
  }

  override get status(): number {
    return this.#status;
  }
}

function writeProblem(ctx: WebContext, error: unknown, metadataUrl: string | null): void {
  const body = problemDocument(error, ctx.state.correlationId);
  ctx.status = body.status;
  if (body.code === 'UNAUTHORIZED' && metadataUrl !== null) {
    ctx.set('www-authenticate', unauthorizedChallenge(metadataUrl, ctx.headers.authorization !== undefined));
  }
  if (body.code === 'INSUFFICIENT_SCOPE' && metadataUrl !== null) {
    const [needed] = (body.details?.['scopesNeeded'] ?? []) as Parameters<typeof scopeChallenge>[1];
    if (needed) ctx.set('www-authenticate', scopeChallenge(metadataUrl, ctx.state.principal?.scopes ?? [], needed));
  }
  if (body.details?.['replayed'] === true) ctx.set('idempotent-replayed', 'true');
  const retryAfter = retryAfterOf(body);
  if (retryAfter !== null) ctx.set('retry-after', retryAfter);
  ctx.body = JSON.stringify(body);
  ctx.type = PROBLEM_TYPE;
}

function nothingHere(ctx: WebContext): AppError {
  return new AppError('NOT_FOUND', { message: `There is nothing at ${ctx.method} ${ctx.path.slice(0, 200)}.` });
}

function wrongMethod(ctx: WebContext): AppError {
  const allowed = ctx.response.get('allow');
  return new HttpRefusal(ctx.status, `${ctx.method.slice(0, 40)} is not possible here; allowed: ${allowed}.`);
}
