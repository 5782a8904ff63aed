import type { Item, RouterView } from '../engine/definition.ts';
import type { Table } from '../menus/firewall/matchers.ts';
import type { Marks, Packet } from './packet.ts';
import { matchesRule } from './rule-match.ts';

/** What the rules of a chain made of a packet. */
export type ChainResult = {
  readonly verdict: 'accept' | 'drop' | 'reject';
  /** The rule that decided; absent when none did. */
  readonly rule?: Item;
};

/** One packet on its way through the tables. */
export type Passage = {
  /** As it is now: translation changes its destination. */
  packet: Packet;
  readonly marks: Marks;
  /** The rules it matched so far, in order. */
  readonly matched: Item[];
  /** A rule took it out of connection tracking. */
  isUntracked: boolean;
};

export const passage = (packet: Packet): Passage => ({ packet, marks: {}, matched: [], isUntracked: false });

/** Sends a packet through a built-in chain of an IPv4 table; what no rule decides is accepted. */
export function runChain(router: RouterView, table: Table, chain: string, passing: Passage): ChainResult {
  return runRules(router, table, chain, passing, 0) ?? { verdict: 'accept' };
}

/** Chains that jump in a circle end here. */
const DEEPEST_JUMP = 32;

/** Undefined: the end of the chain, or a rule that returns. */
function runRules(
  router: RouterView,
  table: Table,
  chain: string,
  passing: Passage,
  depth: number,
): ChainResult | undefined {
  if (depth > DEEPEST_JUMP) return undefined;
  for (const rule of router.items(`/ip/firewall/${table}`)) {
    if (rule.values['chain'] !== chain || rule.values['disabled'] === 'true') continue;
    const packet = passing.isUntracked ? { ...passing.packet, state: 'untracked' as const } : passing.packet;
    if (!matchesRule(rule.values, packet, passing.marks, router)) continue;
    passing.matched.push(rule);
    const action = rule.values['action'] ?? 'accept';
    if (action === 'return') return undefined;
    if (action === 'jump') {
      const result = runRules(router, table, rule.values['jump-target'] ?? '', passing, depth + 1);
      if (result) return result;
      continue;
    }
    const result = act(action, rule, passing);
    if (result) return result;
  }
  return undefined;
}

/** What an action makes of the packet; undefined when it goes on to the next rule. */
function act(action: string, rule: Item, passing: Passage): ChainResult | undefined {
  const { marks } = passing;
  switch (action) {
    case 'accept':
    case 'dst-nat':
    case 'redirect':
    case 'netmap':
      return { verdict: 'accept', rule };
    // A tarpit takes the connection and never lets it go anywhere.
    case 'drop':
    case 'tarpit':
      return { verdict: 'drop', rule };
    case 'reject':
      return { verdict: 'reject', rule };
    case 'notrack':
      passing.isUntracked = true;
      return { verdict: 'accept', rule };
    case 'mark-connection':
      marks.connection = rule.values['new-connection-mark'];
      break;
    case 'mark-packet':
      marks.packet = rule.values['new-packet-mark'];
      break;
    case 'mark-routing':
      marks.routing = rule.values['new-routing-mark'];
      break;
    default:
      return undefined;
  }
  return rule.values['passthrough'] === 'false' ? { verdict: 'accept', rule } : undefined;
}
