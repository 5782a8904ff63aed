import { sameValue } from './canonical.ts';
import { nameOfKey, type ConfigurationMenu, type ConfigurationRow } from './configuration-rows.ts';

/** One thing that differs between two configurations. */
export interface ConfigurationDifference {
  menu: string;
  /** Of the row in `a`, or of that in `b` when it is only there. */
  key: string;
  /** A row that changed and moved is two differences. */
  kind: 'added' | 'removed' | 'changed' | 'moved';
  /** All fields in `a`; null when it is not there. */
  before: Record<string, string> | null;
  /** All fields in `b`; null when it is not there. */
  after: Record<string, string> | null;
  /** Fields that differ, sorted; of what was added or removed all. */
  fields: string[];
  /** Places among the rows that are looked at one after another, from 0; only of what moved. */
  places?: { before: number; after: number };
}

/**
 * What differs from `a` to `b`, menu by menu, row by row. Two ways to write the same value are equal, and so is a flag that
 * is off and one that is not there. Of masked secrets nobody can tell whether they differ.
 */
export function compareConfigurations(
  a: readonly ConfigurationMenu[],
  b: readonly ConfigurationMenu[],
): ConfigurationDifference[] {
  const before = new Map(a.map((menu) => [menu.menu, menu]));
  const after = new Map(b.map((menu) => [menu.menu, menu]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((menu) =>
    compareMenus(menu, before.get(menu), after.get(menu)),
  );
}

interface Pair {
  before: ConfigurationRow;
  after: ConfigurationRow;
}

function compareMenus(
  menu: string,
  a: ConfigurationMenu | undefined,
  b: ConfigurationMenu | undefined,
): ConfigurationDifference[] {
  const rows = { before: a?.rows ?? [], after: b?.rows ?? [] };
  const pairs = pairsOf(rows.before, rows.after);
  const paired = new Set([...pairs.values()].map((row) => row));
  const changed = new Map<ConfigurationRow, ConfigurationDifference[]>();
  for (const [after, before] of pairs) changed.set(after, changesOf(menu, { before, after }));
  if (a?.isOrdered || b?.isOrdered) {
    for (const moved of movesOf(menu, rows.before, rows.after, pairs)) changed.get(moved.row)?.push(moved.difference);
  }
  const removed = rows.before
    .filter((row) => !paired.has(row))
    .map(({ key, values }): ConfigurationDifference => {
      return { menu, key, kind: 'removed', before: values, after: null, fields: Object.keys(values).sort() };
    });
  const others = rows.after.flatMap((row): ConfigurationDifference[] => {
    const { key, values } = row;
    const added = {
      menu,
      key,
      kind: 'added',
      before: null,
      after: values,
      fields: Object.keys(values).sort(),
    } as const;
    return changed.get(row) ?? [added];
  });
  return [...removed, ...others];
}

/** Which row of `before` each of `after` is; of those named alike, equal ones are the same row before any other. */
function pairsOf(
  before: readonly ConfigurationRow[],
  after: readonly ConfigurationRow[],
): Map<ConfigurationRow, ConfigurationRow> {
  const pairs = new Map<ConfigurationRow, ConfigurationRow>();
  const taken = new Set<ConfigurationRow>();
  for (const identity of [exactly, byName]) {
    const waiting = new Map<string, ConfigurationRow[]>();
    for (const row of before) {
      if (taken.has(row)) continue;
      const alike = waiting.get(identity(row));
      if (alike) alike.push(row);
      else waiting.set(identity(row), [row]);
    }
    for (const alike of waiting.values()) alike.reverse();
    for (const row of after) {
      const found = pairs.has(row) ? undefined : waiting.get(identity(row))?.pop();
      if (!found) continue;
      pairs.set(row, found);
      taken.add(found);
    }
  }
  return pairs;
}

function exactly({ key, values }: ConfigurationRow): string {
  return JSON.stringify([nameOfKey(key), Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function byName({ key }: ConfigurationRow): string {
  return nameOfKey(key);
}

function changesOf(menu: string, { before, after }: Pair): ConfigurationDifference[] {
  const fields = [...new Set([...Object.keys(before.values), ...Object.keys(after.values)])]
    .filter((field) => !sameValue(field, valueOf(before, field), valueOf(after, field)))
    .sort();
  if (fields.length === 0) return [];
  return [{ menu, key: before.key, kind: 'changed', before: before.values, after: after.values, fields }];
}

/** A field by its own name only, whatever a router calls its fields. */
function valueOf({ values }: ConfigurationRow, field: string): string | undefined {
  return Object.hasOwn(values, field) ? values[field] : undefined;
}

/** The fewest rows which, put elsewhere, make the one order the other; the rows of each chain are an order of their own. */
function movesOf(
  menu: string,
  before: readonly ConfigurationRow[],
  after: readonly ConfigurationRow[],
  pairs: ReadonlyMap<ConfigurationRow, ConfigurationRow>,
): { row: ConfigurationRow; difference: ConfigurationDifference }[] {
  const [places, newPlaces] = [placesOf(before), placesOf(after)];
  const chains = Map.groupBy(
    after.filter((row) => {
      const was = pairs.get(row);
      return was !== undefined && chainOf(was) === chainOf(row);
    }),
    chainOf,
  );
  return [...chains.values()].flatMap((rows) => {
    const settled = longestRising(rows.map((row) => places.get(pairs.get(row)!)!));
    return rows
      .filter((_, index) => !settled.has(index))
      .map((row) => {
        const was = pairs.get(row)!;
        const moved = { before: places.get(was)!, after: newPlaces.get(row)! };
        const values = { before: was.values, after: row.values };
        return { row, difference: { menu, key: was.key, kind: 'moved', ...values, fields: [], places: moved } };
      });
  });
}

function chainOf(row: ConfigurationRow): string {
  return valueOf(row, 'chain') ?? '';
}

function placesOf(rows: readonly ConfigurationRow[]): Map<ConfigurationRow, number> {
  const counts = new Map<string, number>();
  return new Map(
    rows.map((row) => {
      const place = counts.get(chainOf(row)) ?? 0;
      counts.set(chainOf(row), place + 1);
      return [row, place];
    }),
  );
}

/** Indexes of a longest rising subsequence (https://en.wikipedia.org/wiki/Longest_increasing_subsequence). */
function longestRising(numbers: readonly number[]): Set<number> {
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [index, number] of numbers.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[ends[middle]!]! < number) low = middle + 1;
      else high = middle;
    }
    previous[index] = low === 0 ? -1 : ends[low - 1]!;
    ends[low] = index;
  }
  const rising = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index >= 0; index = previous[index]!) rising.add(index);
  return rising;
}
