import { z } from 'zod';
import { IpAddress } from '../../routeros/addresses.ts';
import { isWithin, parsePrefix, type Prefix } from '../../routeros/prefixes.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toFlag, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { familyOf, isWanted, Within } from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';
import {
  distanceOf,
  Family,
  PROTOCOL_FLAGS,
  protocolOf,
  readRoutes,
  ROUTE_MENUS,
  RouteProtocol,
  tableOf,
} from './routes.ts';

const Route = z.strictObject({
  id: Word,
  destination: Word,
  /** Addresses or interfaces, several when packets are spread; null on routes that throw packets away. */
  gateway: untrusted(512).nullable(),
  /** Where packets really go, such as `10.0.0.1%ether1`; null while nothing is reachable. */
  immediateGateway: untrusted(512).nullable(),
  distance: z.number().nullable(),
  scope: z.number().nullable(),
  targetScope: z.number().nullable(),
  table: Name.nullable(),
  protocol: RouteProtocol,
  active: z.boolean(),
  dynamic: z.boolean(),
  disabled: z.boolean(),
  ecmp: z.boolean(),
  blackhole: z.boolean(),
  preferredSource: Word.nullable(),
  checkGateway: Word.nullable(),
  comment: CommentText,
});

export const listRoutes = defineListRead({
  name: 'list_routes',
  title: 'Routes',
  summary:
    "A router's routing table: destinations with gateway, distance, table, protocol and whether each route is active.",
  toolset: 'routing',
  isCore: true,
  phase: 1,
  paths: Object.values(ROUTE_MENUS),
  filters: z.strictObject({
    family: Family.optional().describe('Default: that of covers or within, else ipv4'),
    covers: IpAddress.optional().describe('Only routes that match this address, longest first: how it is reached'),
    within: Within.optional().describe('Only destinations in this network, such as "10.0.0.0/8"'),
    gateway: z.string().min(1).max(128).optional().describe('Only routes by this address or interface'),
    active: z.boolean().optional().describe('Only routes in use, or only the others'),
    protocol: RouteProtocol.optional().describe('Only routes from here'),
    table: z.string().min(1).max(64).optional().describe('Only this routing table, such as "main"'),
  }),
  item: Route,
  items: 'routes',
  limits: { usual: 100, most: 500 },
  read: async (router, { family, covers, within, gateway, active, protocol, table }) => {
    const rows = await readRoutes(router, familyOf(family, covers, within), {
      gateway,
      'routing-table': table,
      ...(protocol === undefined || protocol === 'other' ? {} : { [PROTOCOL_FLAGS[protocol]]: 'true' }),
    });
    const network = within === undefined ? null : parsePrefix(within);
    const wanted = (covers === undefined ? rows : matching(rows, covers)).filter(
      (row) =>
        isWanted(active, toFlag(row['active'])) &&
        isWanted(protocol, protocolOf(row)) &&
        isWanted(table, tableOf(row)) &&
        (gateway === undefined || goesBy(row, gateway)) &&
        (network === null || liesIn(row['dst-address'] ?? '', network)),
    );
    return { rows: wanted.map(toRoute) };
  },
});

/** Gateways come with their interface (`fe80::1%ether1`) or table (`10.0.0.1@main`), and several of them as a list. */
function goesBy({ gateway = '', 'immediate-gw': immediate = '' }: RouterRecord, wanted: string): boolean {
  return [...gateway.split(','), ...immediate.split(',')].some(
    (hop) => hop === wanted || hop.split(/[%@]/).includes(wanted),
  );
}

/** The routes that a packet to the address could take, the longest prefix first. */
function matching(rows: readonly RouterRecord[], address: string): RouterRecord[] {
  return rows
    .flatMap((row) => {
      const network = destinationOf(row['dst-address'] ?? '');
      return network !== null && isWithin(address, network) ? [{ row, length: network.length }] : [];
    })
    .toSorted((left, right) => right.length - left.length)
    .map(({ row }) => row);
}

/** Link-local destinations come with their interface (`fe80::%ether1/64`). */
function destinationOf(text: string): Prefix | null {
  return parsePrefix(text.replace(/%[^/]*/, ''));
}

function liesIn(destination: string, network: Prefix): boolean {
  const found = destinationOf(destination);
  return found !== null && found.length >= network.length && isWithin(destination, network);
}

function toRoute(row: RouterRecord): z.input<typeof Route> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    destination: toRequiredText(row['dst-address'], 'dst-address'),
    gateway: row['gateway'] || null,
    immediateGateway: row['immediate-gw'] || null,
    distance: distanceOf(row),
    scope: toNumber(row['scope']),
    targetScope: toNumber(row['target-scope']),
    table: tableOf(row),
    protocol: protocolOf(row),
    active: toFlag(row['active']),
    dynamic: toBoolean(row['dynamic']),
    disabled: toBoolean(row['disabled']),
    ecmp: toFlag(row['ecmp']),
    blackhole: toFlag(row['blackhole']),
    preferredSource: row['pref-src'] || null,
    checkGateway: row['check-gateway'] || null,
    comment: row['comment'] ?? null,
  };
}
