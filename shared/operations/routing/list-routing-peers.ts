import { z } from 'zod';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toSeconds } from '../../routeros/durations.ts';
import { toBoolean, toFlag, toList, toNumber } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart } from '../list-filters.ts';
import { CommentText, Name, Word } from '../output-fields.ts';

const OSPF = '/routing/ospf/neighbor';
const SESSIONS = '/routing/bgp/session';
const CONNECTIONS = '/routing/bgp/connection';

const Peer = z.strictObject({
  protocol: z.enum(['ospf', 'bgp']),
  /** Of a BGP session or connection; OSPF neighbours have none. */
  name: Name.nullable(),
  /** OSPF: RouterOS' word, such as Full. BGP: established, down, idle (never connected), inactive or disabled. */
  state: Word,
  isUp: z.boolean().describe('OSPF: Full; between two that are neither DR nor BDR, 2-Way is as it should be'),
  remoteAddress: Word.nullable(),
  remoteId: Word.nullable(),
  remoteAs: z.number().nullable(),
  localAs: z.number().nullable(),
  role: Word.nullable(),
  families: z.array(Word),
  uptimeSeconds: z.number().nullable(),
  /** Routes it announced; BGP only. */
  prefixes: z.number().nullable(),
  interface: Name.nullable(),
  instance: Name.nullable(),
  area: Name.nullable(),
  stateChanges: z.number().nullable(),
  comment: CommentText,
});
type PeerInput = z.input<typeof Peer>;

export const listRoutingPeers = defineListRead({
  name: 'list_routing_peers',
  title: 'OSPF neighbours and BGP sessions',
  summary:
    'OSPF neighbours and BGP sessions of a router: state, remote address, id and AS, uptime, prefixes; also peers that are down.',
  toolset: 'routing',
  phase: 1,
  paths: [OSPF, SESSIONS, CONNECTIONS],
  filters: z.strictObject({
    protocol: z.enum(['ospf', 'bgp']).optional().describe('Only these'),
    isUp: z.boolean().optional().describe('Only peers that are up, or only the others'),
    remote: z.string().min(1).max(45).optional().describe('Part of the remote address'),
  }),
  item: Peer,
  items: 'peers',
  limits: { usual: 100, most: 500 },
  read: async (router, { protocol, isUp, remote }) => {
    const peers = [
      ...(protocol === 'bgp' ? [] : await ospfPeers(router)),
      ...(protocol === 'ospf' ? [] : await bgpPeers(router)),
    ];
    return {
      rows: peers.filter((peer) => (isUp === undefined || peer.isUp === isUp) && holdsPart(remote, peer.remoteAddress)),
    };
  },
});

const NOTHING = {
  name: null,
  remoteAddress: null,
  remoteId: null,
  remoteAs: null,
  localAs: null,
  role: null,
  families: [],
  uptimeSeconds: null,
  prefixes: null,
  interface: null,
  instance: null,
  area: null,
  stateChanges: null,
  comment: null,
} satisfies Partial<PeerInput>;

async function ospfPeers(router: Router): Promise<PeerInput[]> {
  const fields = [
    'address',
    'adjacency',
    'area',
    'instance',
    'interface',
    'router-id',
    'state',
    'state-changes',
    'comment',
  ];
  const rows = await router.list(OSPF, { fields });
  return rows.map((row) => ({
    ...NOTHING,
    protocol: 'ospf',
    state: row['state'] ?? 'unknown',
    isUp: row['state'] === 'Full',
    remoteAddress: row['address'] ?? null,
    remoteId: row['router-id'] ?? null,
    // Counted from the moment the adjacency was full.
    uptimeSeconds: toSeconds(row['adjacency']),
    interface: row['interface'] ?? null,
    instance: row['instance'] ?? null,
    area: row['area'] ?? null,
    stateChanges: toNumber(row['state-changes']),
    comment: row['comment'] ?? null,
  }));
}

/** Sessions, and the connections that have none: those have never reached their other end, or are off. */
async function bgpPeers(router: Router): Promise<PeerInput[]> {
  const { bgpFamilies } = await router.facts();
  const sessions = await router.list(SESSIONS, { fields: SESSION_FIELDS });
  const connections = await router.list(CONNECTIONS, { fields: [...CONNECTION_FIELDS, bgpFamilies] });
  const named = new Map(connections.map((row) => [row['name'] ?? '', row]));
  const withSession = new Set(sessions.map(connectionName));
  return [
    ...sessions.map((row) => sessionPeer(row, named.get(connectionName(row)))),
    ...connections.filter((row) => !withSession.has(row['name'] ?? '')).map((row) => idlePeer(row, bgpFamilies)),
  ];
}

const SESSION_FIELDS = [
  'name',
  'established',
  'remote.address',
  'remote.as',
  'remote.id',
  'remote.afi',
  'local.as',
  'local.role',
  'uptime',
  'prefix-count',
];
const CONNECTION_FIELDS = [
  'name',
  'instance',
  'as',
  'local.role',
  'remote.address',
  'remote.as',
  'disabled',
  'inactive',
  'comment',
];

/** Sessions are named after their connection, with a number: `upstream-1`. */
function connectionName(session: RouterRecord): string {
  return (session['name'] ?? '').replace(/-\d+$/, '');
}

function sessionPeer(row: RouterRecord, connection: RouterRecord = {}): PeerInput {
  const isUp = toFlag(row['established']);
  return {
    ...NOTHING,
    protocol: 'bgp',
    name: row['name'] ?? null,
    state: isUp ? 'established' : 'down',
    isUp,
    remoteAddress: addressOf(row),
    remoteId: row['remote.id'] ?? null,
    remoteAs: toNumber(row['remote.as']),
    localAs: toNumber(row['local.as']),
    role: row['local.role'] ?? null,
    families: toList(row['remote.afi']),
    uptimeSeconds: toSeconds(row['uptime']),
    prefixes: toNumber(row['prefix-count']),
    instance: connection['instance'] ?? null,
    comment: connection['comment'] ?? null,
  };
}

function idlePeer(row: RouterRecord, familiesField: string): PeerInput {
  return {
    ...NOTHING,
    protocol: 'bgp',
    name: row['name'] ?? null,
    state: toBoolean(row['disabled']) ? 'disabled' : toFlag(row['inactive']) ? 'inactive' : 'idle',
    isUp: false,
    remoteAddress: addressOf(row),
    remoteAs: toNumber(row['remote.as']),
    localAs: toNumber(row['as']),
    role: row['local.role'] ?? null,
    families: toList(row[familiesField]),
    instance: row['instance'] ?? null,
    comment: row['comment'] ?? null,
  };
}

/** Connections name a host with the length of its prefix. */
function addressOf({ 'remote.address': address }: RouterRecord): string | null {
  return address?.replace(/\/(32|128)$/, '') ?? null;
}
