import { z } from 'zod';
import { canonicalAddress } from '../../routeros/addresses.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import { hasMacStart, InterfaceName, isInNetwork, isWanted, MacStart, wholeMac, Within } from '../list-filters.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const ARP = '/ip/arp';
const FIELDS = [
  'address',
  'mac-address',
  'interface',
  'status',
  'complete',
  'dynamic',
  'published',
  'disabled',
  'invalid',
  // Versions differ in how they write it.
  'DHCP',
  'dhcp',
  'vrf',
  'comment',
];

const ArpEntry = z.strictObject({
  address: Word,
  macAddress: Word.nullable().describe('Null while nobody answered'),
  interface: Name,
  status: Word.nullable().describe('reachable, stale, delay, probe, failed, permanent or incomplete'),
  complete: z.boolean(),
  dynamic: z.boolean(),
  dhcp: z.boolean(),
  published: z.boolean(),
  disabled: z.boolean(),
  invalid: z.boolean(),
  vrf: Name.nullable(),
  comment: CommentText,
});

export const getArpTable = defineListRead({
  name: 'get_arp_table',
  title: 'ARP table',
  summary: 'The ARP table: which MAC address has which IPv4 address, on which interface, and whether it still answers.',
  toolset: 'addresses',
  isCore: true,
  phase: 1,
  paths: [ARP],
  filters: z.strictObject({
    interface: InterfaceName.optional().describe('Only on this interface'),
    within: Within.optional().describe('Only addresses in this network, or this address'),
    macAddress: MacStart.optional().describe('MAC address or its first bytes, such as "00:1B:21"'),
  }),
  item: ArpEntry,
  items: 'entries',
  limits: { usual: 100, most: 1000 },
  read: async (router, { interface: name, within, macAddress }) => {
    const rows = await listAtMost(router, ARP, {
      fields: FIELDS,
      only: {
        interface: name,
        address: canonicalAddress(within ?? '') ?? undefined,
        'mac-address': wholeMac(macAddress),
      },
      hint: 'Name an interface, one address or a whole MAC address.',
    });
    return {
      rows: rows
        .map(toArpEntry)
        .filter(
          (one) =>
            isWanted(name, one.interface) &&
            isInNetwork(within, one.address) &&
            hasMacStart(macAddress, one.macAddress),
        ),
    };
  },
});

function toArpEntry(row: RouterRecord): z.input<typeof ArpEntry> {
  return {
    address: toRequiredText(row['address'], 'address'),
    macAddress: row['mac-address'] || null,
    interface: toRequiredText(row['interface'], 'interface'),
    status: row['status'] ?? null,
    complete: toBoolean(row['complete']),
    dynamic: toBoolean(row['dynamic']),
    dhcp: toBoolean(row['DHCP'] ?? row['dhcp']),
    published: toBoolean(row['published']),
    disabled: toBoolean(row['disabled']),
    invalid: toBoolean(row['invalid']),
    vrf: row['vrf'] ?? null,
    comment: row['comment'] ?? null,
  };
}
