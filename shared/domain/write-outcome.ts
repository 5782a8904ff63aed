import type { ErrorCode } from '../errors/codes.ts';

/**
 * What reading showed after a write that did not end with a clear yes: the value from `before`, the wanted one from
 * `after`, something else (`foreign`), or that the device could not be read.
 */
export type SeenAfterwards = 'before' | 'after' | 'foreign' | 'unreadable';

/** What is known of a write: that it is in place, that it is not, or neither. */
export type WriteOutcome = 'applied' | 'not_applied' | 'unknown';

/**
 * The one rule of unclear writes: what became of a write that failed with this code, given what was read afterwards. It
 * may be asked without reading when the code alone proves that nothing was written.
 */
export function writeOutcome(code: ErrorCode, seen: SeenAfterwards): WriteOutcome {
  if (provesNothingWritten(code)) return 'not_applied';
  if (seen === 'after') return 'applied';
  return seen === 'before' ? 'not_applied' : 'unknown';
}

/**
 * Failures from before the request left, or refusals that come before the router looks at what it is asked. No other
 * refusal proves anything: RouterOS has answered 400 to writes that it had applied.
 */
export function provesNothingWritten(code: ErrorCode): boolean {
  return !PROVES_NOTHING.has(code);
}

const PROVES_NOTHING: ReadonlySet<ErrorCode> = new Set([
  'OUTCOME_UNKNOWN',
  'DEVICE_ERROR',
  'DEVICE_VALUE_REFUSED',
  'DEVICE_ENTRY_EXISTS',
  'DEVICE_ENTRY_MISSING',
  'DEVICE_REFERENCE_MISSING',
  'INTERNAL_ERROR',
]);
