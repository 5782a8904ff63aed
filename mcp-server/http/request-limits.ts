import type { ServerResponse } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Sharers } from '../call/limit-rate.ts';
import { onClosed } from './on-closed.ts';

/**
 * Requests that are answered at the same time. Everybody together has a limit in each process, so that it answers those it
 * took in time; each principal has a smaller one, shared by all web processes, so that nobody uses up everybody's.
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
  /** In all web processes together. Default 64. */
  perPrincipal?: number;
  /** Web processes that share it. Default: this one alone. */
  sharers?: Sharers;
}

/** Of each principal's requests a process answers so many at the same time, however many processes there are. */
const LEAST_PER_PRINCIPAL = 8;

/** Most requests take milliseconds. */
const RETRY_AFTER_SECONDS = 1;

export function createRequestLimits(options: RequestLimitOptions = {}): RequestLimits {
  const { inAll = 256, perPrincipal = 64, sharers = () => 1 } = options;
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
      const part = Math.max(Math.min(perPrincipal, LEAST_PER_PRINCIPAL), Math.ceil(perPrincipal / sharers()));
      if ((bySub.get(sub) ?? 0) >= part) {
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
