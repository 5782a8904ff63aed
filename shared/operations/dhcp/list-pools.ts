import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toList, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const POOL = '/ip/pool';

const Pool = z.strictObject({
  id: Word,
  name: Name,
  ranges: z.array(Word),
  nextPool: Name.nullable().describe('Taken from when this one is used up'),
  totalAddresses: z.number().nullable().describe('Null, as the next two, where the version does not count'),
  usedAddresses: z.number().nullable(),
  freeAddresses: z.number().nullable(),
  comment: CommentText,
});

export const listPools = defineListRead({
  name: 'list_pools',
  title: 'IP pools',
  summary: 'IPv4 address pools that DHCP servers and PPP take from: ranges, and how many addresses are used and left.',
  toolset: 'dhcp',
  phase: 1,
  paths: [POOL],
  filters: z.strictObject({}),
  item: Pool,
  items: 'pools',
  limits: { usual: 50, most: 200 },
  read: async (router) => {
    const fields = ['name', 'ranges', 'next-pool', 'total', 'used', 'available', 'comment'];
    return { rows: (await router.list(POOL, { fields })).map(toPool) };
  },
});

function toPool(row: RouterRecord): z.input<typeof Pool> {
  const next = row['next-pool'];
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    ranges: toList(row['ranges']),
    nextPool: next === undefined || next === '' || next === 'none' ? null : next,
    totalAddresses: toNumber(row['total']),
    usedAddresses: toNumber(row['used']),
    freeAddresses: toNumber(row['available']),
    comment: row['comment'] ?? null,
  };
}
