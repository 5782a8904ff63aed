import { LRUCache } from 'lru-cache';
import { AppError } from '../../shared/errors/app-error.ts';
import type { RateClass } from './action.ts';

export interface RateLimit {
  /** Calls a second over a longer time. */
  perSecond: number;
  /** Calls at once after a pause. */
  burst: number;
}

/** The budget of each class of calls. */
export type RateLimits = Readonly<Record<RateClass, RateLimit>>;

export interface RateLimiter {
  /** Takes one call from the subject's budget; fails with RATE_LIMITED and says when to come back. */
  take(sub: string): void;
}

export interface CallRateLimiter {
  /** Takes one call of the class from the subject's budget for it; fails with RATE_LIMITED and says when to come back. */
  take(sub: string, rate: RateClass): void;
}

export interface DeviceRateLimiter {
  /** Takes one call from the device's budget, whoever asks; fails with RATE_LIMITED and says when to come back. */
  take(deviceId: string): void;
}

/** Stops a loop that ran away, not a script that works through a fleet; each router has its own limit in its lane. */
export const DEFAULT_RATE_LIMIT: RateLimit = { perSecond: 100, burst: 1000 };

/** What makes routers work or asks many of them costs more than it looks like from outside. */
export const RATE_LIMITS: RateLimits = {
  read: DEFAULT_RATE_LIMIT,
  active: { perSecond: 0.5, burst: 20 },
  fleet: { perSecond: 1, burst: 30 },
  write: { perSecond: 10, burst: 200 },
  plan: { perSecond: 10, burst: 200 },
  admin: { perSecond: 10, burst: 500 },
};

/** Ten a minute: a router that is pinged from has other work to do. */
export const ACTIVE_DEVICE_RATE: RateLimit = { perSecond: 10 / 60, burst: 10 };

/** Nobody sets it: a budget is neither lost nor won with the machine's clock. */
const steadyMs = (): number => performance.now();

interface Bucket {
  tokens: number;
  filledAtMs: number;
}

/** Web processes that use one budget together. Each takes its part of it, so that no call asks another process. */
export type Sharers = () => number;
const ALONE: Sharers = () => 1;

/** A token bucket for each subject, in this process only: two processes allow twice as much. */
export function createRateLimiter(limit: RateLimit, now: () => number = steadyMs): RateLimiter {
  return createBuckets(limit, 'calls', { now, sharers: ALONE });
}

/** A token bucket for each subject and class: who has used up one class still has the others. */
export function createCallRateLimiter(
  limits: RateLimits,
  now: () => number = steadyMs,
  sharers: Sharers = ALONE,
): CallRateLimiter {
  const limiters = Object.fromEntries(
    Object.entries(limits).map(([rate, limit]) => [
      rate,
      createBuckets(limit, `calls of the class "${rate}"`, { now, sharers }),
    ]),
  ) as Record<RateClass, RateLimiter>;
  return { take: (sub, rate) => limiters[rate].take(sub) };
}

/** A token bucket for each device. */
export function createDeviceRateLimiter(
  limit: RateLimit,
  now: () => number = steadyMs,
  sharers: Sharers = ALONE,
): DeviceRateLimiter {
  return createBuckets(limit, 'calls that make this device work', { now, sharers });
}

function createBuckets(
  inAll: RateLimit,
  what: string,
  { now, sharers }: { now: () => number; sharers: Sharers },
): RateLimiter {
  const buckets = new LRUCache<string, Bucket>({ max: 10_000 });
  return {
    take(key) {
      const at = now();
      const parts = Math.max(1, sharers());
      const perSecond = inAll.perSecond / parts;
      // Less than one call at once would be none, for ever.
      const burst = Math.max(1, inAll.burst / parts);
      const bucket = buckets.get(key) ?? { tokens: burst, filledAtMs: at };
      // A clock that is set back takes nothing from anybody.
      const tokens = Math.min(burst, bucket.tokens + (Math.max(0, at - bucket.filledAtMs) / 1000) * perSecond);
      buckets.set(key, { tokens: Math.max(0, tokens - 1), filledAtMs: at });
      if (tokens >= 1) return;
      // A refused call costs nothing, or a caller that keeps knocking would never be let in again.
      buckets.set(key, { tokens, filledAtMs: at });
      const retryAfterSeconds = Math.max(1, Math.ceil((1 - tokens) / perSecond));
      throw new AppError('RATE_LIMITED', {
        message: `Too many ${what}: ${inWords(inAll.perSecond)} are allowed.`,
        hint: `Wait ${retryAfterSeconds} s and repeat the call.`,
        details: { retryAfterSeconds },
      });
    },
  };
}

function inWords(perSecond: number): string {
  return perSecond >= 1 ? `${perSecond} a second` : `${Math.round(perSecond * 60)} a minute`;
}
