import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import { holdsPart, PartOfText } from '../list-filters.ts';
import { untrusted, Word } from '../output-fields.ts';

/** `/ip/dns/cache` alone has the addresses only. */
const CACHE = '/ip/dns/cache/all';

const CacheEntry = z.strictObject({
  name: untrusted(256),
  type: Word.nullable(),
  data: untrusted(512).nullable().describe('Null for names that do not exist'),
  ttlSeconds: z.number().nullable().describe('Left'),
  static: z.boolean(),
});

export const getDnsCache = defineListRead({
  name: 'get_dns_cache',
  title: 'DNS cache',
  summary: "What a router's DNS resolver remembers: names its clients asked for, with the answers and the time left.",
  toolset: 'dns',
  phase: 1,
  paths: [CACHE],
  filters: z.strictObject({
    nameContains: PartOfText.optional().describe('Only names with this in them'),
    type: z
      .string()
      .regex(/^[A-Z0-9-]{1,16}$/, 'a record type is in capitals, such as "AAAA"')
      .optional()
      .describe('Only records of this type, such as "A" or "NXDOMAIN"'),
  }),
  item: CacheEntry,
  items: 'entries',
  limits: { usual: 100, most: 1000 },
  // It tells which names people use.
  isSensitive: true,
  read: async (router, { nameContains, type }) => {
    const rows = await listAtMost(router, CACHE, {
      fields: ['name', 'type', 'data', 'ttl', 'static'],
      only: { type },
      hint: 'Name a type of records.',
    });
    return {
      rows: rows
        .map(toCacheEntry)
        .filter((one) => holdsPart(nameContains, one.name) && (type === undefined || one.type?.toUpperCase() === type)),
    };
  },
});

function toCacheEntry(row: RouterRecord): z.input<typeof CacheEntry> {
  return {
    name: row['name'] ?? '',
    type: row['type'] ?? null,
    data: row['data'] || null,
    ttlSeconds: toSeconds(row['ttl']),
    static: toBoolean(row['static']),
  };
}
