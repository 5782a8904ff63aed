import { z } from 'zod';
import { CommentInput } from '../../operations/comment-input.ts';
import { InterfaceName } from '../../operations/list-filters.ts';
import { canonicalHostName, refused } from '../../routeros/addresses.ts';
import { parseIpv4 } from '../../routeros/ip-text.ts';
import { haveCommonAddress, parseRange, type Ipv4Range } from '../../routeros/ipv4-ranges.ts';
import { isNetwork, isWithin, parsePrefix } from '../../routeros/prefixes.ts';
import { absentWithMore, twice } from '../wish-rules.ts';

/** In place of a pool: a server that only serves static leases. */
export const STATIC_ONLY = 'static-only';
const MOST_OF_A_KIND = 50;
const MOST_MEMBERS = 16;
const LEAST_LEASE_SECONDS = 60;
const MONTH_SECONDS = 2_592_000;

export const ObjectName = z.string().min(1).max(63).check(refused(nameProblem));
const State = z.enum(['present', 'absent']).default('present');
const Comment = CommentInput.optional();

export const Ipv4Address = z.string().max(15).check(refused(addressProblem));
const AddressOrNone = z
  .string()
  .max(15)
  .check(refused((text) => (text === '' ? null : addressProblem(text))))
  .optional();
const Servers = z.array(Ipv4Address).max(MOST_MEMBERS).optional();

const Range = z.string().max(31).check(refused(rangeProblem)).overwrite(asPrinted);

/** Routers print a range of one address as the address. */
function asPrinted(text: string): string {
  const range = parseRange(text);
  return range !== null && range.first === range.last ? (text.split('-')[0] ?? text) : text;
}

const WantedPool = z.strictObject({
  name: ObjectName,
  ranges: z
    .array(Range)
    .min(1)
    .max(MOST_MEMBERS)
    .optional()
    .describe('All of it, such as "192.0.2.10-192.0.2.99"; a new pool needs them'),
  nextPool: z
    .string()
    .max(63)
    .check(refused((text) => (text === '' ? null : nameProblem(text))))
    .optional()
    .describe('Taken from when this one is used up'),
  comment: Comment,
  state: State,
});
export type WantedPool = z.output<typeof WantedPool>;

const WantedNetwork = z.strictObject({
  address: z.string().max(18).check(refused(networkProblem)).describe('Such as "192.0.2.0/24"'),
  gateway: AddressOrNone,
  dnsServers: Servers,
  ntpServers: Servers,
  domain: z.string().max(253).check(refused(domainProblem)).optional(),
  nextServer: AddressOrNone.describe('From where clients boot'),
  bootFileName: z.string().max(127).optional(),
  options: z.array(ObjectName).max(MOST_MEMBERS).optional().describe('Names of its DHCP options'),
  comment: Comment,
  state: State,
});
export type WantedNetwork = z.output<typeof WantedNetwork>;

const WantedServer = z.strictObject({
  name: ObjectName,
  interface: InterfaceName.optional().describe('A new server needs it, and a pool'),
  pool: ObjectName.optional().describe('Or "static-only"'),
  leaseTimeSeconds: z.int().min(LEAST_LEASE_SECONDS).max(MONTH_SECONDS).optional(),
  enabled: z.boolean().optional().describe('A new one is'),
  comment: Comment,
  state: State,
});
export type WantedServer = z.output<typeof WantedServer>;

export const DhcpServiceInput = z.strictObject({
  pools: z
    .array(WantedPool)
    .max(MOST_OF_A_KIND)
    .default([])
    .describe('By name. What is left out stays; "" or [] takes a field away'),
  networks: z.array(WantedNetwork).max(MOST_OF_A_KIND).default([]).describe('What clients are told, by network'),
  servers: z.array(WantedServer).max(MOST_OF_A_KIND).default([]).describe('By name; one an interface'),
});
export type DhcpServiceInput = z.output<typeof DhcpServiceInput>;

