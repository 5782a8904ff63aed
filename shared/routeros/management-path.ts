import { AppError } from '../errors/app-error.ts';
import { canonicalAddress } from './addresses.ts';
import { isWithin, parsePrefix, type Prefix } from './prefixes.ts';
import type { Router, RouterRecord } from './router.ts';
import { toBoolean, toFlag, toList } from './values.ts';

/** How a router is managed, as seen by the router itself. */
export interface ManagementPath {
  /** Its own addresses that managers talk to; none when they see another one, and the router does not show connections. */
  addresses: ReadonlySet<string>;
  /** Addresses of those who are connected to it by the services that manage it, as it sees them. */
  managers: ReadonlySet<string>;
  /** What it must be able to reach to answer them: the managers themselves, and the next hops on the way to them. */
  peers: ReadonlySet<string>;
  /** By which its answers leave, and which have those addresses. */
  interfaces: ReadonlySet<string>;
  /** The routing tables in which its answers are looked up. */
  tables: ReadonlySet<string>;
}

const ADDRESSES = ['/ip/address', '/ipv6/address'] as const;
const SERVICES = '/ip/service';
const SESSIONS = '/user/active';
const ROUTES = { 4: '/ip/route', 6: '/ipv6/route' } as const;

/** What `findManagementPath` reads. */
export const MANAGEMENT_MENUS: readonly string[] = [...ADDRESSES, SERVICES, SESSIONS, ...Object.values(ROUTES)];

/** A larger table is not read to find one way. */
const MOST_ROUTES = 10_000;
/** By which Convoy manages routers: as services, and as sessions call them. */
export const MANAGEMENT_SERVICES: ReadonlySet<string> = new Set(['www', 'www-ssl', 'ssh']);
const MANAGEMENT_SESSIONS: ReadonlySet<string> = new Set(['rest-api', 'ssh']);
const MAIN_TABLE = 'main';

/**
 * Finds the way by which the router is being managed at this moment: from the address it is reached under, its open
 * connections (7.19 and later show them) or else its sessions, and its routes back to them. Fails with UNSAFE_OPERATION
 * when nothing tells; then nothing may be changed that could be that way.
 */
export async function findManagementPath(router: Router): Promise<ManagementPath> {
  const own = await ownAddresses(router);
  const connections = await openConnections(router);
  const managers = connections.length > 0 ? connections.map(({ manager }) => manager) : await sessionsOf(router);
  const addresses = new Set(
    [router.host, ...connections.map(({ local }) => local)]
      .map((text) => canonicalAddress(text) ?? '')
      .filter((address) => own.some((row) => row.address === address)),
  );
  const managed = own.filter(({ address }) => addresses.has(address));
  const tables = new Set(managed.length === 0 ? [MAIN_TABLE] : managed.map(({ table }) => table));
  const hops = await waysBack(router, new Set(managers), { managed, tables });
  const interfaces = new Set([...managed.flatMap((row) => row.interfaces), ...hops.flatMap((hop) => hop.interface)]);
  if (interfaces.size === 0) throw managementUnknown();
  const peers = new Set([...managers, ...hops.flatMap(({ next }) => next)]);
  return { addresses, managers: new Set(managers), peers, interfaces, tables };
}

/** What is answered when nothing tells how the router is managed. */
export function managementUnknown(): AppError {
  return new AppError('UNSAFE_OPERATION', {
    message:
      'By which interface and address the router is managed could not be found out, so nothing that may be part of it is changed.',
    hint: 'Make the change at the router, or register it under an address of its own.',
  });
}

interface OwnAddress {
  address: string;
  /** With the length of its prefix. */
  network: string;
  interfaces: string[];
  /** The routing table that its packets take: that of a VRF has the name of the VRF. */
  table: string;
}

async function ownAddresses(router: Router): Promise<OwnAddress[]> {
  const fields = ['address', 'interface', 'actual-interface', 'vrf', 'disabled'];
  const rows = [];
  for (const menu of ADDRESSES) rows.push(...(await router.list(menu, { fields })));
  return rows
    .filter((row) => !toBoolean(row['disabled']))
    .map((row) => ({
      address: canonicalAddress(row['address']?.split('/')[0] ?? '') ?? '',
      network: row['address'] ?? '',
      interfaces: [row['interface'], row['actual-interface']].filter((name) => name !== undefined),
      table: row['vrf'] || MAIN_TABLE,
    }));
}

