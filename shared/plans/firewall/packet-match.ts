import type { RouterValues } from '../../domain/change.ts';
import { toList } from '../../routeros/values.ts';
import type { InterfaceFacts } from './management-facts.ts';
import { holdsAddress } from './management-facts.ts';
import { matchersOf } from './rule-values.ts';

/** A packet between a manager and a service of the router, as far as it is known. */
export interface ManagementPacket {
  chain: 'input' | 'output';
  state: 'new' | 'established';
  manager: string;
  /** Address lists that hold the manager; null when that is not known. */
  lists: readonly string[] | null;
  service: { name: string; port: number };
  /** The router's own; none when it is not known which. */
  addresses: readonly string[];
  interfaces: readonly string[];
}

export type Answer = 'yes' | 'no' | 'maybe';

/** Whether a rule matches a packet; `maybe` when one of its matchers cannot be told from what is known. Pure. */
export function matchesPacket(rule: RouterValues, packet: ManagementPacket, facts: InterfaceFacts): Answer {
  let answer: Answer = 'yes';
  for (const field of matchersOf(rule)) {
    const given = rule[field] ?? '';
    const isNegated = given.startsWith('!');
    const positive = answerOf(field, isNegated ? given.slice(1) : given, packet, facts);
    const one = isNegated ? OPPOSITE[positive] : positive;
    if (one === 'no') return 'no';
    if (one === 'maybe') answer = 'maybe';
  }
  return answer;
}

const OPPOSITE = { yes: 'no', no: 'yes', maybe: 'maybe' } as const;

function answerOf(field: string, value: string, packet: ManagementPacket, facts: InterfaceFacts): Answer {
  const isIn = packet.chain === 'input';
  switch (field) {
    case 'protocol':
      return of(['tcp', '6'].includes(value));
    case 'connection-state':
      return of(toList(value).includes(packet.state));
    case 'src-address':
      return isIn ? of(holdsAddress(value, packet.manager)) : ofOwnAddress(value, packet);
    case 'dst-address':
      return isIn ? ofOwnAddress(value, packet) : of(holdsAddress(value, packet.manager));
    case 'src-address-list':
    case 'dst-address-list':
      return (field === 'src-address-list') === isIn && packet.lists ? of(packet.lists.includes(value)) : 'maybe';
    case 'src-port':
      return isIn ? 'maybe' : of(holdsPort(value, packet.service.port));
    case 'dst-port':
      return isIn ? of(holdsPort(value, packet.service.port)) : 'maybe';
    case 'port':
      return holdsPort(value, packet.service.port) ? 'yes' : 'maybe';
    case 'in-interface':
      return isIn ? ofInterfaces(packet.interfaces, (name) => value === name || value === 'all') : 'no';
    case 'out-interface':
      return isIn ? 'no' : ofInterfaces(packet.interfaces, (name) => value === name || value === 'all');
    case 'in-interface-list':
      return isIn ? ofList(value, packet, facts) : 'no';
    case 'out-interface-list':
      return isIn ? 'no' : ofList(value, packet, facts);
    default:
      return 'maybe';
  }
}

function ofList(list: string, { interfaces }: ManagementPacket, facts: InterfaceFacts): Answer {
  const members = facts.lists[list];
  // The router keeps these itself, and does not show their members.
  if (['static', 'dynamic'].includes(list)) return 'maybe';
  return ofInterfaces(interfaces, (name) => members?.includes(name) === true);
}

function ofInterfaces(names: readonly string[], holds: (name: string) => boolean): Answer {
  const held = names.filter(holds).length;
  return held === 0 ? 'no' : held === names.length ? 'yes' : 'maybe';
}

function ofOwnAddress(value: string, { addresses }: ManagementPacket): Answer {
  if (addresses.length === 0) return 'maybe';
  return ofInterfaces(addresses, (address) => holdsAddress(value, address));
}

function holdsPort(value: string, port: number): boolean {
  return toList(value).some((part) => {
    const [from = -1, to = from] = part.split('-').map(Number);
    return from <= port && port <= to;
  });
}

function of(holds: boolean): Answer {
  return holds ? 'yes' : 'no';
}
