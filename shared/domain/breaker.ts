import { z } from 'zod';

/**
 * What is remembered of a device that fails, kept with the device so that whoever owns its lane next goes on from there.
 * Null in place of a record: the device answered when it was last asked.
 */
export const BreakerRecord = z.strictObject({
  /** Failed requests in a row. */
  failures: z.int().min(0),
  /** Cool-downs in a row, each longer than the one before. */
  openings: z.int().min(0),
  /** When the present cool-down began; null while there is none. */
  openedAt: z.iso.datetime().nullable(),
  /** When the device may be asked again; null while it may be asked. */
  retryAt: z.iso.datetime().nullable(),
  /** How the last request failed, as `convoy_routeros_request_seconds` labels it: `timeout`, `unreachable`, `503` … */
  lastFailure: z.string(),
});
export type BreakerRecord = z.infer<typeof BreakerRecord>;

/** `half_open`: the cool-down is over and one request will find out whether the device answers again. */
export const BreakerState = z.enum(['closed', 'open', 'half_open']);
export type BreakerState = z.infer<typeof BreakerState>;

/** The breaker in front of a device as everyone may see it. */
export const Breaker = z.object({
  state: BreakerState.describe('open: the device is left alone until retryAt; half_open: one request tries it'),
  failures: z.int().describe('Failed requests in a row'),
  lastFailure: z.string().nullable().describe('How the last of them failed'),
  openedAt: z.iso.datetime().nullable(),
  retryAt: z.iso.datetime().nullable(),
});
export type Breaker = z.infer<typeof Breaker>;

export const CLOSED_BREAKER: Breaker = {
  state: 'closed',
  failures: 0,
  lastFailure: null,
  openedAt: null,
  retryAt: null,
};

/** The state follows from the record and the time: nobody has to write down that a cool-down is over. */
export function breakerStateAt(record: BreakerRecord | null, nowMs: number): BreakerState {
  if (record?.retryAt == null) return 'closed';
  return nowMs < Date.parse(record.retryAt) ? 'open' : 'half_open';
}

export function breakerAt(record: BreakerRecord | null, nowMs: number): Breaker {
  if (record === null) return CLOSED_BREAKER;
  const { failures, lastFailure, openedAt, retryAt } = record;
  return { state: breakerStateAt(record, nowMs), failures, lastFailure, openedAt, retryAt };
}
