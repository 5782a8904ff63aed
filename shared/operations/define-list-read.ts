import { z } from 'zod';
import type { Router } from '../routeros/router.ts';
import { defineRead, type Declared, type ReadOperation } from './define-operation.ts';

/** A page holds no more text than this, whatever its limit is: a model reads no more in one piece. */
const MOST_CHARACTERS = 60_000;

interface ListDeclaration<
  Filters extends z.ZodObject,
  Item extends z.ZodObject,
  About extends z.ZodObject,
> extends Omit<Declared<z.ZodObject>, 'input' | 'example'> {
  /** Which entries are wanted; without any, all. */
  filters: Filters;
  /** One entry. */
  item: Item;
  /** What the entries are called in the answer, such as `leases`. */
  items: string;
  /** Fields that stand beside the list. */
  about?: About;
  limits: { usual: number; most: number };
  example?: z.input<Filters>;
  isSensitive?: boolean;
  /** All entries that pass the filters, in an order that stays the same from page to page. */
  read: (router: Router, filters: z.output<Filters>) => Promise<{ rows: z.input<Item>[]; about?: z.input<About> }>;
}

/**
 * Declares a read whose answer is a list. Its paging, its choice of fields and its bounds are the same for every list: the
 * input has `limit`, `offset` and `fields` beside the filters, the output `total` and `nextOffset` beside the entries.
 * Callers see `offset` and `nextOffset` as signed cursors.
 */
export function defineListRead<
  Filters extends z.ZodObject,
  Item extends z.ZodObject,
  About extends z.ZodObject = z.ZodObject,
>(declaration: ListDeclaration<Filters, Item, About>): ReadOperation {
  const { filters, item, items, about, limits, example = {}, read, ...declared } = declaration;
  const input = filters.safeExtend(pageFields(Object.keys(item.shape), limits)).strict();
  const output = z.strictObject({
    ...about?.shape,
    [items]: z.array(item.partial()),
    total: z.int(),
    nextOffset: z.int().nullable(),
  });
  return defineRead({
    ...declared,
    input,
    output,
    example: { limit: Math.min(10, limits.most), ...example },
    page: { items },
    async handler(router, given) {
      const { limit, offset, fields, ...wanted } = given as z.output<typeof input> & PageInput;
      const found = await read(router, filters.parse(wanted));
      const page = pageOf(found.rows, { limit, offset, fields });
      return { ...found.about, [items]: page.rows, total: found.rows.length, nextOffset: page.nextOffset };
    },
  });
}

interface PageInput {
  limit: number;
  offset: number;
  fields?: string[] | undefined;
}

function pageFields(known: string[], { usual, most }: { usual: number; most: number }) {
  return {
    limit: z.int().min(1).max(most).default(usual).describe('Entries of one page'),
    offset: z.int().min(0).max(1_000_000).default(0).describe('Entries to skip'),
    fields: z
      .array(
        z.string().check(({ value, issues }) => {
          if (known.includes(value)) return;
          issues.push({ code: 'custom', input: value, message: `no such field; allowed are ${known.join(', ')}` });
        }),
      )
      .min(1)
      .max(known.length)
      .optional()
      .describe('Only these fields of each entry'),
  };
}

/** The entries of one page, as many as its limit and its size allow, and where the next one begins. */
export function pageOf<Row extends object | string>(
  rows: readonly Row[],
  { limit, offset, fields }: PageInput,
): { rows: Row[]; nextOffset: number | null } {
  const shown: Row[] = [];
  let left = MOST_CHARACTERS;
  for (const row of rows.slice(offset, offset + limit)) {
    const picked = fields === undefined ? row : pick(row, fields);
    left -= JSON.stringify(picked).length;
    // One entry is always shown, or the list could never be read to its end.
    if (left < 0 && shown.length > 0) break;
    shown.push(picked);
  }
  const next = offset + shown.length;
  return { rows: shown, nextOffset: next < rows.length ? next : null };
}

/** The entry with only these fields; the schema of an entry allows any to be absent. */
function pick<Row extends object | string>(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(Object.entries(row).filter(([field]) => fields.includes(field))) as Row;
}
