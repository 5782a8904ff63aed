import { describe, expect, it, test } from 'vitest';
import type { DeviceChangeResult } from '../../shared/contract/device-messages.ts';
import type { ErrorBody } from '../../shared/errors/app-error.ts';
import { couldNotBeReached, nextTry, triedAgainBody } from '../../workflows/deferral.ts';

const AWAY: ErrorBody = { code: 'DEVICE_UNREACHABLE', message: 'The device did not answer.', retryable: true };
const REFUSED: DeviceChangeResult = { outcome: 'refused', changes: [], error: AWAY };

describe('a device that could not be reached', () => {
  test.each([
    [true, REFUSED],
    [true, { ...REFUSED, error: { ...AWAY, code: 'DEVICE_COOLING_DOWN' as const } }],
    [false, { ...REFUSED, error: { ...AWAY, code: 'PLAN_STALE' as const } }],
    [false, { ...REFUSED, isHeld: true as const }],
    // Something was written to it.
    [false, { ...REFUSED, outcome: 'reverted' as const }],
    [false, { ...REFUSED, outcome: 'unknown' as const }],
    [false, { outcome: 'applied' as const, changes: [], error: null }],
  ])('%s: %j', (expected, result) => {
    expect(couldNotBeReached(result)).toBe(expected);
  });

  it('is tried after pauses that grow, and a last time at the deadline', () => {
    let nowMs = 0;
    const dueAfter: number[] = [];
    let deferred = nextTry(undefined, { deviceId: 'a', error: AWAY, triedAtMs: nowMs, nowMs }, 60);
    while (deferred) {
      dueAfter.push(deferred.dueAtMs / 1000);
      nowMs = deferred.dueAtMs;
      deferred = nextTry(deferred, { deviceId: 'a', error: AWAY, triedAtMs: nowMs, nowMs }, 60);
    }
    expect(dueAfter).toEqual([5, 15, 35, 60]);
  });

  it('counts from its first try, and is given up at once when the plan says so', () => {
    const tried = { deviceId: 'a', error: AWAY, triedAtMs: 1_000, nowMs: 9_000 };
    expect(nextTry(undefined, tried, 0)).toBeNull();
    expect(nextTry(undefined, tried, 600)).toEqual({ deviceId: 'a', firstTriedAtMs: 1_000, tries: 1, dueAtMs: 14_000 });
    // A try that took longer than all the time there is: once more, at once.
    expect(nextTry(undefined, tried, 5)).toMatchObject({ dueAtMs: 9_000 });
  });

  it('is left alone as long as it is to be left alone', () => {
    const error = { ...AWAY, details: { retryAfterSeconds: 30 } };
    expect(nextTry(undefined, { deviceId: 'a', error, triedAtMs: 0, nowMs: 0 }, 600)).toMatchObject({
      dueAtMs: 30_000,
    });
  });

  it('says why, and when it is tried again', () => {
    const body = triedAgainBody(AWAY, { deviceId: 'a', firstTriedAtMs: 0, tries: 2, dueAtMs: 60_000 });
    expect(body).toMatchObject({
      code: 'DEVICE_UNREACHABLE',
      details: { retryAt: '1970-01-01T00:01:00.000Z', tries: 2 },
    });
    expect(body.message).toContain('tried again at 1970-01-01T00:01:00.000Z');
  });
});
