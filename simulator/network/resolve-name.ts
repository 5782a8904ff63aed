import type { Item, RouterView } from '../engine/definition.ts';
import { parseDurationMs } from '../values/duration.ts';
import { isIpAddress } from '../values/ip-address.ts';
import { answersFrom } from './answers-from.ts';
import { peerDnsServers } from './upstream-lease.ts';
import { matchesPattern } from '../values/pattern.ts';

export type DnsType = 'A' | 'AAAA' | 'CNAME' | 'MX' | 'NS' | 'SRV' | 'TXT';

/** One record of an answer. */
export type DnsRecord = {
  readonly name: string;
  readonly type: DnsType;
  readonly data: string;
  readonly ttlMs: number;
};

/** What the router's resolver says of a name; without records it does not exist. */
export type DnsAnswer = { readonly records: readonly DnsRecord[]; readonly from: 'static' | 'upstream' };

/**
 * Asks the router's resolver: entries of its own first, then a server upstream that it can reach. Undefined when no
 * server answers. Changes nothing: what is remembered is the caller's business.
 */
export function resolveName(router: RouterView, name: string, type: DnsType = 'A'): DnsAnswer | undefined {
  return resolveFrom(router, name, type, MOST_ALIASES);
}

/** Aliases followed one after the other, at most. */
const MOST_ALIASES = 8;

function resolveFrom(router: RouterView, name: string, type: DnsType, aliasesLeft: number): DnsAnswer | undefined {
  const entries = staticEntries(router, name);
  if (entries.some(({ values }) => values['type'] === 'NXDOMAIN')) return { records: [], from: 'static' };
  const own = entries.filter(({ values }) => values['type'] === type);
  if (own.length > 0) return { records: own.map((entry) => recordOf(entry, name, type)), from: 'static' };
  const alias = entries.find(({ values }) => values['type'] === 'CNAME');
  if (alias && aliasesLeft > 0) {
    const target = alias.values['cname'] ?? '';
    const rest = resolveFrom(router, target, type, aliasesLeft - 1);
    return rest && { records: [recordOf(alias, name, 'CNAME'), ...rest.records], from: 'static' };
  }
  const forward = entries.find(({ values }) => values['type'] === 'FWD')?.values['forward-to'];
  return forward === undefined ? askUpstream(router, name, type) : askForwarder(router, name, type, forward);
}

/** Entries of the configuration that speak of a name, in their order. */
function staticEntries(router: RouterView, name: string): Item[] {
  return router.items('/ip/dns/static').filter(({ values }) => {
    if (values['disabled'] === 'true') return false;
    const { name: own, regexp } = values;
    if (regexp !== undefined) return matchesPattern(regexp, name, 'i');
    const wanted = own?.toLowerCase() ?? '';
    const asked = name.toLowerCase().replace(/\.$/, '');
    return asked === wanted || (values['match-subdomain'] === 'true' && asked.endsWith(`.${wanted}`));
  });
}

/** The value field of each type. */
export const VALUE_FIELDS: Readonly<Record<DnsType, string>> = {
  A: 'address',
  AAAA: 'address',
  CNAME: 'cname',
  MX: 'mx-exchange',
  NS: 'ns',
  SRV: 'srv-target',
  TXT: 'text',
};

function recordOf({ values }: Item, name: string, type: DnsType): DnsRecord {
  const data = values[VALUE_FIELDS[type]] ?? '';
  return { name, type, data, ttlMs: parseDurationMs(values['ttl'] ?? '1d') ?? 0 };
}

/** The servers that the router asks: those of the configuration, and those that it was told of. */
export function nameServers(router: RouterView): string[] {
  const configured = (router.singleton('/ip/dns')['servers'] ?? '').split(',').filter((server) => server !== '');
  return [...configured, ...peerDnsServers(router)];
}

function askUpstream(router: RouterView, name: string, type: DnsType): DnsAnswer | undefined {
  const overHttps = router.singleton('/ip/dns')['use-doh-server'] ?? '';
  const answered =
    overHttps === '' ? nameServers(router).some((server) => answersFrom(router, server)) : hasInternet(router);
  return answered ? { records: recordsOfWorld(name, type), from: 'upstream' } : undefined;
}

/** A forwarder is an address, or the name of a row of `/ip/dns/forwarders`. */
function askForwarder(router: RouterView, name: string, type: DnsType, forwardTo: string): DnsAnswer | undefined {
  const row = router.items('/ip/dns/forwarders').find(({ values }) => values['name'] === forwardTo);
  const servers = (row?.values['dns-servers'] ?? forwardTo).split(',').filter((server) => isIpAddress(server));
  if (!servers.some((server) => answersFrom(router, server))) return undefined;
  return { records: recordsOfWorld(name, type), from: 'upstream' };
}

const hasInternet = (router: RouterView): boolean => answersFrom(router, '1.1.1.1');

/** Names under these ends can never exist outside (RFC 2606, RFC 6761, RFC 6762, RFC 8375). */
const PRIVATE_ENDS = /(^|\.)(invalid|test|localhost|local|lan|internal|home\.arpa)\.?$/i;

/** Every public name exists and always has the same addresses, of documentation networks (RFC 5737, RFC 3849). */
function recordsOfWorld(name: string, type: DnsType): DnsRecord[] {
  if (!name.includes('.') || PRIVATE_ENDS.test(name)) return [];
  const hash = hashOf(name.toLowerCase());
  const ttlMs = timeToLiveMs(name);
  switch (type) {
    case 'A':
      return [{ name, type, data: `203.0.113.${(hash % 254) + 1}`, ttlMs }];
    case 'AAAA':
      return [{ name, type, data: `2001:db8:${(hash % 0xffff).toString(16)}::${(hash % 254) + 1}`, ttlMs }];
    case 'MX':
      return [{ name, type, data: `mail.${name}`, ttlMs }];
    default:
      return [];
  }
}

/** How long answers about a public name keep, in milliseconds: between one minute and 55. */
export function timeToLiveMs(name: string): number {
  return (60 + (hashOf(name.toLowerCase()) % 55) * 60) * 1000;
}

function hashOf(text: string): number {
  let hash = 5381;
  for (const character of text) hash = (hash * 33 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}
