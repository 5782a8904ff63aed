import { expect, test } from 'vitest';
import {
  addressesOf,
  areSameRanges,
  haveCommonAddress,
  isRangeWithin,
  parseRange,
  parseRanges,
} from '../../../shared/routeros/ipv4-ranges.ts';
import { parsePrefix } from '../../../shared/routeros/prefixes.ts';

test.each([
  ['192.0.2.10-192.0.2.12', 3n],
  ['192.0.2.10', 1n],
  ['192.0.2.0/30', 4n],
  ['0.0.0.0-255.255.255.255', 1n << 32n],
])('%s holds %s addresses', (text, count) => {
  const range = parseRange(text)!;
  expect(range.last - range.first + 1n).toBe(count);
});

test.each(['', 'pool', '192.0.2.12-192.0.2.10', '192.0.2.1-192.0.2.2-192.0.2.3', '192.0.2.0/33', '2001:db8::1'])(
  '%j is no range',
  (text) => {
    expect(parseRange(text)).toBeNull();
    expect(parseRanges(`192.0.2.1,${text}`)).toBeNull();
  },
);

test.each([
  ['192.0.2.1-192.0.2.9', '192.0.2.5-192.0.2.9,192.0.2.1-192.0.2.4', true],
  ['192.0.2.1-192.0.2.9', '192.0.2.1-192.0.2.6,192.0.2.3-192.0.2.9', true],
  ['192.0.2.1-192.0.2.9', '192.0.2.1-192.0.2.4,192.0.2.6-192.0.2.9', false],
  ['192.0.2.0/24', '192.0.2.0-192.0.2.255', true],
])('%s and %s are the same: %s', (one, other, same) => {
  expect(areSameRanges(parseRanges(one)!, parseRanges(other)!)).toBe(same);
});

test('tells what meets and what is within', () => {
  const range = parseRange('192.0.2.10-192.0.2.20')!;
  expect(haveCommonAddress(range, parseRange('192.0.2.20')!)).toBe(true);
  expect(haveCommonAddress(range, parseRange('192.0.2.21')!)).toBe(false);
  expect(isRangeWithin(range, parsePrefix('192.0.2.0/27')!)).toBe(true);
  expect(isRangeWithin(range, parsePrefix('192.0.2.0/28')!)).toBe(false);
  expect(isRangeWithin(range, parsePrefix('::/0')!)).toBe(false);
  expect(addressesOf(parsePrefix('192.0.2.0/30')!)).toEqual(parseRange('192.0.2.0-192.0.2.3'));
});
