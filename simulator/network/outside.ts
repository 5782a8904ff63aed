import { formatIpv4, parseIpv4 } from '../values/ip-address.ts';
import { type IpAddress, parseIp, parseIpPrefix, prefixContains } from '../values/ip-prefix.ts';

/**
 * The world around a router. Its first port leads to the network 10.20.0.0/16, whose gateway 10.20.0.1 knows the
 * Internet, hands out addresses and resolves names. Machines of the documentation networks of RFC 5737 misbehave in
 * known ways; everything else answers.
 */

/** The next hop of a new router's default route, which is also the DHCP and DNS server upstream. */
export const UPLINK_GATEWAY = '10.20.0.1';

/** Length of the network upstream's prefix. */
export const UPLINK_LENGTH = 16;

/** Address of a new router towards its uplink, one for each place in the fleet. */
export const uplinkAddress = (index: number): string => offset('10.20.1.1', index);

/** Address that the DHCP server upstream gives to a router. */
export const leasedUplinkAddress = (index: number): string => offset('10.20.128.1', index);

/** How long the DHCP server upstream lends an address, in milliseconds. */
export const UPSTREAM_LEASE_MS = 3_600_000;

/** How a machine of the world treats packets that reach its network. */
export type Manner = 'answers' | 'silent' | 'loses-some';

/** TEST-NET-1 (192.0.2.0/24) never answers; TEST-NET-2 (198.51.100.0/24) loses every fourth packet. */
export function mannerOf(address: IpAddress): Manner {
  if (SILENT.some((prefix) => prefixContains(prefix, address))) return 'silent';
  if (LOSSY.some((prefix) => prefixContains(prefix, address))) return 'loses-some';
  return 'answers';
}

/** Which packets of a machine that loses some are lost: every fourth one. */
export const isLost = (sequence: number): boolean => sequence % 4 === 3;

/**
 * Does a gateway carry packets on to the destination? On the network upstream only its gateway knows the Internet; the
 * other machines there know private networks.
 */
export function carriesTo(gateway: IpAddress, destination: IpAddress): boolean {
  if (mannerOf(gateway) === 'silent') return false;
  if (!prefixContains(UPLINK_NETWORK, gateway) || gateway.value === UPLINK_GATEWAY_VALUE) return true;
  return PRIVATE.some((prefix) => prefixContains(prefix, destination));
}

/** Routers between the gateway and a destination, nearest first: the same ones at every look. */
export function hopsBetween(destination: IpAddress): readonly string[] {
  if (destination.family === 6) return ['2001:db8:ffff::1', `2001:db8:ffff::${(destination.value % 97n) + 2n}`];
  if (PRIVATE.some((prefix) => prefixContains(prefix, destination))) return [];
  const last = Number(destination.value % 250n) + 1;
  return ['100.64.0.1', `100.64.${last % 16}.${last}`];
}

const prefixes = (...texts: readonly string[]) => texts.flatMap((text) => parseIpPrefix(text) ?? []);

const SILENT = prefixes('192.0.2.0/24', '2001:db8:dead::/48');
const LOSSY = prefixes('198.51.100.0/24');
const PRIVATE = prefixes('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10');
const [UPLINK_NETWORK = { family: 4 as const, value: 0n, length: 32 }] = prefixes('10.20.0.0/16');
const UPLINK_GATEWAY_VALUE = parseIp(UPLINK_GATEWAY)?.value;

function offset(first: string, by: number): string {
  return formatIpv4((parseIpv4(first) ?? 0) + by);
}
