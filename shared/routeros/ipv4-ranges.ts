import { parseAddress } from './ip-text.ts';
import type { Prefix } from './prefixes.ts';

/** IPv4 addresses from the first to the last, both included, as numbers. */
export interface Ipv4Range {
  first: bigint;
  last: bigint;
}

/** The ranges of a pool, such as `192.0.2.10-192.0.2.99,192.0.2.120`; a network is all of its addresses. Null when one is none. */
export function parseRanges(text: string): Ipv4Range[] | null {
  const ranges = text.split(',').map((member) => parseRange(member.trim()));
  return ranges.includes(null) ? null : ranges.filter((range) => range !== null);
}

export function parseRange(text: string): Ipv4Range | null {
  const [from = '', to, ...more] = text.split('-');
  if (more.length > 0) return null;
  if (to === undefined && from.includes('/')) return rangeOfNetwork(from);
  const [first, last] = [parseAddress(from), parseAddress(to ?? from)];
  if (first?.family !== 4 || last?.family !== 4 || last.value < first.value) return null;
  return { first: first.value, last: last.value };
}

/** Whether both hold the same addresses, however they are cut into ranges. */
export function areSameRanges(one: readonly Ipv4Range[], other: readonly Ipv4Range[]): boolean {
  const [left, right] = [merged(one), merged(other)];
  return (
    left.length === right.length &&
    left.every(({ first, last }, index) => first === right[index]?.first && last === right[index]?.last)
  );
}

export function haveCommonAddress(one: Ipv4Range, other: Ipv4Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

export function isRangeWithin(range: Ipv4Range, network: Prefix): boolean {
  const { first, last } = addressesOf(network);
  return network.family === 4 && range.first >= first && range.last <= last;
}

/** Its first address, which names the network, to its last, which is the one of all its machines. */
export function addressesOf({ value, length }: Prefix): Ipv4Range {
  const rest = BigInt(32 - length);
  const first = (value >> rest) << rest;
  return { first, last: first + (1n << rest) - 1n };
}

function rangeOfNetwork(text: string): Ipv4Range | null {
  const [start = '', length = ''] = text.split('/');
  const address = parseAddress(start);
  if (address?.family !== 4 || !/^\d{1,2}$/.test(length) || Number(length) > 32) return null;
  return addressesOf({ ...address, length: Number(length) });
}

/** In order, with those that touch put together. */
function merged(ranges: readonly Ipv4Range[]): Ipv4Range[] {
  const whole: Ipv4Range[] = [];
  for (const range of ranges.toSorted((one, other) => Number(one.first - other.first))) {
    const before = whole.at(-1);
    if (before !== undefined && range.first <= before.last + 1n) {
      if (range.last > before.last) before.last = range.last;
    } else {
      whole.push({ ...range });
    }
  }
  return whole;
}
