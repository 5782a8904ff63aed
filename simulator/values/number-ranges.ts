import type { FieldType } from '../engine/definition.ts';
import { badRequest, invalidValue } from '../engine/router-error.ts';

/** A list of numbers and ranges (`10,20-30`), sorted, with what touches or overlaps merged. Bounds are inclusive. */
export function numberRanges(min: number, max: number): FieldType {
  return {
    kind: 'list',
    parse: (input, field) => {
      const ranges = input
        .split(',')
        .filter((part) => part !== '')
        .map((part) => rangeIn(part.trim(), field, min, max));
      return merged(ranges)
        .map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`))
        .join(',');
    },
  };
}

type Range = { readonly first: number; readonly last: number };

function rangeIn(part: string, field: string, min: number, max: number): Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(part);
  if (!match) throw invalidValue(field);
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  if (first < min || last > max || last < first) throw badRequest(`value of ${field} out of range (${min}..${max})`);
  return { first, last };
}

function merged(ranges: readonly Range[]): Range[] {
  const result: Range[] = [];
  for (const range of [...ranges].sort((left, right) => left.first - right.first)) {
    const before = result.at(-1);
    if (before && range.first <= before.last + 1) {
      result[result.length - 1] = { first: before.first, last: Math.max(before.last, range.last) };
    } else {
      result.push(range);
    }
  }
  return result;
}
