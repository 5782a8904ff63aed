import { canonicalValue } from './canonical.ts';

/** Whether a list of numbers and ranges such as `10,20-30` has the number. */
export function coversNumber(ranges: string | undefined, wanted: number): boolean {
  return rangesOf(ranges).some(([first, last]) => first <= wanted && wanted <= last);
}

/** Whether two such lists have a number in common. */
export function shareNumbers(one: string | undefined, other: string | undefined): boolean {
  return rangesOf(one).some(([first, last]) => rangesOf(other).some(([from, to]) => first <= to && from <= last));
}

/** Sorted, with what touches or overlaps merged: `10-13,30` for `30,10-12,13`. */
export function canonicalRanges(ranges: string): string {
  return canonicalValue('vlan-ids', ranges);
}

function rangesOf(ranges = ''): [number, number][] {
  return ranges.split(',').flatMap((part): [number, number][] => {
    const [first, last = first] = part.split('-').map(Number);
    return first === undefined || last === undefined || part === '' ? [] : [[first, last]];
  });
}