/** What a wish says against itself, as a sentence; null when nothing. */
export function refuseService({ pools, networks, servers }: DhcpServiceInput): string | null {
  if (pools.length + networks.length + servers.length === 0) return 'give pools, networks or servers';
  return (
    twice(
      'pools',
      pools.map(({ name }) => name),
    ) ??
    twice(
      'networks',
      networks.map(({ address }) => address),
    ) ??
    twice(
      'servers',
      servers.map(({ name }) => name),
    ) ??
    absentWithMore('pools', pools, ['name']) ??
    absentWithMore('networks', networks, ['address']) ??
    absentWithMore('servers', servers, ['name']) ??
    overlapOfPools(pools) ??
    loopOfPools(pools) ??
    outsideGateway(networks) ??
    goneReference(pools, servers)
  );
}

function overlapOfPools(pools: readonly WantedPool[]): string | null {
  const ranges = pools.flatMap(({ ranges: given = [] }, pool) =>
    given.flatMap((text, at): { range: Ipv4Range; path: string }[] => {
      const range = parseRange(text);
      return range === null ? [] : [{ range, path: `pools[${pool}].ranges[${at}]` }];
    }),
  );
  for (const [index, one] of ranges.entries()) {
    const other = ranges.slice(0, index).find(({ range }) => haveCommonAddress(range, one.range));
    if (other) return `${one.path} has addresses of ${other.path}`;
  }
  return null;
}

function loopOfPools(pools: readonly WantedPool[]): string | null {
  const nextOf = new Map(pools.map(({ name, nextPool }) => [name, nextPool]));
  for (const { name } of pools) {
    const seen = new Set([name]);
    for (let next = nextOf.get(name); next; next = nextOf.get(next)) {
      if (seen.has(next)) return `pools: ${name} leads back to ${next} by nextPool`;
      seen.add(next);
    }
  }
  return null;
}

function outsideGateway(networks: readonly WantedNetwork[]): string | null {
  for (const [index, { address, gateway }] of networks.entries()) {
    const network = parsePrefix(address);
    if (!gateway || network === null || isWithin(gateway, network)) continue;
    return `networks[${index}].gateway: ${gateway} is outside of ${address}`;
  }
  return null;
}

function goneReference(pools: readonly WantedPool[], servers: readonly WantedServer[]): string | null {
  const gone = new Set(pools.flatMap(({ name, state }) => (state === 'absent' ? [name] : [])));
  const server = servers.findIndex(({ pool }) => pool !== undefined && gone.has(pool));
  if (server !== -1) return `servers[${server}].pool: ${servers[server]?.pool} is removed by the same plan`;
  const next = pools.findIndex(({ nextPool }) => nextPool !== undefined && gone.has(nextPool));
  return next === -1 ? null : `pools[${next}].nextPool: ${pools[next]?.nextPool} is removed by the same plan`;
}

function nameProblem(text: string): string | null {
  if (/^[A-Za-z0-9_][A-Za-z0-9 ._:@+()/-]*$/.test(text)) return null;
  return `${JSON.stringify(text)} is not a name of letters, digits, spaces and "._:@+()/-"`;
}

function addressProblem(text: string): string | null {
  return parseIpv4(text) === null ? `${JSON.stringify(text)} is not an IPv4 address` : null;
}

function rangeProblem(text: string): string | null {
  if (parseRange(text) !== null && !text.includes('/')) return null;
  return `${JSON.stringify(text)} is not a range such as "192.0.2.10-192.0.2.99"`;
}

function networkProblem(text: string): string | null {
  const prefix = parsePrefix(text);
  const given = JSON.stringify(text);
  if (prefix?.family !== 4 || !text.includes('/')) return `${given} is not an IPv4 network such as "192.0.2.0/24"`;
  if (prefix.length < 8) return `${given} is wider than /8; give the network of one interface`;
  return isNetwork(prefix) ? null : `${given} has bits behind its prefix length; give the network`;
}

function domainProblem(text: string): string | null {
  if (text === '' || canonicalHostName(text) !== null) return null;
  return `${JSON.stringify(text.slice(0, 64))} is not a domain name`;
}
