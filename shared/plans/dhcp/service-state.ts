import { z } from 'zod';
import type { RouterValues } from '../../domain/change.ts';
import { INTERFACE } from '../../operations/interface/configured-interface.ts';
import { listAtMost } from '../../operations/list-at-most.ts';
import { AppError } from '../../errors/app-error.ts';
import { findManagementPath } from '../../routeros/management-path.ts';
import { isWithin, parsePrefix } from '../../routeros/prefixes.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { isDynamic } from '../../routeros/row-key.ts';
import { toBoolean, toFlag } from '../../routeros/values.ts';
import { heldRow } from '../row-steps.ts';
import type { DhcpServiceInput } from './service-wish.ts';

export const POOL = '/ip/pool';
export const POOL_USED = '/ip/pool/used';
export const NETWORK = '/ip/dhcp-server/network';
export const SERVER = '/ip/dhcp-server';
export const LEASE = '/ip/dhcp-server/lease';
export const OPTION = '/ip/dhcp-server/option';
export const ADDRESS = '/ip/address';
export const DHCP_CLIENT = '/ip/dhcp-client';
export const PPP_PROFILE = '/ppp/profile';

export const POOL_FIELDS = ['name', 'ranges', 'next-pool', 'comment'];

export const NETWORK_FIELDS = [
  'address',
  'boot-file-name',
  'caps-manager',
  'comment',
  'dhcp-option',
  'dhcp-option-set',
  'dns-none',
  'dns-server',
  'domain',
  'gateway',
  'netmask',
  'next-server',
  'ntp-none',
  'ntp-server',
  'wins-server',
];

/** All that can be written, but for the script that a server runs: that may hold secrets. */
export const SERVER_FIELDS = [
  'name',
  'interface',
  'address-pool',
  'lease-time',
  'disabled',
  'comment',
  'relay',
  'add-arp',
  'address-lists',
  'allow-dual-stack-queue',
  'always-broadcast',
  'authoritative',
  'bootp-lease-time',
  'bootp-support',
  'client-mac-limit',
  'conflict-detection',
  'delay-threshold',
  'dhcp-option-set',
  'dynamic-lease-identifiers',
  'insert-queue-before',
  'parent-queue',
  'server-address',
  'support-broadband-tr101',
  'use-framed-as-classless',
  'use-radius',
  'use-reconfigure',
];

const Row = z.record(z.string(), z.string());
const Flag = z.enum(['true', 'false']);

export const DhcpServiceState = z.strictObject({
  pools: z.array(Row),
  networks: z.array(Row),
  servers: z.array(z.strictObject({ row: Row, dynamic: Flag, hasScript: Flag })),
  /** Those that servers asked for are on or come to. */
  interfaces: z.array(
    z.strictObject({
      name: z.string(),
      dynamic: Flag,
      slave: Flag,
      isDhcpClient: Flag,
      addresses: z.array(z.string()),
    }),
  ),
  /** DHCP options of the router. */
  options: z.array(z.string()),
  /** Who else takes from pools that are removed, in words. */
  poolUsers: z.array(z.strictObject({ pool: z.string(), by: z.string() })),
  /** Static leases of servers, of pools and in networks that are removed. */
  staticLeases: z.array(z.strictObject({ macAddress: z.string(), address: z.string(), server: z.string() })),
  /** Clients that hold a lease of a server that is removed. */
  boundClients: z.array(z.strictObject({ server: z.string(), clients: z.int() })),
  /** Interfaces on the way by which the router is managed; null where it was not asked, or could not be told. */
  managed: z.strictObject({ interfaces: z.array(z.string()).nullable() }).nullable(),
});
export type DhcpServiceState = z.output<typeof DhcpServiceState>;

export async function captureService(router: Router, input: DhcpServiceInput): Promise<DhcpServiceState> {
  const pools = (await router.list(POOL, { fields: POOL_FIELDS })).map(heldPool);
  const networks = (await router.list(NETWORK, { fields: [...NETWORK_FIELDS, 'dynamic'] }))
    .filter((row) => !isDynamic(row))
    .map((row) => heldRow(row, NETWORK_FIELDS));
  const servers = (await router.list(SERVER, { fields: [...SERVER_FIELDS, 'dynamic', 'lease-script'] })).map((row) => ({
    row: { disabled: 'false', ...heldRow(row, SERVER_FIELDS) },
    dynamic: flag(isDynamic(row)),
    hasScript: flag(Boolean(row['lease-script'])),
  }));
  const wantedServers = input.servers.filter(({ state }) => state === 'present');
  return {
    pools: pools.toSorted(by('name')),
    networks: networks.toSorted(by('address')),
    servers: servers.toSorted((one, other) => by('name')(one.row, other.row)),
    interfaces: await interfacesOf(
      router,
      interfacesAsked(
        input,
        servers.map(({ row }) => row),
      ),
    ),
    options: input.networks.some(({ options }) => options?.length) ? await namesIn(router, OPTION) : [],
    poolUsers: await usersOf(router, absent(input.pools)),
    staticLeases: await leasesInTheWay(router, input),
    boundClients: await clientsOf(router, absent(input.servers)),
    managed: wantedServers.length === 0 ? null : { interfaces: await managementInterfaces(router) },
  };
}

