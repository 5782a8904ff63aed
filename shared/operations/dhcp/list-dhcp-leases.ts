import { z } from 'zod';
import { canonicalAddress } from '../../routeros/addresses.ts';
import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { listAtMost } from '../list-at-most.ts';
import {
  hasMacStart,
  holdsPart,
  isInNetwork,
  isWanted,
  MacStart,
  PartOfText,
  wholeMac,
  Within,
} from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';

const LEASE = '/ip/dhcp-server/lease';
const FIELDS = [
  'address',
  'active-address',
  'mac-address',
  'active-mac-address',
  'client-id',
  'active-client-id',
  'server',
  'active-server',
  'host-name',
  'class-id',
  'status',
  'expires-after',
  'last-seen',
  'dynamic',
  'blocked',
  'disabled',
  'address-lists',
  'comment',
];
const STATUSES = ['waiting', 'testing', 'authorizing', 'busy', 'offered', 'bound', 'declined', 'conflict'] as const;

const Lease = z.strictObject({
  id: Word,
  address: Word.nullable(),
  pool: Name.nullable().describe('Where a static lease takes its address from, when it names none'),
  macAddress: Word.nullable(),
  clientId: untrusted(256).nullable(),
  hostName: untrusted(128).nullable().describe('What the client calls itself'),
  clientClass: untrusted(128).nullable(),
  server: Name.nullable().describe('Null: any server'),
  status: Word.nullable().describe('bound: in use; waiting: static and not in use'),
  expiresAfterSeconds: z.number().nullable(),
  lastSeenSeconds: z.number().nullable().describe('Ago; null: never'),
  dynamic: z.boolean(),
  blocked: z.boolean(),
  disabled: z.boolean(),
  addressLists: z.array(Name),
  comment: CommentText,
});

export const listDhcpLeases = defineListRead({
  name: 'list_dhcp_leases',
  title: 'DHCP leases',
  summary:
    'DHCP leases: which client (MAC, host name) has which address from which server, until when; static and dynamic.',
  toolset: 'dhcp',
  isCore: true,
  phase: 1,
  paths: [LEASE],
  filters: z.strictObject({
    server: z.string().min(1).max(128).optional().describe('Only leases of this server'),
    status: z.enum(STATUSES).optional().describe('"bound" are those in use now'),
    within: Within.optional().describe('Only addresses in this network, or this address'),
    macAddress: MacStart.optional().describe('MAC address or its first bytes, such as "00:1B:21"'),
    contains: PartOfText.optional().describe('Only clients with this in host name or comment'),
  }),
  item: Lease,
  items: 'leases',
  limits: { usual: 100, most: 1000 },
  read: async (router, { server, status, within, macAddress, contains }) => {
    const rows = await listAtMost(router, LEASE, {
      fields: FIELDS,
      only: {
        server,
        status,
        address: canonicalAddress(within ?? '') ?? undefined,
        'mac-address': wholeMac(macAddress),
      },
      hint: 'Name a server, a status, one address or a whole MAC address.',
    });
    return {
      rows: rows
        .map(toLease)
        .filter(
          (one) =>
            isWanted(server, one.server) &&
            isWanted(status, one.status) &&
            isInNetwork(within, one.address) &&
            hasMacStart(macAddress, one.macAddress) &&
            holdsPart(contains, one.hostName, one.comment),
        ),
    };
  },
});

function toLease(row: RouterRecord): z.input<typeof Lease> {
  const given = row['active-address'] || row['address'] || null;
  // The address of a static lease may be the name of a pool.
  const isPool = given !== null && canonicalAddress(given) === null;
  return {
    id: toRequiredText(row['.id'], '.id'),
    address: isPool ? null : given,
    pool: isPool ? given : null,
    macAddress: row['active-mac-address'] || row['mac-address'] || null,
    clientId: row['active-client-id'] || row['client-id'] || null,
    hostName: row['host-name'] || null,
    clientClass: row['class-id'] || null,
    server: serverOf(row),
    status: row['status'] ?? null,
    expiresAfterSeconds: toSeconds(row['expires-after']),
    lastSeenSeconds: toSeconds(row['last-seen']),
    dynamic: toBoolean(row['dynamic']),
    blocked: toBoolean(row['blocked']),
    disabled: toBoolean(row['disabled']),
    addressLists: toList(row['address-lists']),
    comment: row['comment'] ?? null,
  };
}

function serverOf(row: RouterRecord): string | null {
  const server = row['server'] || row['active-server'];
  return server === undefined || server === '' || server === 'all' ? null : server;
}
