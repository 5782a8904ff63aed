import type { Item, RouterView } from '../engine/definition.ts';
import {
  formatIp,
  type IpAddress,
  type IpPrefix,
  networkPrefix,
  parseIp,
  parseIpPrefix,
  prefixContains,
} from '../values/ip-prefix.ts';
import { interfaceName, isUp } from './links.ts';
import { mannerOf } from './outside.ts';
import { derivedId, ownAddresses } from './own-addresses.ts';
import { upstreamLeases } from './upstream-lease.ts';

export type RouteSource = 'connect' | 'static' | 'dhcp' | 'ospf' | 'bgp';

/** A way out of the router. */
export type Hop = {
  /** Absent when the destination itself is on the link. */
  readonly gateway?: IpAddress;
  /** Id of the interface. */
  readonly interface: string;
};

/** A route as it is configured or learned. */
export type Candidate = {
  readonly id: string;
  readonly source: RouteSource;
  /** The row of the configuration. */
  readonly item?: Item;
  readonly destination: IpPrefix;
  /** Id of the routing table, or `main`. */
  readonly table: string;
  readonly distance: number;
  readonly scope: number;
  readonly targetScope: number;
  readonly blackhole: boolean;
  readonly checkGateway: boolean;
  /** As written: addresses, interface names, `address%interface`. Of connected routes the id of the interface. */
  readonly gateways: readonly string[];
  /** The router's own address on a connected network. */
  readonly localAddress?: IpAddress;
};

/** What became of a candidate. */
export type Route = Candidate & {
  /** Ways out that work now; empty when there is none. */
  readonly hops: readonly Hop[];
  readonly reachable: boolean;
  readonly active: boolean;
  /** Traffic is shared with other routes or between several gateways. */
  readonly ecmp: boolean;
};

/** Routes without those that neighbours told: what sessions with neighbours themselves travel over. */
export function configuredRoutes(router: RouterView, family: 4 | 6): readonly Route[] {
  return computeRoutes(router, family, []);
}

/** Works out which routes can be used, and which of those to the same destination are. */
export function computeRoutes(router: RouterView, family: 4 | 6, learned: readonly Candidate[]): readonly Route[] {
  const candidates = [
    ...connected(router, family),
    ...(family === 4 ? leased(router) : []),
    ...learned,
    ...configured(router, family),
  ];
  const rivals = Map.groupBy(candidates, rivalKey);
  const known = new Map<Candidate, readonly Hop[]>();
  const hopsOf = (candidate: Candidate): readonly Hop[] => {
    const found = known.get(candidate);
    if (found) return found;
    // A gateway that can only be reached over the route itself does not make it reachable.
    known.set(candidate, []);
    const hops = resolveHops(candidate, candidates, hopsOf, router);
    known.set(candidate, hops);
    return hops;
  };
  const reachable = (candidate: Candidate): boolean => candidate.blackhole || hopsOf(candidate).length > 0;
  return candidates.map((candidate) => {
    const usable = (rivals.get(rivalKey(candidate)) ?? []).filter(reachable);
    const best = Math.min(...usable.map(({ distance }) => distance));
    const active = reachable(candidate) && candidate.distance === best;
    const equals = usable.filter(({ distance }) => distance === best);
    const hops = hopsOf(candidate);
    return {
      ...candidate,
      hops,
      reachable: reachable(candidate),
      active,
      ecmp: active && candidate.source !== 'connect' && (equals.length > 1 || hops.length > 1),
    };
  });
}

const rivalKey = ({ table, destination }: Candidate): string =>
  `${table} ${destination.value.toString(16)}/${destination.length}`;

function connected(router: RouterView, family: 4 | 6): Candidate[] {
  return ownAddresses(router, family).flatMap((own) => {
    if (!own.usable) return [];
    const network = parseIp(own.network);
    const destination = network ? networkPrefix({ ...network, length: own.prefix.length }) : networkPrefix(own.prefix);
    return [
      {
        id: connectedId(destination, own.id),
        source: 'connect' as const,
        destination,
        table: 'main',
        distance: 0,
        scope: 10,
        targetScope: 5,
        blackhole: false,
        checkGateway: false,
        gateways: [own.actualInterface],
        localAddress: { family, value: own.prefix.value },
      },
    ];
  });
}