async function openConnections(router: Router): Promise<{ local: string; manager: string }[]> {
  const rows = await router.list(SERVICES, { fields: ['name', 'connection', 'local', 'remote'] });
  return rows
    .filter((row) => toBoolean(row['connection']) && MANAGEMENT_SERVICES.has(row['name'] ?? ''))
    .map((row) => ({ local: withoutPort(row['local']), manager: withoutPort(row['remote']) }))
    .filter(({ manager }) => manager !== '');
}

async function sessionsOf(router: Router): Promise<string[]> {
  const rows = await router.list(SESSIONS, { fields: ['address', 'via'] });
  return rows
    .filter((row) => MANAGEMENT_SESSIONS.has(row['via'] ?? ''))
    .map((row) => canonicalAddress(row['address'] ?? '') ?? '')
    .filter((address) => address !== '');
}

interface Hop {
  next: string[];
  interface: string[];
}

async function waysBack(
  router: Router,
  managers: ReadonlySet<string>,
  { managed, tables }: { managed: readonly OwnAddress[]; tables: ReadonlySet<string> },
): Promise<Hop[]> {
  const hops: Hop[] = [];
  for (const family of [4, 6] as const) {
    const wanted = [...managers].flatMap((address) => {
      const prefix = parsePrefix(address);
      return prefix?.family === family ? [address] : [];
    });
    if (wanted.length === 0) continue;
    if ((await router.count(ROUTES[family])) > MOST_ROUTES) {
      if (wanted.every((address) => isNextTo(address, managed))) continue;
      throw managementUnknown();
    }
    const routes = (await router.list(ROUTES[family], { fields: ROUTE_FIELDS })).filter(isUsed);
    for (const table of tables) {
      const ofTable = routes.filter((row) => (row['routing-table'] ?? MAIN_TABLE) === table);
      hops.push(...wanted.flatMap((address) => hopsTo(address, ofTable)));
    }
  }
  return hops;
}

/** On a network that one of the addresses is part of: there it needs no route to it. */
function isNextTo(manager: string, managed: readonly OwnAddress[]): boolean {
  return managed.some(({ network }) => {
    const prefix = parsePrefix(network);
    return prefix !== null && isWithin(manager, prefix);
  });
}

const ROUTE_FIELDS = ['dst-address', 'gateway', 'immediate-gw', 'active', 'routing-table', 'blackhole'];

function isUsed(row: RouterRecord): boolean {
  return toFlag(row['active']) && !toFlag(row['blackhole']);
}

/** By the routes with the longest prefix; several when packets are spread over them. */
function hopsTo(address: string, routes: readonly RouterRecord[]): Hop[] {
  const matching = routes.flatMap((row): { prefix: Prefix; row: RouterRecord }[] => {
    const prefix = parsePrefix(row['dst-address'] ?? '');
    return prefix !== null && isWithin(address, prefix) ? [{ prefix, row }] : [];
  });
  const longest = Math.max(...matching.map(({ prefix }) => prefix.length));
  return matching.filter(({ prefix }) => prefix.length === longest).map(({ row }) => hopOf(row));
}

/** `10.0.0.1%ether1`, or the interface alone on a network the router is part of; several as a list. */
function hopOf({ gateway = '', 'immediate-gw': immediate = '' }: RouterRecord): Hop {
  const ways = toList(immediate === '' ? gateway : immediate).map((way) => way.split('@')[0] ?? '');
  const parts = ways.map((way) => way.split('%'));
  return {
    next: parts.flatMap(([first = '']) => canonicalAddress(first) ?? []),
    interface: parts.flatMap(([first = '', zone]) => zone ?? (canonicalAddress(first) === null ? first : [])),
  };
}

/** The address of `192.0.2.1:51544`, `[2001:db8::1]:51544` or an address alone. */
function withoutPort(text = ''): string {
  const bracketed = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1];
  const plain = /^([\d.]+):\d+$/.exec(text)?.[1];
  return canonicalAddress(bracketed ?? plain ?? text) ?? '';
}
