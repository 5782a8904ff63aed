import type { RouterView } from '../engine/definition.ts';
import { type IpAddress, parseIp } from '../values/ip-prefix.ts';
import { addressOf } from './dns-cache.ts';
import { interfaceOf, isUp } from './links.ts';
import { lookUpRoute, type RouteLookUp } from './look-up-route.ts';
import { carriesTo, hopsBetween, isLost, mannerOf } from './outside.ts';
import { isOwnAddress } from './own-addresses.ts';

/** How packets of the router travel to a destination. Everything follows from routes, interfaces and the world. */
export type Journey = {
  /** The routers on the way, nearest first, and the destination; empty for the router itself. */
  readonly hops: readonly string[];
  /** How far packets come: `arrives` includes destinations that lose some. */
  readonly end: 'arrives' | 'silent' | 'host unreachable' | 'no route to host';
  readonly losesSome: boolean;
  /** The router's own address on the way. */
  readonly source?: string;
};

export type JourneyOptions = {
  readonly source?: string;
  /** Id of the interface that packets must leave by. */
  readonly interface?: string;
  readonly table?: string;
};

/** Follows packets from the router to an address. */
export function reachOut(router: RouterView, address: string, options: JourneyOptions = {}): Journey {
  const target = parseIp(address.split('%')[0] ?? '');
  if (!target) return NOWHERE;
  const { source, table } = options;
  const way = lookUpRoute(router, address, { source, table });
  if (way.kind === 'local') return { hops: [], end: 'arrives', losesSome: false };
  if (way.kind !== 'forward') return NOWHERE;
  if (options.interface !== undefined && options.interface !== way.interface) {
    const port = interfaceOf(router, options.interface);
    return port && isUp(router, port.id) ? { ...NOWHERE, end: 'silent' } : NOWHERE;
  }
  // Answers to an address that is not the router's go elsewhere.
  const answersReturn = source === undefined || isOwnAddress(router, source);
  return travel(way, target, address, answersReturn);
}

/** Does a machine answer when the router knocks? Lost packets do not matter: it is asked again. */
export const answers = (journey: Journey): boolean => journey.end === 'arrives';

/** Does the packet with a number (from 0) come back? */
export function comesBack(journey: Journey, sequence: number): boolean {
  return answers(journey) && !(journey.losesSome && isLost(sequence));
}

/** The address behind a name or an address; undefined when the name does not exist. */
export function addressBehind(router: RouterView, host: string): string | undefined {
  return parseIp(host.split('%')[0] ?? '') ? host : addressOf(router, host);
}

const NOWHERE: Journey = { hops: [], end: 'no route to host', losesSome: false };

type Forwarding = Extract<RouteLookUp, { kind: 'forward' }>;

function travel(way: Forwarding, target: IpAddress, address: string, answersReturn: boolean): Journey {
  const manner = mannerOf(target);
  const source = way.source === undefined ? {} : { source: way.source };
  const gateway = way.gateway === undefined ? undefined : parseIp(way.gateway);
  if (!gateway) {
    const end = manner === 'silent' ? 'host unreachable' : answersReturn ? 'arrives' : 'silent';
    return { hops: [address], end, losesSome: manner === 'loses-some', ...source };
  }
  if (mannerOf(gateway) === 'silent') return { hops: [], end: 'host unreachable', losesSome: false, ...source };
  const first = way.gateway ?? '';
  if (!carriesTo(gateway, target)) return { hops: [first], end: 'silent', losesSome: false, ...source };
  const hops = [first, ...(first === address ? [] : [...hopsBetween(target), address])];
  const end = manner === 'silent' || !answersReturn ? 'silent' : 'arrives';
  return { hops: end === 'silent' ? hops.slice(0, -1) : hops, end, losesSome: manner === 'loses-some', ...source };
}

/** Round-trip time to a hop (from 0) for a packet, in milliseconds: always the same for the same packet. */
export function roundTripMs(journey: Journey, hop: number, sequence: number): number {
  if (journey.hops.length === 0) return 0.061 + (sequence % 3) / 1000;
  const [first = ''] = journey.hops;
  const jitter = ((sequence * 37 + hop * 11 + first.length) % 90) / 1000;
  const base = hop === 0 ? 0.381 : 3.214 * hop + 1.7;
  return Math.round((base + jitter * (hop + 1)) * 1000) / 1000;
}