/** `*2018C0A8…`: the kernel's routes are numbered apart from those of the configuration. */
function connectedId(destination: IpPrefix, addressId: string): string {
  const bits = destination.family === 4 ? 16n : 112n;
  const network = (destination.value >> bits).toString(16).toUpperCase().padStart(4, '0');
  return `*2018${network}${addressId.slice(1)}`;
}

function leased(router: RouterView): Candidate[] {
  return upstreamLeases(router).flatMap(({ client, lease }) => {
    const destination = parseIpPrefix('0.0.0.0/0');
    if (!destination || client.values['add-default-route'] === 'no') return [];
    return [
      {
        ...LEARNED,
        id: derivedId(0x8000_1000, client),
        source: 'dhcp' as const,
        item: client,
        destination,
        distance: Number(client.values['default-route-distance'] ?? 1),
        gateways: [lease.gateway],
      },
    ];
  });
}

/** What learned routes have in common. */
const LEARNED = { table: 'main', scope: 30, targetScope: 10, blackhole: false, checkGateway: false } as const;

function configured(router: RouterView, family: 4 | 6): Candidate[] {
  return router.items(family === 4 ? '/ip/route' : '/ipv6/route').flatMap((item) => {
    const { values } = item;
    const destination = parseIpPrefix(values['dst-address'] ?? '');
    if (!destination || values['disabled'] === 'true') return [];
    return [
      {
        id: item.id,
        source: 'static' as const,
        item,
        destination,
        table: values['routing-table'] ?? 'main',
        distance: Number(values['distance']),
        scope: Number(values['scope']),
        targetScope: Number(values['target-scope']),
        blackhole: values['blackhole'] !== undefined,
        checkGateway: (values['check-gateway'] ?? 'none') !== 'none',
        gateways: gatewaysOf(values['gateway']),
      },
    ];
  });
}

export function gatewaysOf(gateway: string | undefined): string[] {
  return (gateway ?? '').split(',').filter((hop) => hop !== '');
}

function resolveHops(
  candidate: Candidate,
  candidates: readonly Candidate[],
  hopsOf: (candidate: Candidate) => readonly Hop[],
  router: RouterView,
): readonly Hop[] {
  if (candidate.blackhole) return [];
  const [own = ''] = candidate.gateways;
  if (candidate.source === 'connect') return [{ interface: own }];
  return candidate.gateways.flatMap((text) => {
    const hops = resolveGateway(text, candidate, candidates, hopsOf, router);
    const alive = !candidate.checkGateway || gatewayAnswers(text);
    return alive ? hops : [];
  });
}

/** The ways to a gateway: over its interface, or over the routes whose scope lets them carry this one. */
function resolveGateway(
  text: string,
  candidate: Candidate,
  candidates: readonly Candidate[],
  hopsOf: (candidate: Candidate) => readonly Hop[],
  router: RouterView,
): readonly Hop[] {
  const [addressText = '', zone] = (text.split('@')[0] ?? '').split('%');
  const gateway = parseIp(addressText);
  if (!gateway) {
    const port = router.items('/interface').find(({ values }) => values['name'] === addressText);
    return port && isUp(router, port.id) ? [{ interface: port.id }] : [];
  }
  if (zone !== undefined) {
    const port = router.items('/interface').find(({ values }) => values['name'] === zone);
    return port && isUp(router, port.id) ? [{ gateway, interface: port.id }] : [];
  }
  const carriers = candidates.filter(
    (other) =>
      other !== candidate &&
      other.table === 'main' &&
      other.scope <= candidate.targetScope &&
      !other.blackhole &&
      prefixContains(other.destination, gateway) &&
      hopsOf(other).length > 0,
  );
  const carrier = carriers.sort(byPreference)[0];
  if (!carrier) return [];
  return hopsOf(carrier).map((hop) => ({ gateway: hop.gateway ?? gateway, interface: hop.interface }));
}

/** Longer prefixes first, then shorter distances. */
export function byPreference(left: Candidate, right: Candidate): number {
  return right.destination.length - left.destination.length || left.distance - right.distance;
}

function gatewayAnswers(text: string): boolean {
  const gateway = parseIp(text.split(/[%@]/)[0] ?? '');
  return !gateway || mannerOf(gateway) !== 'silent';
}

/** `10.0.0.1%ether2`, or the bare interface when the destination is on the link. */
export function hopText(hop: Hop, router: RouterView): string {
  const port = interfaceName(router, hop.interface);
  return hop.gateway ? `${formatIp(hop.gateway)}%${port}` : port;
}
