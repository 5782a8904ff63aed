import { z } from 'zod';
import { parseAddress } from '../../routeros/ip-text.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const POOL = '/ip/pool';
const USED = '/ip/pool/used';

const Pool = z.strictObject({
  id: Word,
  name: Name,
  ranges: z.array(Word),
  nextPool: Name.nullable().describe('Taken from when this one is used up'),
  totalAddresses: z.number().nullable(),
  usedAddresses: z.number(),
  freeAddresses: z.number().nullable(),
  comment: CommentText,
});

export const listPools = defineListRead({
  name: 'list_pools',
  title: 'IP pools',
  summary: 'IPv4 address pools that DHCP servers and PPP take from: ranges, and how many addresses are used and left.',
  toolset: 'dhcp',
  phase: 1,
  paths: [POOL, USED],
  filters: z.strictObject({}),
  item: Pool,
  items: 'pools',
  limits: { usual: 50, most: 200 },
  read: async (router) => {
    const fields = ['name', 'ranges', 'next-pool', 'total', 'used', 'comment'];
    const pools = await router.list(POOL, { fields });
    const rows = [];
    for (const pool of pools) rows.push(toPool(pool, await usedOfPool(router, pool)));
    return { rows };
  },
});

/** Addresses of the pool in use; older versions do not print it, but count. */
export async function usedOfPool(router: Router, { name = '', used }: RouterRecord): Promise<number> {
  return toNumber(used) ?? router.count(USED, { pool: name });
}

function toPool(row: RouterRecord, used: number): z.input<typeof Pool> {
  const ranges = toList(row['ranges']);
  const next = row['next-pool'];
  const total = totalOfPool(row);
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    ranges,
    nextPool: next === undefined || next === '' || next === 'none' ? null : next,
    totalAddresses: total,
    usedAddresses: used,
    freeAddresses: total === null ? null : total - used,
    comment: row['comment'] ?? null,
  };
}

/** Addresses of the pool; older versions do not print how many they are. */
export function totalOfPool({ total, ranges }: RouterRecord): number | null {
  return toNumber(total) ?? addressesIn(toList(ranges));
}

/** How many addresses the ranges hold; null when one cannot be read. */
function addressesIn(ranges: readonly string[]): number | null {
  let count = 0;
  for (const range of ranges) {
    const [first, last = first] = range.split('-').map((text) => parseAddress(text));
    if (!first || !last || last.value < first.value) return null;
    count += Number(last.value - first.value) + 1;
  }
  return count;
}
