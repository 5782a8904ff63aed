import { AppError } from '../../errors/app-error.ts';
import { cleanText } from '../../routeros/untrusted-text.ts';

/** That a router has no interface of this name, with the names that come nearest to it. */
export function missingInterface(name: string, names: readonly string[]): AppError {
  const near = nearNames(name, names);
  return new AppError('DEVICE_ENTRY_MISSING', {
    message: `The device has no interface ${JSON.stringify(name)}.`,
    hint: near.length > 0 ? 'One of the names in details.near may be meant.' : 'list_interfaces tells the names.',
    details: { near: near.map((one) => cleanText(one, LONGEST_NAME)), untrusted: ['near'] },
  });
}

/** Up to five names, the nearest first: another case, one that holds the other, or a slip or two of the pen. */
function nearNames(name: string, names: readonly string[]): string[] {
  const wanted = name.toLowerCase();
  return names
    .map((candidate) => ({ candidate, distance: distanceTo(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= MOST_SLIPS)
    .toSorted((left, right) => left.distance - right.distance)
    .slice(0, MOST_NAMES)
    .map(({ candidate }) => candidate);
}

function distanceTo(wanted: string, candidate: string): number {
  if (candidate === wanted) return 0;
  const isPart = candidate.length >= SHORTEST_PART && (candidate.includes(wanted) || wanted.includes(candidate));
  return isPart ? 1 : slips(wanted.slice(0, LONGEST_NAME), candidate.slice(0, LONGEST_NAME));
}

/** Characters to add, drop or change to make one text of the other (Levenshtein distance). */
function slips(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let above = 0; above < left.length; above++) {
    const next = [above + 1];
    for (let column = 1; column <= right.length; column++) {
      const changed = row[column - 1]! + (left[above] === right[column - 1] ? 0 : 1);
      next.push(Math.min(changed, row[column]! + 1, next[column - 1]! + 1));
    }
    row = next;
  }
  return row[right.length]!;
}

const MOST_NAMES = 5;
const MOST_SLIPS = 2;
const SHORTEST_PART = 3;
const LONGEST_NAME = 64;
