import type { Item, RouterView } from '../engine/definition.ts';
import { isAtLeast } from '../engine/version.ts';
import { CERT, KEY } from '../menus/certificate/x509.ts';
import { containsAddressText } from './address-match.ts';
import { interfaceThatReceives, type Reception } from './reception.ts';
import { interfaceOf } from './links.ts';
import { lookUpRoute } from './look-up-route.ts';
import { managementAddress, SERVICE_PORTS } from './management-link.ts';
import type { ManagementService } from './open-connections.ts';
import { isOwnAddress } from './own-addresses.ts';
import type { Packet } from './packet.ts';
import { type Passage, passage, runChain } from './rule-chain.ts';

/** Packets between a manager and a service of the router. */
export type ManagementFlow = {
  readonly service: ManagementService;
  /** The manager's address as the router sees it. */
  readonly source: string;
  readonly sourcePort?: number;
  /** The port that the manager's packets ask for. Default: the one on which the service of a new router listens. */
  readonly destinationPort?: number;
  /** Is the connection being opened, or is it already there? */
  readonly connection: 'new' | 'established';
};

/**
 * What happens to packets of management: `accept`, `drop` (no answer at all), `reject` (refused or reset), `close`
 * (accepted and closed without a byte).
 */
export type ManagementVerdict = 'accept' | 'drop' | 'reject' | 'close';

/** What becomes of a manager's packet that arrives now, the way back of the answer included. Changes nothing. */
export function managementVerdict(router: RouterView, flow: ManagementFlow): ManagementVerdict {
  const way = wayIn(router, flow);
  if (way.verdict !== 'accept') return way.verdict;
  return wayBack(router, flow).verdict;
}

/** Can the router's packets reach the manager? Nothing is asked of the way in. */
export function replyVerdict(router: RouterView, flow: ManagementFlow): 'accept' | 'drop' {
  return wayBack(router, flow).verdict;
}

/** A verdict, and the rules that the packet matched on its way; a packet that is lost on the wire meets none. */
export type Way = {
  readonly verdict: ManagementVerdict;
  readonly matched: readonly Item[];
  readonly packet?: Packet;
};

/** From the manager to the service. */
export function wayIn(router: RouterView, flow: ManagementFlow, bytes = SMALL_PACKET_BYTES): Way {
  const address = managementAddress(router);
  const reception = interfaceThatReceives(router);
  if (!reception || !isOwnAddress(router, address)) return LOST;
  const passing = passage(packetIn(router, flow, reception, bytes));
  const verdict = throughTables(router, passing);
  if (verdict !== 'accept') return { verdict, ...traceOf(passing) };
  return { verdict: serviceVerdict(router, flow, passing), ...traceOf(passing) };
}

/** From the service to the manager. */
export function wayBack(
  router: RouterView,
  flow: ManagementFlow,
  bytes = SMALL_PACKET_BYTES,
): Way & {
  readonly verdict: 'accept' | 'drop';
} {
  const reception = interfaceThatReceives(router);
  const address = managementAddress(router);
  if (!reception || !isOwnAddress(router, address)) return LOST;
  const route = lookUpRoute(router, flow.source, { source: address });
  // The managers are behind one cable: packets that leave by another one are lost.
  if (route.kind !== 'forward' || route.interface !== reception.interface) return LOST;
  if (!canAsk(router, reception.interface, route.gateway ?? flow.source)) return LOST;
  const passing = passage({
    protocol: 'tcp',
    source: address,
    sourcePort: flow.destinationPort ?? SERVICE_PORTS[flow.service],
    destination: flow.source,
    destinationPort: flow.sourcePort ?? ANY_CLIENT_PORT,
    outInterface: reception.interface,
    outBridgePort: reception.bridgePort,
    state: isTracking(router) ? 'established' : undefined,
    isTranslated: false,
    flags: flow.connection === 'new' ? ['syn', 'ack'] : ['psh', 'ack'],
    bytes,
  });
  for (const [table, chain] of OUTPUT) {
    if (runChain(router, table, chain, passing).verdict !== 'accept') {
      return { verdict: 'drop', ...traceOf(passing) };
    }
  }
  return { verdict: 'accept', ...traceOf(passing) };
}

/** An interface that does not ask who has an address reaches only those that are in the table for good. */
function canAsk(router: RouterView, interfaceId: string, nextHop: string): boolean {
  const arp = interfaceOf(router, interfaceId)?.values['arp'];
  if (arp !== 'disabled' && arp !== 'reply-only') return true;
  return router
    .items('/ip/arp')
    .some(({ values }) => values['address'] === nextHop && values['interface'] === interfaceId);
}

