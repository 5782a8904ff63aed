import type { RouterView, Values } from '../engine/definition.ts';
import { DAYS } from '../menus/firewall/value-types.ts';
import { listMembers } from '../menus/interface/list-members.ts';
import { parseDurationMs } from '../values/duration.ts';
import { localTime } from '../values/local-time.ts';
import { containsAddressText, isListed } from './address-match.ts';
import { isOwnAddress } from './own-addresses.ts';
import type { Marks, Packet } from './packet.ts';

/** Does a rule match a packet? Every matcher of the rule must. */
export function matchesRule(rule: Values, packet: Packet, marks: Marks, router: RouterView): boolean {
  for (const name in rule) {
    const value = rule[name];
    if (value === undefined || NO_MATCHERS.has(name)) continue;
    const matcher = MATCHERS[name];
    // What cannot be seen in a packet of management (contents, layer 7, hotspot) does not match.
    if (!matcher) return false;
    const isNegated = value.startsWith('!') && !LISTS_WITH_NEGATION.has(name);
    if (matcher(isNegated ? value.slice(1) : value, packet, marks, router) === isNegated) return false;
  }
  return true;
}

type Matcher = (value: string, packet: Packet, marks: Marks, router: RouterView) => boolean;

/** Parts of a rule that say what it does, not when. */
const NO_MATCHERS = new Set([
  'action',
  'address-list',
  'address-list-timeout',
  'chain',
  'comment',
  'disabled',
  'hw-offload',
  'jump-target',
  'log',
  'log-prefix',
  'new-connection-mark',
  'new-dscp',
  'new-mss',
  'new-packet-mark',
  'new-priority',
  'new-routing-mark',
  'new-ttl',
  'passthrough',
  'randomise-ports',
  'reject-with',
  'route-dst',
  'same-not-by-dst',
  'sniff-id',
  'sniff-target',
  'sniff-target-port',
  'to-addresses',
  'to-ports',
]);

const LISTS_WITH_NEGATION = new Set(['tcp-flags']);

const TTL = 64;
const MSS = 1460;

const MATCHERS: Readonly<Record<string, Matcher | undefined>> = {
  'connection-bytes': (value) => value.startsWith('0'),
  'connection-mark': (value, _packet, marks) => isMark(value, marks.connection),
  'connection-nat-state': (value, packet) => value.split(',').includes('dstnat') && packet.isTranslated,
  'connection-rate': (value) => value.startsWith('0'),
  'connection-state': (value, packet) => packet.state !== undefined && value.split(',').includes(packet.state),
  dscp: (value) => value === '0',
  'dst-address': (value, packet) => containsAddressText(value, packet.destination),
  'dst-address-list': (value, packet, _marks, router) => isListed(router, value, packet.destination),
  'dst-address-type': (value, packet, _marks, router) => isOfType(value, packet.destination, router),
  // Limits are those of a flood: the few packets of management stay below.
  'dst-limit': () => true,
  'dst-port': (value, packet) => hasPort(value, packet.destinationPort),
  fragment: (value) => value === 'false',
  'in-bridge-port': (value, packet, _marks, router) => isInterface(value, packet.inBridgePort, router),
  'in-bridge-port-list': (value, packet, _marks, router) => isInList(value, packet.inBridgePort, router),
  'in-interface': (value, packet, _marks, router) => isInterface(value, packet.inInterface, router),
  'in-interface-list': (value, packet, _marks, router) => isInList(value, packet.inInterface, router),
  'ingress-priority': (value) => value === '0',
  'ipsec-policy': (value) => value.endsWith(',none'),
  'ipv4-options': (value) => value === 'none' || value.startsWith('no-'),
  limit: () => true,
  'out-bridge-port': (value, packet, _marks, router) => isInterface(value, packet.outBridgePort, router),
  'out-bridge-port-list': (value, packet, _marks, router) => isInList(value, packet.outBridgePort, router),
  'out-interface': (value, packet, _marks, router) => isInterface(value, packet.outInterface, router),
  'out-interface-list': (value, packet, _marks, router) => isInList(value, packet.outInterface, router),
  'packet-mark': (value, _packet, marks) => isMark(value, marks.packet),
  'packet-size': (value, packet) => isBetween(value, packet.bytes),
  port: (value, packet) => hasPort(value, packet.sourcePort) || hasPort(value, packet.destinationPort),
  priority: (value) => value === '0',
  protocol: (value, packet) => value === packet.protocol,
  'routing-mark': (value, _packet, marks) => isMark(value, marks.routing),
  'src-address': (value, packet) => containsAddressText(value, packet.source),
  'src-address-list': (value, packet, _marks, router) => isListed(router, value, packet.source),
  'src-address-type': (value, packet, _marks, router) => isOfType(value, packet.source, router),
  'src-port': (value, packet) => hasPort(value, packet.sourcePort),
  'tcp-flags': (value, packet) => hasFlags(value, packet.flags),
  'tcp-mss': (value, packet) => packet.flags.includes('syn') && isBetween(value, MSS),
  time: (value, _packet, _marks, router) => isWithin(value, router),
  tos: (value) => value === '0',
  ttl: (value) => comparesTo(value, TTL),
};

