import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const CLIENT = '/ip/dhcp-client';
const FIELDS = [
  'interface',
  'status',
  'address',
  'gateway',
  'dhcp-server',
  'primary-dns',
  'secondary-dns',
  'primary-ntp',
  'secondary-ntp',
  'expires-after',
  'add-default-route',
  'default-route-distance',
  'use-peer-dns',
  'use-peer-ntp',
  'disabled',
  'invalid',
  'dynamic',
  'comment',
];

const Client = z.strictObject({
  id: Word,
  interface: Name,
  status: Word.nullable().describe('bound: it has an address; searching... and the like: none yet'),
  address: Word.nullable(),
  gateway: Word.nullable(),
  dhcpServer: Word.nullable(),
  dnsServers: z.array(Word),
  ntpServers: z.array(Word),
  expiresAfterSeconds: z.number().nullable(),
  defaultRoute: Word.nullable().describe('yes, no or special-classless'),
  defaultRouteDistance: z.number().nullable(),
  usesPeerDns: Word.nullable().describe('yes, no or exclusively'),
  usesPeerNtp: Word.nullable(),
  disabled: z.boolean(),
  invalid: z.boolean(),
  dynamic: z.boolean(),
  comment: CommentText,
});

export const listDhcpClients = defineListRead({
  name: 'list_dhcp_clients',
  title: 'DHCP clients',
  summary: 'WAN addresses a router got by DHCP from its provider: interface, status, address, gateway, DNS and expiry.',
  toolset: 'dhcp',
  phase: 1,
  paths: [CLIENT],
  filters: z.strictObject({}),
  item: Client,
  items: 'clients',
  limits: { usual: 50, most: 200 },
  read: async (router) => ({ rows: (await router.list(CLIENT, { fields: FIELDS })).map(toClient) }),
});

function toClient(row: RouterRecord): z.input<typeof Client> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    interface: toRequiredText(row['interface'], 'interface'),
    status: row['status'] ?? null,
    address: row['address'] || null,
    gateway: row['gateway'] || null,
    dhcpServer: row['dhcp-server'] || null,
    dnsServers: given(row['primary-dns'], row['secondary-dns']),
    ntpServers: given(row['primary-ntp'], row['secondary-ntp']),
    expiresAfterSeconds: toSeconds(row['expires-after']),
    defaultRoute: yesOrNo(row['add-default-route']),
    defaultRouteDistance: toNumber(row['default-route-distance']),
    usesPeerDns: yesOrNo(row['use-peer-dns']),
    usesPeerNtp: yesOrNo(row['use-peer-ntp']),
    disabled: toBoolean(row['disabled']),
    invalid: toBoolean(row['invalid']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] ?? null,
  };
}

function given(...servers: (string | undefined)[]): string[] {
  return servers.filter((server): server is string => server !== undefined && server !== '');
}

/** REST prints some versions' choices as booleans, others as the console does; a third choice keeps its name. */
function yesOrNo(value: string | undefined): string | null {
  if (value === 'true') return 'yes';
  return value === 'false' ? 'no' : (value ?? null);
}
