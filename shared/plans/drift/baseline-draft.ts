import { z } from 'zod';
import { sameValue } from '../../routeros/canonical.ts';
import type { ConfigurationMenu, ConfigurationRow } from '../../routeros/configuration-objects.ts';

const Values = z.record(z.string(), z.string());
const Row = z.object({
  key: z.string(),
  rowKey: Values,
  command: z.enum(['add', 'set']),
  values: Values,
});

/** One row of a baseline that became another one: null where there is none. With the same row twice, its place changed. */
export const BaselineMove = z.object({
  menu: z.string(),
  isOrdered: z.boolean(),
  isSingleton: z.boolean(),
  before: Row.nullable(),
  after: Row.nullable(),
});
export type BaselineMove = z.infer<typeof BaselineMove>;

/** A configuration as it is kept. */
export const BaselineContent: z.ZodType<ConfigurationMenu[]> = z.array(
  z.object({ menu: z.string(), isOrdered: z.boolean(), isSingleton: z.boolean(), rows: z.array(Row) }),
);

/** A configuration that is being changed row by row, and what was changed in it so far. */
export class BaselineDraft {
  readonly moves: BaselineMove[] = [];
  readonly #menus: Map<string, ConfigurationMenu>;

  constructor(menus: readonly ConfigurationMenu[]) {
    this.#menus = new Map(menus.map((menu) => [menu.menu, { ...menu, rows: [...menu.rows] }]));
  }

  /** Without menus that hold nothing any more. */
  get menus(): ConfigurationMenu[] {
    return [...this.#menus.values()].filter(({ rows }) => rows.length > 0);
  }

  rows(menu: string): readonly ConfigurationRow[] {
    return this.#menus.get(menu)?.rows ?? [];
  }

  /** Puts `after` where `before` is; with null as `before` where it stands in `live`, with null as `after` it is taken out. */
  replace(live: ConfigurationMenu, before: ConfigurationRow | null, after: ConfigurationRow | null): void {
    if (before === null && after === null) return;
    const { menu, isOrdered, isSingleton } = live;
    const kept = this.#menus.get(menu) ?? { menu, isOrdered, isSingleton, rows: [] };
    this.#menus.set(menu, kept);
    const place = before === null ? -1 : kept.rows.indexOf(before);
    if (place !== -1) kept.rows.splice(place, 1, ...(after === null ? [] : [after]));
    else if (after !== null) kept.rows.splice(placeLike(kept.rows, after, live.rows), 0, after);
    this.moves.push({ menu, isOrdered, isSingleton, before, after });
  }

  /** Puts the row among the others as it stands in `live`. */
  reorder(live: ConfigurationMenu, row: ConfigurationRow): void {
    const kept = this.#menus.get(live.menu);
    const place = kept?.rows.indexOf(row) ?? -1;
    if (kept === undefined || place === -1) return;
    kept.rows.splice(place, 1);
    kept.rows.splice(placeLike(kept.rows, row, live.rows), 0, row);
    this.moves.push({
      menu: live.menu,
      isOrdered: live.isOrdered,
      isSingleton: live.isSingleton,
      before: row,
      after: row,
    });
  }
}

/** In front of the first row that stands behind it in `live`; at the end when there is none, or it is not there. */
function placeLike(
  rows: readonly ConfigurationRow[],
  row: ConfigurationRow,
  live: readonly ConfigurationRow[],
): number {
  const here = live.findIndex((one) => isSameRow(one, row));
  for (const next of here === -1 ? [] : live.slice(here + 1)) {
    const place = rows.findIndex((one) => isSameRow(one, next));
    if (place !== -1) return place;
  }
  return rows.length;
}

/** Named alike, and with the same values where names repeat. */
function isSameRow(one: ConfigurationRow, other: ConfigurationRow): boolean {
  return one.key === other.key || hasSameValues(one.values, other.values);
}

export function hasSameValues(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((field) =>
    sameValue(field, one[field], other[field]),
  );
}

/** A field of a row, also of one that names it only: an Ethernet port is exported by the name it was made with. */
export function fieldOf({ values, rowKey }: ConfigurationRow, field: string): string | undefined {
  if (Object.hasOwn(values, field)) return values[field];
  if (Object.hasOwn(rowKey, field)) return rowKey[field];
  return field === 'name' ? rowKey['default-name'] : undefined;
}
