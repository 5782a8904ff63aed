import { LRUCache } from 'lru-cache';
import { AppError } from '../../shared/errors/app-error.ts';

export interface RateLimit {
  /** Calls a second over a longer time. */
  perSecond: number;
  /** Calls at once after a pause. */
  burst: number;
}

export interface RateLimiter {
  /** Takes one call from the subject's budget; fails with RATE_LIMITED and says when to come back. */
  take(sub: string): void;
}

/** Stops a loop that ran away, not a script that works through a fleet; each router has its own limit in its lane. */
export const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 100, burst: 1000 };

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** A token bucket for each subject, in this process only: two processes allow twice as much. */
export function createRateLimiter({ perSecond, burst }: RateLimit, now: () => number = Date.now): RateLimiter {
  const buckets = new LRUCache<string, Bucket>({ max: 10_000 });
  return {
    take(sub) {
      const at = now();
      const bucket = buckets.get(sub) ?? { tokens: burst, filledAtMs: at };
      const tokens = Math.min(burst, bucket.tokens + ((at - bucket.filledAtMs) / 1000) * perSecond);
      buckets.set(sub, { tokens: Math.max(0, tokens - 1), filledAtMs: at });
      if (tokens >= 1) return;
      // A refused call costs nothing, or a caller that keeps knocking would never be let in again.
      buckets.set(sub, { tokens, filledAtMs: at });
      const retryAfterSeconds = Math.max(1, Math.ceil((1 - tokens) / perSecond));
      throw new AppError('RATE_LIMITED', {
        message: `Too many calls: ${perSecond} a second are allowed.`,
        hint: `Wait ${retryAfterSeconds} s and repeat the call.`,
        details: { retryAfterSeconds },
      });
    },
  };
}