const traceOf = ({ matched, packet }: Passage) => ({ matched, packet });

const LOST = { verdict: 'drop', matched: [] } as const;

/** Size of a packet that opens or acknowledges, in bytes. */
const SMALL_PACKET_BYTES = 60;

const ANY_CLIENT_PORT = 51_544;

const OUTPUT = [
  ['raw', 'output'],
  ['mangle', 'output'],
  ['filter', 'output'],
  ['mangle', 'postrouting'],
] as const;

function packetIn(router: RouterView, flow: ManagementFlow, reception: Reception, bytes: number): Packet {
  return {
    protocol: 'tcp',
    source: flow.source,
    sourcePort: flow.sourcePort ?? ANY_CLIENT_PORT,
    destination: managementAddress(router),
    destinationPort: flow.destinationPort ?? SERVICE_PORTS[flow.service],
    inInterface: reception.interface,
    inBridgePort: reception.bridgePort,
    state: isTracking(router) ? flow.connection : undefined,
    isTranslated: false,
    flags: flow.connection === 'new' ? ['syn'] : ['psh', 'ack'],
    bytes,
  };
}

function isTracking(router: RouterView): boolean {
  return router.singleton('/ip/firewall/connection/tracking')['enabled'] !== 'no';
}

/** Raw and mangle, then the translation of new connections, then the filter. */
function throughTables(router: RouterView, passing: Passage): 'accept' | 'drop' | 'reject' {
  for (const table of ['raw', 'mangle'] as const) {
    const { verdict } = runChain(router, table, 'prerouting', passing);
    if (verdict !== 'accept') return verdict;
  }
  if (passing.packet.state === 'new' && !passing.isUntracked) {
    const { rule } = runChain(router, 'nat', 'dstnat', passing);
    if (rule && !translate(router, rule, passing)) return 'drop';
  }
  for (const table of ['mangle', 'filter'] as const) {
    const { verdict } = runChain(router, table, 'input', passing);
    if (verdict !== 'accept') return verdict;
  }
  return 'accept';
}

/** Gives the packet its new destination; false when that is another machine. */
function translate(router: RouterView, rule: Item, passing: Passage): boolean {
  const { action, 'to-ports': ports, 'to-addresses': address } = rule.values;
  if (action !== 'dst-nat' && action !== 'redirect' && action !== 'netmap') return true;
  if (action !== 'redirect' && address !== undefined && !isOwnAddress(router, address.split(/[-/]/)[0] ?? '')) {
    return false;
  }
  const port = ports === undefined ? passing.packet.destinationPort : Number(ports.split('-')[0]);
  passing.packet = { ...passing.packet, destinationPort: port, isTranslated: true };
  return true;
}

/**
 * Does the service listen there, and does it want the manager? Lists of addresses are looked at when a connection is
 * accepted, not later.
 */
function serviceVerdict(router: RouterView, flow: ManagementFlow, { packet }: Passage): ManagementVerdict {
  const service = router.items('/ip/service').find(({ values }) => values['name'] === flow.service);
  if (!service || service.values['disabled'] === 'true') return 'reject';
  // An open connection knows which port it was translated to.
  if (flow.connection === 'established') return 'accept';
  if (service.values['port'] !== String(packet.destinationPort)) return 'reject';
  const allowed = service.values['address'] ?? '';
  if (hasTooMany(router, service)) return TOO_MANY_SESSIONS;
  if (allowed !== '' && !allowed.split(',').some((network) => containsAddressText(network, flow.source))) {
    return 'close';
  }
  return flow.service === 'www-ssl' && !hasCertificate(router, service) ? 'close' : 'accept';
}

/** What happens to a connection beyond `max-sessions` is not measured. */
const TOO_MANY_SESSIONS: ManagementVerdict = 'close';

/** Versions before 7.16 do not count. */
function hasTooMany(router: RouterView, { values }: Item): boolean {
  if (!isAtLeast(router.version, '7.16')) return false;
  const open = router.connections.list().filter(({ service }) => service === values['name']).length;
  return open >= Number(values['max-sessions'] ?? Infinity);
}

/** Without a certificate that has a key, TLS has only suites that clients refuse. */
function hasCertificate(router: RouterView, service: Item): boolean {
  const row = router.items('/certificate').find(({ id }) => id === service.values['certificate']);
  return row?.values[CERT] !== undefined && row.values[KEY] !== undefined;
}
