import { expect, test } from 'vitest';
import { durationText, toSeconds } from '../../../shared/routeros/durations.ts';
import { canonicalRanges, coversNumber, shareNumbers } from '../../../shared/routeros/number-ranges.ts';

test('numbers are found in lists of numbers and ranges', () => {
  expect([1, 10, 19, 20, 25, 30, 31].filter((id) => coversNumber('10,20-30', id))).toEqual([10, 20, 25, 30]);
  expect(coversNumber(undefined, 1)).toBe(false);
  expect(coversNumber('', 0)).toBe(false);
  expect(shareNumbers('1-5,9', '6-8')).toBe(false);
  expect(shareNumbers('1-5,9', '7-20')).toBe(true);
  expect(canonicalRanges('30, 12,10-11')).toBe('10-12,30');
});

test('seconds are written as routers print a duration', () => {
  expect([0, 59, 90, 300, 86_400, 694_861].map(durationText)).toEqual(['0s', '59s', '1m30s', '5m', '1d', '1w1d1h1m1s']);
  expect(toSeconds(durationText(123_456))).toBe(123_456);
});
