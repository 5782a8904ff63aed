import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import { toIsoTime, toRouterClock } from '../../routeros/local-time.ts';
import { parsePrefix } from '../../routeros/prefixes.ts';
import { toBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import { familyOf, holdsPart, isWanted, PartOfText } from '../list-filters.ts';
import { CommentText, Name, Time, untrusted, Word } from '../output-fields.ts';

const LISTS = { ipv4: '/ip/firewall/address-list', ipv6: '/ipv6/firewall/address-list' } as const;
const CLOCK = '/system/clock';
const FIELDS = ['list', 'address', 'comment', 'timeout', 'creation-time', 'dynamic', 'disabled'];

const MOST_LISTS = 200;

const Entry = z.strictObject({
  id: Word,
  list: Name,
  /** An address, network, range, or a name whose addresses are listed. */
  address: untrusted(256),
  comment: CommentText,
  /** What is left of its time; null on entries that stay. */
  timeoutSeconds: z.number().nullable(),
  created: Time,
  dynamic: z.boolean(),
  disabled: z.boolean(),
});

export const listAddressListEntries = defineListRead({
  name: 'list_address_list_entries',
  title: 'Firewall address lists',
  summary:
    "A router's firewall address lists with their sizes, and the entries: list, address or network, remaining time, comment.",
  toolset: 'firewall',
  isCore: true,
  phase: 1,
  paths: [...Object.values(LISTS), CLOCK],
  filters: z.strictObject({
    family: z.enum(['ipv4', 'ipv6']).optional().describe('Which lists; default: by the address, else ipv4'),
    list: z.string().min(1).max(64).optional().describe('Only this list'),
    address: PartOfText.optional().describe(
      'Part of the address, such as "192.0.2."; all of it in lists of over 20,000',
    ),
    dynamic: z.boolean().optional().describe('Only entries made by rules or with a time, or only the others'),
  }),
  item: Entry,
  items: 'entries',
  about: z.strictObject({
    lists: z.array(z.strictObject({ name: Name, entries: z.int() })).describe('How many of the entries each list has'),
  }),
  limits: { usual: 100, most: 1_000 },
  read: async (router, { family, list, address, dynamic }) => {
    const clock = toRouterClock(await router.get(CLOCK));
    const rows = await listAtMost(router, LISTS[familyOf(family, address)], {
      fields: FIELDS,
      only: { list, address: parsePrefix(address ?? '') === null ? undefined : address },
      hint: 'Name one list (list_firewall_rules tells which are used), or give a whole address as the router writes it.',
    });
    const entries = rows.map((row) => ({
      id: toRequiredText(row['.id'], '.id'),
      list: toRequiredText(row['list'], 'list'),
      address: toRequiredText(row['address'], 'address'),
      comment: row['comment'] ?? null,
      timeoutSeconds: toSeconds(row['timeout']),
      created: toIsoTime(row['creation-time'], clock),
      dynamic: toBoolean(row['dynamic']),
      disabled: toBoolean(row['disabled']),
    }));
    const wanted = entries.filter(
      (entry) => isWanted(list, entry.list) && holdsPart(address, entry.address) && isWanted(dynamic, entry.dynamic),
    );
    return { rows: wanted, about: { lists: countByList(wanted).slice(0, MOST_LISTS) } };
  },
});

function countByList(entries: readonly { list: string }[]): { name: string; entries: number }[] {
  const counts = new Map<string, number>();
  for (const { list } of entries) counts.set(list, (counts.get(list) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, entries: count }));
}
