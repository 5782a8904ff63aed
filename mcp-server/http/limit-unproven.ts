import type { IncomingMessage } from 'node:http';
import { AppError } from '../../shared/errors/app-error.ts';
import { createRateLimiter, type RateLimit } from '../call/limit-rate.ts';
import { networkOf, type ClientAddressOf } from './client-address.ts';

/** Requests of one address that prove nobody. A client whose token ended asks twice; who guesses asks without end. */
export const UNPROVEN_LIMIT: RateLimit = { perSecond: 5, burst: 200 };

interface Context {
  req: IncomingMessage;
  state: { clientAddress?: string; principal?: unknown; person?: unknown };
}

export interface UnprovenRequests {
  /** Finds the client's address, and answers 429 instead of 401 once too many requests of it proved nobody. */
  limit: (ctx: Context, next: () => Promise<unknown>) => Promise<void>;
  /** Counts a request that costs work although nobody is known; fails with RATE_LIMITED when there were too many. */
  take: (ctx: Context) => void;
}

/**
 * Floods by people nobody knows, by address. Whoever proves who they are is answered however many others at the same
 * address do not: behind a proxy that is not trusted everybody has the same one.
 */
export function createUnprovenRequests(clientAddressOf: ClientAddressOf, limit = UNPROVEN_LIMIT): UnprovenRequests {
  const limiter = createRateLimiter(limit);
  const take = ({ state }: Context): void => limiter.take(networkOf(state.clientAddress ?? 'unknown'));
  return {
    take,
    async limit(ctx, next) {
      ctx.state.clientAddress = clientAddressOf(ctx.req);
      try {
        await next();
      } catch (error) {
        const isKnown = (ctx.state.principal ?? ctx.state.person) !== undefined;
        if (!isKnown && error instanceof AppError && error.code === 'UNAUTHORIZED') take(ctx);
        throw error;
      }
    },
  };
}
