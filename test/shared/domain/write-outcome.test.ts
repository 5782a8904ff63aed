import { expect, test } from 'vitest';
import { provesNothingWritten, writeOutcome } from '../../../shared/domain/write-outcome.ts';
import { ERROR_CODES, type ErrorCode } from '../../../shared/errors/codes.ts';

const SEEN = ['before', 'after', 'foreign', 'unreadable'] as const;

test.each(['OUTCOME_UNKNOWN', 'DEVICE_ERROR', 'DEVICE_ENTRY_EXISTS', 'DEVICE_VALUE_REFUSED'] as const)(
  'after %s reading decides, because a refusal proves nothing',
  (code) => {
    expect(SEEN.map((seen) => writeOutcome(code, seen))).toEqual(['not_applied', 'applied', 'unknown', 'unknown']);
  },
);

test.each([
  'DEVICE_UNREACHABLE',
  'DEVICE_AUTH_FAILED',
  'DEVICE_COOLING_DOWN',
  'UNSAFE_OPERATION',
  'LANE_LOST',
] as const)('after %s nothing was written, whatever is read: somebody else may have wanted the same', (code) => {
  expect(SEEN.map((seen) => writeOutcome(code, seen))).toEqual(SEEN.map(() => 'not_applied'));
});

test('no outcome is claimed of a device that cannot be read, unless the failure itself proves it', () => {
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    expect(writeOutcome(code, 'unreadable')).toBe(provesNothingWritten(code) ? 'not_applied' : 'unknown');
  }
});
