import { z } from 'zod';
import { toSeconds } from '../../routeros/durations.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toNumber, toOptionalBoolean, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { InterfaceName, isWanted } from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';

const SERVER = '/ip/dhcp-server';
const NETWORK = '/ip/dhcp-server/network';
const POOL = '/ip/pool';

const SERVER_FIELDS = [
  'name',
  'interface',
  'address-pool',
  'lease-time',
  'authoritative',
  'relay',
  'add-arp',
  'use-radius',
  'disabled',
  'invalid',
  'dynamic',
  'comment',
];
const NETWORK_FIELDS = [
  'address',
  'gateway',
  'netmask',
  'dns-server',
  'dns-none',
  'domain',
  'ntp-server',
  'next-server',
  'boot-file-name',
  'comment',
];
/** Routers with more networks exist; they are counted, not all shown. */
const MOST_NETWORKS = 200;

const Server = z.strictObject({
  id: Word,
  name: Name,
  interface: Name,
  pool: Name.nullable().describe('Null: static leases only'),
  ranges: z.array(Word).describe('Addresses of the pool'),
  leaseTimeSeconds: z.number().nullable(),
  authoritative: Word.nullable(),
  relay: Word.nullable(),
  addsArp: z.boolean(),
  usesRadius: Word.nullable(),
  disabled: z.boolean(),
  invalid: z.boolean().describe('It cannot run, as on a port of a bridge'),
  dynamic: z.boolean(),
  comment: CommentText,
});

/** What clients of a network are told; the network is chosen by the address they get. */
const Network = z.strictObject({
  address: Word,
  gateways: z.array(Word),
  netmaskLength: z.number().nullable().describe("Null: the network's own"),
  dnsServers: z.array(Word),
  dnsNone: z.boolean().nullable(),
  domain: untrusted(253).nullable(),
  ntpServers: z.array(Word),
  nextServer: Word.nullable(),
  bootFileName: untrusted(256).nullable(),
  comment: CommentText,
});

export const listDhcpServers = defineListRead({
  name: 'list_dhcp_servers',
  title: 'DHCP servers',
  summary:
    'How DHCP is set up: servers with interface, pool ranges and lease time, and networks with gateway, DNS, domain and NTP.',
  toolset: 'dhcp',
  phase: 1,
  paths: [SERVER, NETWORK, POOL],
  filters: z.strictObject({
    interface: InterfaceName.optional().describe('Only servers on this interface'),
    disabled: z.boolean().optional().describe('Only disabled or only enabled ones'),
  }),
  item: Server,
  items: 'servers',
  about: z.strictObject({
    networks: z.array(Network).describe(`All networks, up to ${MOST_NETWORKS}`),
    networkCount: z.int(),
  }),
  limits: { usual: 50, most: 200 },
  read: async (router, { interface: name, disabled }) => {
    const servers = await router.list(SERVER, { fields: SERVER_FIELDS });
    const ranges = await readRanges(router);
    const networks = await router.list(NETWORK, { fields: NETWORK_FIELDS });
    return {
      rows: servers
        .map((row) => toServer(row, ranges))
        .filter((one) => isWanted(name, one.interface) && isWanted(disabled, one.disabled)),
      about: { networks: networks.slice(0, MOST_NETWORKS).map(toNetwork), networkCount: networks.length },
    };
  },
});

async function readRanges(router: Router): Promise<ReadonlyMap<string | undefined, string[]>> {
  const pools = await router.list(POOL, { fields: ['name', 'ranges'] });
  return new Map(pools.map((pool) => [pool['name'], toList(pool['ranges'])]));
}

function toServer(row: RouterRecord, ranges: ReadonlyMap<string | undefined, string[]>): z.input<typeof Server> {
  const pool = row['address-pool'];
  return {
    id: toRequiredText(row['.id'], '.id'),
    name: toRequiredText(row['name'], 'name'),
    interface: toRequiredText(row['interface'], 'interface'),
    pool: pool === undefined || pool === 'static-only' ? null : pool,
    ranges: ranges.get(pool) ?? [],
    leaseTimeSeconds: toSeconds(row['lease-time']),
    authoritative: row['authoritative'] ?? null,
    relay: row['relay'] && row['relay'] !== '0.0.0.0' ? row['relay'] : null,
    addsArp: toBoolean(row['add-arp']),
    usesRadius: row['use-radius'] ?? null,
    disabled: toBoolean(row['disabled']),
    invalid: toBoolean(row['invalid']),
    dynamic: toBoolean(row['dynamic']),
    comment: row['comment'] ?? null,
  };
}

function toNetwork(row: RouterRecord): z.input<typeof Network> {
  return {
    address: toRequiredText(row['address'], 'address'),
    gateways: toList(row['gateway']),
    // Zero stands for none.
    netmaskLength: toNumber(row['netmask']) || null,
    dnsServers: toList(row['dns-server']),
    dnsNone: toOptionalBoolean(row['dns-none']),
    domain: row['domain'] || null,
    ntpServers: toList(row['ntp-server']),
    nextServer: row['next-server'] || null,
    bootFileName: row['boot-file-name'] || null,
    comment: row['comment'] ?? null,
  };
}
