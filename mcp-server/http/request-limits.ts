import type { ServerResponse } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';
import { onClosed } from './on-closed.ts';

/**
 * Requests that are answered at the same time by one process. Everybody together has a limit, so that the process answers
 * those it took in time; each principal has a smaller one, so that nobody uses up everybody's.
 */
export interface RequestLimits {
  /**
   * Counts the request until its response closes. Fails with RATE_LIMITED when the principal has too many in flight and
   * with SERVICE_UNAVAILABLE when the process has.
   */
  enter(sub: string, response: ServerResponse): void;
  /** No longer counts it: it became a stream, which has limits of its own. */
  leave(response: ServerResponse): void;
}

export interface RequestLimitOptions {
  /** Default 256. */
  inAll?: number;
  /** Default 64. */
  perPrincipal?: number;
}

/** Most requests take milliseconds. */
const RETRY_AFTER_SECONDS = 1;

export function createRequestLimits({ inAll = 256, perPrincipal = 64 }: RequestLimitOptions = {}): RequestLimits {
  const inFlight = new Map<ServerResponse, string>();
  const bySub = new Map<string, number>();

  function leave(response: ServerResponse): void {
    const sub = inFlight.get(response);
    if (sub === undefined) return;
    inFlight.delete(response);
    const left = (bySub.get(sub) ?? 1) - 1;
    if (left > 0) bySub.set(sub, left);
    else bySub.delete(sub);
  }

  return {
    enter(sub, response) {
      const details = { retryAfterSeconds: RETRY_AFTER_SECONDS };
      const hint = 'Wait a moment and repeat the call.';
      if ((bySub.get(sub) ?? 0) >= perPrincipal) {
        const message = `${perPrincipal} of your calls are being answered; more are not taken at the same time.`;
        throw new AppError('RATE_LIMITED', { message, hint, details });
      }
      if (inFlight.size >= inAll) {
        throw new AppError('SERVICE_UNAVAILABLE', { message: 'Too many calls are being answered.', hint, details });
      }
      inFlight.set(response, sub);
      bySub.set(sub, (bySub.get(sub) ?? 0) + 1);
      onClosed(response, () => leave(response));
    },
    leave,
  };
}
