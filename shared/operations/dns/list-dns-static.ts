import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import { holdsPart, isWanted, PartOfText } from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';

const STATIC = '/ip/dns/static';
const TYPES = ['A', 'AAAA', 'CNAME', 'FWD', 'MX', 'NS', 'NXDOMAIN', 'SRV', 'TXT'] as const;

/** The field that holds what is answered, by type of record. */
const VALUE_FIELDS: Readonly<Record<string, string>> = {
  A: 'address',
  AAAA: 'address',
  CNAME: 'cname',
  FWD: 'forward-to',
  MX: 'mx-exchange',
  NS: 'ns',
  SRV: 'srv-target',
  TXT: 'text',
};

const FIELDS = [
  'name',
  'regexp',
  'type',
  ...new Set(Object.values(VALUE_FIELDS)),
  'mx-preference',
  'srv-priority',
  'srv-weight',
  'srv-port',
  'ttl',
  'match-subdomain',
  'address-list',
  'disabled',
  'dynamic',
  'comment',
];

const DnsRecord = z.strictObject({
  id: Word,
  name: untrusted(256).nullable(),
  regexp: untrusted(256).nullable().describe('In place of a name'),
  type: Word,
  value: untrusted(1024).nullable().describe('Address, target, text, or the server a FWD record forwards to'),
  priority: z.number().nullable().describe('Of MX and SRV'),
  weight: z.number().nullable(),
  port: z.number().nullable(),
  ttlSeconds: z.number().nullable(),
  matchSubdomain: z.boolean(),
  addressList: Name.nullable().describe('Firewall list that answers are added to'),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  comment: CommentText,
});

export const listDnsStatic = defineListRead({
  name: 'list_dns_static',
  title: 'Static DNS records',
  summary: 'Static DNS records of a router: names, patterns and zones that it answers itself, forwards or blocks.',
  toolset: 'dns',
  phase: 1,
  paths: [STATIC],
  filters: z.strictObject({
    contains: PartOfText.optional().describe('Only with this in name, pattern or value'),
    type: z.enum(TYPES).optional().describe('Only records of this type'),
    disabled: z.boolean().optional().describe('Only disabled or only enabled ones'),
  }),
  item: DnsRecord,
  items: 'records',
  limits: { usual: 100, most: 1000 },
  read: async (router, { contains, type, disabled }) => {
    const rows = await listAtMost(router, STATIC, {
      fields: FIELDS,
      // Of addresses the type is not always written.
      only: { type: type === 'A' ? undefined : type },
      hint: 'Name a type of records other than "A", or take get_config_export with menu "/ip/dns/static".',
    });
    return {
      rows: rows
        .map(toDnsRecord)
        .filter(
          (one) =>
            holdsPart(contains, one.name, one.regexp, one.value) &&
            isWanted(type, one.type) &&
            isWanted(disabled, one.disabled),
        ),
    };
  },
});

function toDnsRecord(row: RouterRecord): z.input<typeof DnsRecord> {
  // Older versions do not write the type of most records.
  const type = row['type'] ?? 'A';
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: row['name'] || null,
    regexp: row['regexp'] || null,
    type,
    value: row[VALUE_FIELDS[type] ?? ''] || null,
    priority: toNumber(type === 'SRV' ? row['srv-priority'] : row['mx-preference']),
    weight: toNumber(row['srv-weight']),
    port: toNumber(row['srv-port']),
    ttlSeconds: toSeconds(row['ttl']),
    matchSubdomain: toBoolean(row['match-subdomain']),
    addressList: row['address-list'] || null,
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] ?? null,
  };
}
