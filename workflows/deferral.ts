import type { DeviceChangeResult } from '../shared/contract/device-messages.ts';
import type { DeferredDevice } from '../shared/contract/plan-messages.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import type { ErrorCode } from '../shared/errors/codes.ts';

/** Refusals that say that the device, or whoever reaches it, is away for now. */
const AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DEVICE_UNREACHABLE',
  'DEVICE_TIMEOUT',
  'DEVICE_COOLING_DOWN',
  'TIMEOUT',
  'LANE_LOST',
]);

const PAUSE_MS = { first: 5_000, longest: 5 * 60_000 };

/** Whether nothing was written because the device could not be reached. Pure. */
export function couldNotBeReached({ outcome, error, isHeld }: DeviceChangeResult): boolean {
  return outcome === 'refused' && !isHeld && error !== null && AWAY.has(error.code);
}

/**
 * When a device that could not be reached is tried again: after a pause that doubles with every try, not before its own
 * cool-down is over, and once more at the deadline. Null when that has passed. Pure.
 */
export function nextTry(
  before: DeferredDevice | undefined,
  {
    deviceId,
    error,
    triedAtMs,
    nowMs,
  }: { deviceId: string; error: ErrorBody | null; triedAtMs: number; nowMs: number },
  unreachableSeconds: number,
): DeferredDevice | null {
  const firstTriedAtMs = before?.firstTriedAtMs ?? triedAtMs;
  const deadlineMs = firstTriedAtMs + unreachableSeconds * 1000;
  if (unreachableSeconds === 0 || triedAtMs >= deadlineMs) return null;
  const tries = (before?.tries ?? 0) + 1;
  const pauseMs = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** (tries - 1));
  const coolDownMs = Number(error?.details?.['retryAfterSeconds'] ?? 0) * 1000;
  const dueAtMs = Math.max(nowMs, Math.min(deadlineMs, nowMs + Math.max(pauseMs, coolDownMs)));
  return { deviceId, firstTriedAtMs, tries, dueAtMs };
}

/** What the row of a device says that is tried again. */
export function triedAgainBody(error: ErrorBody, { dueAtMs, tries }: DeferredDevice): ErrorBody {
  const retryAt = new Date(dueAtMs).toISOString();
  return {
    ...error,
    message: `${error.message} Nothing was written; it is tried again at ${retryAt}.`,
    details: { ...error.details, retryAt, tries },
  };
}
