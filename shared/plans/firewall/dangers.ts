import { AppError } from '../../errors/app-error.ts';
import { managementUnknown } from '../../routeros/management-path.ts';
import { toBoolean, toList } from '../../routeros/values.ts';
import { describeRow, type Row, type Table } from './filter-table.ts';
import type { InterfaceFacts, ManagementFacts } from './management-facts.ts';
import { matchesPacket, type ManagementPacket } from './packet-match.ts';
import { matchersOf } from './rule-values.ts';

/** What is known of a router, besides its rules. */
export interface Surroundings {
  management: ManagementFacts | null;
  interfaces: InterfaceFacts;
}

/**
 * Why a table must not become another one; null when it may. Only what gets worse counts: a firewall that is dangerous
 * already may still be changed elsewhere. Pure.
 */
export function dangerOf(before: Table, after: Table, around: Surroundings): AppError | null {
  return lockOut(before, after, around) ?? openDrop(before, after);
}

/** A rule that refuses packets of management, and whatever may have let them in before it. */
interface Threat {
  row: Row;
  packet: ManagementPacket;
  /** Tells the rule as it is. */
  name: string;
  shields: ReadonlySet<string>;
}

function lockOut(before: Table, after: Table, { management, interfaces }: Surroundings): AppError | null {
  const isTouched = [...before, ...after].some(
    (row) => !isFarFromInput(row) && !(isSame(before, row) && isSame(after, row)),
  );
  const isReordered = orderOfNear(before) !== orderOfNear(after);
  if (!isTouched && !isReordered) return null;
  if (management === null) return managementUnknown();
  for (const packet of packetsOf(management)) {
    const old = threatsTo(before, packet, interfaces);
    const worse = threatsTo(after, packet, interfaces).find(
      (threat) => !old.some((one) => one.name === threat.name && isSubset(one.shields, threat.shields)),
    );
    if (worse) return wouldLockOut(after, worse);
  }
  return null;
}

/** Rules that are reached by nothing that goes to the router or leaves it. */
function isFarFromInput({ values }: Row): boolean {
  return values['chain'] === 'forward';
}

function isSame(table: Table, row: Row): boolean {
  return table.some((one) => one.id === row.id && nameOf(one) === nameOf(row));
}

function orderOfNear(table: Table): string {
  return table
    .filter((row) => !isFarFromInput(row))
    .map(({ id }) => id)
    .join(' ');
}

function packetsOf({ managers, addresses, interfaces, services }: ManagementFacts): ManagementPacket[] {
  return managers.flatMap(({ address: manager, lists }) =>
    services.flatMap((service) => {
      const known = { manager, lists, service, addresses, interfaces };
      return [
        { ...known, chain: 'input', state: 'new' } as const,
        { ...known, chain: 'input', state: 'established' } as const,
        { ...known, chain: 'output', state: 'established' } as const,
      ];
    }),
  );
}

function threatsTo(table: Table, packet: ManagementPacket, interfaces: InterfaceFacts): Threat[] {
  const threats: Threat[] = [];
  const shields = new Set<string>();
  walk(packet.chain, 0, true);
  return threats;

  /** Whether the packet's way ends in this chain for sure. */
  function walk(chain: string, depth: number, isSure: boolean): 'ended' | 'open' {
    if (depth > DEEPEST_JUMP) return 'open';
    for (const row of table) {
      const { values } = row;
      if (values['chain'] !== chain || toBoolean(values['disabled'])) continue;
      const answer = matchesPacket(values, packet, interfaces);
      if (answer === 'no') continue;
      const action = values['action'] ?? 'accept';
      const decides = isSure && answer === 'yes';
      if (REFUSES.has(action)) threats.push({ row, packet, name: nameOf(row), shields: new Set(shields) });
      if (action === 'accept' && !decides) shields.add(nameOf(row));
      if (decides && (action === 'accept' || REFUSES.has(action))) return 'ended';
      if (action === 'return' && answer === 'yes') return 'open';
      // It may have gone back from here, so nothing behind it is sure.
      if (action === 'return') isSure = false;
      if (action === 'jump' && walk(values['jump-target'] ?? '', depth + 1, decides) === 'ended') return 'ended';
    }
    return 'open';
  }
}

/** Chains that jump in a circle end here. */
const DEEPEST_JUMP = 16;
const REFUSES: ReadonlySet<string> = new Set(['drop', 'reject', 'tarpit']);

function nameOf({ id, values }: Row): string {
  const { comment: _, log: __, 'log-prefix': ___, ...acts } = values;
  return JSON.stringify([id, ...Object.entries(acts).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function isSubset(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].every((name) => other.has(name));
}

function wouldLockOut(table: Table, { row, packet }: Threat): AppError {
  const { chain, manager, service, state } = packet;
  const what =
    chain === 'output'
      ? `answers of ${service.name} to ${manager}`
      : `${service.name} (port ${service.port}) from ${manager}`;
  return new AppError('UNSAFE_OPERATION', {
    message: `With this change ${describeRow(table, row)} would refuse ${state === 'new' ? 'new connections' : 'packets'} of management: ${what}.`,
    hint:
      chain === 'output'
        ? `Put an accept rule for connection-state established,related in front of it in ${chain}.`
        : `Put an accept rule for protocol tcp, port ${service.port} and source ${manager} in front of it first, or limit the rule by source, interface list or port so that it does not meet management.`,
    details: { chain, manager, service: service.name, port: service.port },
  });
}

/** A rule that refuses everything where nothing lets the answers of open connections through before it. */
function openDrop(before: Table, after: Table): AppError | null {
  const old = new Set(openDrops(before).map(nameOf));
  const row = openDrops(after).find((one) => !old.has(nameOf(one)));
  if (!row) return null;
  return new AppError('UNSAFE_OPERATION', {
    message: `With this change ${describeRow(after, row)} would refuse everything, because no rule in front of it accepts established and related connections.`,
    hint: 'Put an accept rule with connectionState "established,related,untracked" and no other matcher in front of it, or limit the rule by interface list, source or state.',
    details: { chain: row.values['chain'] },
  });
}

function openDrops(table: Table): Row[] {
  return ['input', 'forward'].flatMap((chain) => {
    const passing = new Set<string>();
    const open: Row[] = [];
    for (const row of table) {
      const { values } = row;
      if (values['chain'] !== chain || toBoolean(values['disabled'])) continue;
      const matchers = matchersOf(values);
      const isPassing = ['established', 'related'].every((state) => passing.has(state));
      if (REFUSES.has(values['action'] ?? '') && matchers.length === 0 && !isPassing) open.push(row);
      if (values['action'] !== 'accept') continue;
      const states = values['connection-state'] ?? '';
      if (matchers.length === 0) for (const state of ['established', 'related']) passing.add(state);
      if (matchers.length !== 1 || states === '') continue;
      const isNegated = states.startsWith('!');
      const named = toList(states.replace('!', ''));
      for (const state of ['established', 'related']) if (named.includes(state) !== isNegated) passing.add(state);
    }
    return open;
  });
}
