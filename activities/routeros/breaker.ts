import { breakerStateAt, type BreakerRecord } from '../../shared/domain/breaker.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { verdictOf } from './breaker-verdict.ts';
import type { RequestGate } from './router-target.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** When a device is left alone, and for how long. */
export interface BreakerPolicy {
  /** Failed requests in a row that open the breaker. Default 5. */
  failures: number;
  /** Length of the first cool-down, seconds. Default 5. */
  coolDownSeconds: number;
  /** Each further cool-down without an answer between is so many times as long. Default 2. */
  factor: number;
  /**
   * No cool-down is longer, seconds. Default 60. An unclear write is settled by reading for five minutes, in which several
   * requests must get through.
   */
  maxCoolDownSeconds: number;
  /** Share by which a cool-down may be shorter, so that devices that failed together are not asked together. Default 0.2. */
  jitter: number;
}

export const BREAKER_POLICY: BreakerPolicy = {
  failures: 5,
  coolDownSeconds: 5,
  factor: 2,
  maxCoolDownSeconds: 60,
  jitter: 0.2,
};

export interface BreakerOptions {
  /** What the lane's owner before left behind. Default: nothing. */
  record?: BreakerRecord | null;
  policy?: Partial<BreakerPolicy>;
  /** Milliseconds of the wall clock, because the record outlives the process. */
  now?: () => number;
  /** From 0 up to 1. */
  random?: () => number;
  /** Told about every change, and only about changes. */
  onChange?: (record: BreakerRecord | null) => void;
}

/**
 * In front of every request to one device. Counts failures that say the device is not well; after some in a row nothing
 * is sent for a while, then one request alone tries whether it answers again. What it refuses fails with
 * DEVICE_COOLING_DOWN and was certainly not sent.
 */
export interface CircuitBreaker {
  /** Fails when a request would be refused now; spares it the wait for its turn. */
  assertMayTry(): void;
  readonly run: RequestGate;
}

export function createBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const { now = currentMs, random = Math.random, onChange } = options;
  const policy = { ...BREAKER_POLICY, ...options.policy };
  let record = soonEnough(options.record ?? null, policy, now());
  let isProbing = false;

  const become = (next: BreakerRecord | null): void => {
    if (next === record) return;
    record = next;
    onChange?.(next);
  };
  const assertMayTry = (): void => {
    // The clock may have been set back since the device was left alone.
    become(soonEnough(record, policy, now()));
    const state = breakerStateAt(record, now());
    if (state === 'closed' || (state === 'half_open' && !isProbing)) return;
    throw coolingDown(record, now());
  };

  return {
    assertMayTry,
    async run(send) {
      assertMayTry();
      const isProbe = breakerStateAt(record, now()) === 'half_open';
      isProbing ||= isProbe;
      try {
        const result = await send();
        const verdict = verdictOf(result);
        become(verdict.is === 'failed' ? afterFailure(record, verdict.how, isProbe, policy, now(), random) : null);
        return result;
      } catch (error) {
        const verdict = verdictOf(error);
        if (verdict.is === 'answered') become(null);
        if (verdict.is === 'failed') become(afterFailure(record, verdict.how, isProbe, policy, now(), random));
        throw error;
      } finally {
        if (isProbe) isProbing = false;
      }
    },
  };
}

/** The breaker in front of the lane's slots and rate, and once more behind them: it may have opened meanwhile. */
export function behindBreaker(breaker: CircuitBreaker, gate: RequestGate): RequestGate {
  return async (send) => {
    breaker.assertMayTry();
    return gate(() => breaker.run(send));
  };
}

/** One failure more. Requests that were on their way when the breaker opened do not lengthen the cool-down. */
export function afterFailure(
  record: BreakerRecord | null,
  lastFailure: string,
  isProbe: boolean,
  policy: BreakerPolicy,
  nowMs: number,
  random: () => number,
): BreakerRecord {
  const failures = (record?.failures ?? 0) + 1;
  const { openings = 0, openedAt = null, retryAt = null } = record ?? {};
  const opens = retryAt === null ? failures >= policy.failures : isProbe;
  if (!opens) return { failures, openings, openedAt, retryAt, lastFailure };
  const longestMs = 1000 * Math.min(policy.maxCoolDownSeconds, policy.coolDownSeconds * policy.factor ** openings);
  const coolDownMs = Math.round(longestMs * (1 - policy.jitter * random()));
  return {
    failures,
    openings: openings + 1,
    openedAt: new Date(nowMs).toISOString(),
    retryAt: new Date(nowMs + coolDownMs).toISOString(),
    lastFailure,
  };
}

/** Another process' clock, one that was set back, or an earlier setting, must not lock a device out for longer than a cool-down may last. */
function soonEnough(record: BreakerRecord | null, policy: BreakerPolicy, nowMs: number): BreakerRecord | null {
  if (record?.retryAt == null) return record;
  const latestMs = nowMs + policy.maxCoolDownSeconds * 1000;
  return Date.parse(record.retryAt) <= latestMs ? record : { ...record, retryAt: new Date(latestMs).toISOString() };
}

function coolingDown(record: BreakerRecord | null, nowMs: number): AppError {
  const leftMs = Date.parse(record?.retryAt ?? '') - nowMs;
  // While the one request is on its way nobody knows how long it takes.
  const retryAfterSeconds = Math.max(1, Math.ceil(leftMs / 1000));
  return new AppError('DEVICE_COOLING_DOWN', {
    message: `The device failed ${record?.failures} times in a row (${record?.lastFailure}) and is left alone for another ${retryAfterSeconds} s.`,
    hint: `Wait ${retryAfterSeconds} s and repeat the call. Nothing was sent to the device.`,
    details: { retryAfterSeconds, failures: record?.failures, lastFailure: record?.lastFailure },
  });
}