/** Some versions print that there is no next one. */
function heldPool(row: RouterRecord): RouterValues {
  const { 'next-pool': next = 'none', ...pool } = heldRow(row, POOL_FIELDS);
  return next === 'none' ? pool : { ...pool, 'next-pool': next };
}

/** Of wishes to remove, the names. */
export function absent(wishes: readonly { name: string; state: 'present' | 'absent' }[]): Set<string> {
  return new Set(wishes.flatMap(({ name, state }) => (state === 'absent' ? [name] : [])));
}

function interfacesAsked({ servers }: DhcpServiceInput, held: readonly RouterRecord[]): Set<string> {
  const names = servers
    .filter(({ state }) => state === 'present')
    .map((wish) => wish.interface ?? held.find(({ name }) => name === wish.name)?.['interface']);
  return new Set(names.filter((name) => name !== undefined));
}

async function interfacesOf(router: Router, asked: ReadonlySet<string>): Promise<DhcpServiceState['interfaces']> {
  if (asked.size === 0) return [];
  const rows = await router.list(INTERFACE, { fields: ['name', 'dynamic', 'slave'] });
  const addresses = await router.list(ADDRESS, { fields: ['address', 'interface', 'disabled'] });
  const clients = await router.list(DHCP_CLIENT, { fields: ['interface', 'disabled'] });
  return rows
    .filter(({ name = '' }) => asked.has(name))
    .map((row) => ({
      name: row['name'] ?? '',
      dynamic: flag(isDynamic(row)),
      slave: flag(toFlag(row['slave'])),
      isDhcpClient: flag(enabledOn(clients, row['name']).length > 0),
      addresses: enabledOn(addresses, row['name'])
        .map(({ address = '' }) => address)
        .toSorted(),
    }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function enabledOn(rows: readonly RouterRecord[], name: string | undefined): RouterRecord[] {
  return rows.filter((row) => row['interface'] === name && !toBoolean(row['disabled']));
}

async function namesIn(router: Router, menu: string): Promise<string[]> {
  const rows = await router.list(menu, { fields: ['name'] });
  return rows.flatMap(({ name }) => name ?? []).toSorted();
}

/** Tunnels, hotspots and whoever else; leases of DHCP servers go with their servers. */
async function usersOf(router: Router, pools: ReadonlySet<string>): Promise<DhcpServiceState['poolUsers']> {
  if (pools.size === 0) return [];
  const profiles = await router.list(PPP_PROFILE, { fields: ['name', 'local-address', 'remote-address'] });
  const used = await router.list(POOL_USED, { fields: ['pool', 'owner'] });
  const users = [
    ...profiles.flatMap((row) =>
      [row['local-address'], row['remote-address']].map((pool) => ({ pool, by: `the PPP profile ${row['name']}` })),
    ),
    ...used.map(({ pool, owner = '' }) => ({ pool, by: owner === 'DHCP' ? '' : `clients of ${owner}` })),
  ];
  const known = new Map<string, { pool: string; by: string }>();
  for (const { pool = '', by: user } of users) {
    if (user !== '' && pools.has(pool)) known.set(`${pool} ${user}`, { pool, by: user });
  }
  return [...known.values()].toSorted((one, other) => (`${one.pool} ${one.by}` < `${other.pool} ${other.by}` ? -1 : 1));
}

async function leasesInTheWay(router: Router, input: DhcpServiceInput): Promise<DhcpServiceState['staticLeases']> {
  const [pools, servers] = [absent(input.pools), absent(input.servers)];
  const networks = input.networks.flatMap(({ address, state }) =>
    state === 'absent' ? (parsePrefix(address) ?? []) : [],
  );
  if (pools.size + servers.size + networks.length === 0) return [];
  const rows = await listAtMost(router, LEASE, {
    fields: ['mac-address', 'address', 'server', 'dynamic'],
    only: { dynamic: 'false' },
    hint: 'Remove them at a router with so many static leases.',
  });
  return rows
    .filter((row) => !isDynamic(row))
    .map((row) => ({
      macAddress: row['mac-address'] ?? '',
      address: row['address'] ?? '',
      server: row['server'] ?? '',
    }))
    .filter(
      ({ address, server }) =>
        servers.has(server) || pools.has(address) || networks.some((network) => isWithin(address, network)),
    )
    .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
}

async function clientsOf(router: Router, servers: ReadonlySet<string>): Promise<DhcpServiceState['boundClients']> {
  const counts = [];
  for (const server of [...servers].toSorted()) {
    const clients = await router.count(LEASE, { server, status: 'bound' });
    if (clients > 0) counts.push({ server, clients });
  }
  return counts;
}

async function managementInterfaces(router: Router): Promise<string[] | null> {
  try {
    return [...(await findManagementPath(router)).interfaces].toSorted();
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNSAFE_OPERATION') return null;
    throw error;
  }
}

export function flag(is: boolean): 'true' | 'false' {
  return is ? 'true' : 'false';
}

function by(field: string): (one: RouterRecord, other: RouterRecord) => number {
  return (one, other) => ((one[field] ?? '') < (other[field] ?? '') ? -1 : 1);
}