function isMark(value: string, mark: string | undefined): boolean {
  return value === 'no-mark' ? mark === undefined : value === mark;
}

function hasPort(value: string, port: number): boolean {
  return value.split(',').some((part) => isBetween(part, port));
}

function isBetween(range: string, number: number): boolean {
  const [first, last = first] = range.split('-').map(Number);
  return first !== undefined && last !== undefined && first <= number && number <= last;
}

function isInterface(value: string, id: string | undefined, router: RouterView): boolean {
  if (value === 'none') return id === undefined;
  if (id === undefined) return false;
  if (value === id || value === 'all' || value === 'static') return true;
  if (!value.startsWith('all-')) return false;
  const type = router.items('/interface').find((item) => item.id === id)?.values['type'] ?? '';
  return KINDS[value]?.includes(type) ?? false;
}

const KINDS: Readonly<Record<string, readonly string[]>> = {
  'all-ethernet': ['ether'],
  'all-ppp': ['pppoe-out', 'l2tp-out', 'ovpn-out', 'sstp-out', 'pptp-out', 'ppp-out'],
  'all-vlan': ['vlan'],
  'all-wireless': ['wlan', 'wifi'],
};

function isInList(listId: string, id: string | undefined, router: RouterView): boolean {
  const list = router.items('/interface/list').find((item) => item.id === listId);
  if (!list || id === undefined) return false;
  return listMembers(list.values['name'] ?? '', router).some((item) => item.id === id);
}

function isOfType(value: string, address: string, router: RouterView): boolean {
  if (value === 'local') return isOwnAddress(router, address);
  return value === 'unicast' && !isOwnAddress(router, address);
}

function hasFlags(value: string, flags: Packet['flags']): boolean {
  return value.split(',').every((member) => {
    const isWanted = !member.startsWith('!');
    return flags.some((flag) => flag === member.replace('!', '')) === isWanted;
  });
}

function comparesTo(value: string, number: number): boolean {
  const [relation, bound] = value.split(':');
  if (relation === 'equal') return number === Number(bound);
  if (relation === 'not-equal') return number !== Number(bound);
  return relation === 'greater-than' ? number > Number(bound) : number < Number(bound);
}

function isWithin(value: string, router: RouterView): boolean {
  const [span = '', ...days] = value.split(',');
  const [fromMs = 0, toMs = 0] = span.split('-').map((bound) => parseDurationMs(bound));
  const { date, time } = localTime(router.clock.now(), router.timeZone());
  const nowMs = parseDurationMs(time) ?? 0;
  return days.includes(DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '') && fromMs <= nowMs && nowMs <= toMs;
}
