import type { ConfigurationMenu } from '../../routeros/configuration-objects.ts';
import { findPlanKind } from '../index.ts';
import type { FoundDrift } from './reconcile-drift.ts';
import { restoreBridge, restoreBridgePort, restoreBridgeVlan } from './restore-bridge.ts';
import { restoreDhcpNetwork, restoreDhcpServer, restoreLease, restorePool } from './restore-dhcp.ts';
import { restoreRadio } from './restore-radio.ts';
import {
  restoreAddress,
  restoreDns,
  restoreIdentity,
  restoreInterface,
  restoreListEntry,
  restoreLogAction,
  restoreLogRule,
  restoreNtpServers,
  restoreRecord,
  restoreRoute,
  restoreSnmp,
  type Restorer,
  type RestoreWish,
} from './restore-rows.ts';
import { restoreRule } from './restore-rule.ts';

/** A plan that puts objects back, and what it cannot put back. */
export interface Restoration {
  /** Kind and input of the plan; null when no kind can put any of the objects back. */
  plan: { kind: string; input: Record<string, unknown> } | null;
  /** Ids of the drift that the plan is about. */
  restored: string[];
  /** The others, each with the reason in words. */
  left: { driftId: string; reason: string }[];
}

/** Parts that one plan may have. */
const MOST_PARTS = 10;

/**
 * The plan that puts drifted objects back as the baseline has them, made of the kinds there are. It is only a wish: the kinds
 * refuse what would cut the way to a router, and people approve it as any other plan. Pure.
 */
export function restore(
  drift: readonly (FoundDrift & { driftId: string })[],
  baseline: readonly ConfigurationMenu[],
): Restoration {
  const parts = new Map<string, RestoreWish>();
  const restored: string[] = [];
  const left: Restoration['left'] = [];
  for (const one of [...drift].sort(firstWhatGoes)) {
    const wished = restorerOf(one.menu)(one, baseline);
    const problem = typeof wished === 'string' ? wished : addTo(parts, wished);
    if (problem === null) restored.push(one.driftId);
    else left.push({ driftId: one.driftId, reason: `${problem}.` });
  }
  const [first, ...others] = [...parts.values()].map(({ kind, input }) => ({ kind, input }));
  if (first === undefined) return { plan: null, restored, left };
  const plan = others.length === 0 ? first : { kind: 'composite', input: { changes: [first, ...others] } };
  return { plan, restored, left };
}

/** Rows of the VLAN table share no ids: what somebody added goes before what it replaced comes back, in the next plan. */
function firstWhatGoes(one: FoundDrift, other: FoundDrift): number {
  const placeOf = ({ menu, kind }: FoundDrift): number =>
    menu === '/interface/bridge/vlan' && kind === 'added' ? 0 : 1;
  return placeOf(one) - placeOf(other);
}

/** Adds a wish to the part it belongs to; why not, when that part could not be proposed then. */
function addTo(parts: Map<string, RestoreWish>, wished: RestoreWish): string | null {
  const alone = problemOf(wished);
  if (alone !== null) return alone;
  const id = `${wished.kind} ${wished.group}`;
  const part = parts.get(id);
  if (part === undefined && parts.size === MOST_PARTS) {
    return `a plan has at most ${MOST_PARTS} parts; ask again once this one is carried out`;
  }
  const together = part === undefined ? wished : { ...wished, input: merged(part.input, wished.input) };
  const problem = problemOf(together);
  if (problem !== null) return `it cannot be part of the same plan: ${problem}`;
  parts.set(id, together);
  return null;
}

function problemOf({ kind: name, input }: RestoreWish): string | null {
  const kind = findPlanKind(name);
  if (kind === undefined) return `there is no plan_${name}`;
  const parsed = kind.input.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `plan_${name} does not take it: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'it is not valid'}`;
  }
  const refusal = kind.refuse?.(parsed.data) ?? null;
  return refusal === null ? null : `plan_${name} refuses it: ${refusal}`;
}

/** Lists are put together, each entry once; of other fields the later one holds. */
function merged(one: Record<string, unknown>, other: Record<string, unknown>): Record<string, unknown> {
  const both = Object.entries(other).map(([field, value]) => {
    const held = one[field];
    if (!Array.isArray(held) || !Array.isArray(value) || WHOLE.has(field)) return [field, value] as const;
    const known = new Set(held.map((entry) => JSON.stringify(entry)));
    return [field, [...(held as unknown[]), ...value.filter((entry) => !known.has(JSON.stringify(entry)))]] as const;
  });
  return { ...one, ...Object.fromEntries(both) };
}

/** Lists that are one value. */
const WHOLE: ReadonlySet<string> = new Set(['ntpServers', 'dnsServers', 'families']);

function restorerOf(menu: string): Restorer {
  const own = RESTORERS[menu];
  if (own !== undefined) return own;
  if (/^\/interface\/(ethernet|vlan|bonding|wireguard|vrrp|lte|veth|gre|eoip|ipip)$/.test(menu)) {
    return restoreInterface;
  }
  return () => `no plan kind puts back objects of ${menu} from a baseline`;
}

const RESTORERS: Readonly<Record<string, Restorer>> = {
  '/system/identity': restoreIdentity,
  '/ip/dns': restoreDns,
  '/system/ntp/client/servers': restoreNtpServers,
  '/ip/dns/static': restoreRecord,
  '/ip/route': restoreRoute,
  '/ipv6/route': restoreRoute,
  '/ip/firewall/address-list': restoreListEntry,
  '/ipv6/firewall/address-list': restoreListEntry,
  '/ip/firewall/filter': restoreRule,
  '/ipv6/firewall/filter': restoreRule,
  '/ip/address': restoreAddress,
  '/system/logging': restoreLogRule,
  '/system/logging/action': restoreLogAction,
  '/ip/pool': restorePool,
  '/ip/dhcp-server': restoreDhcpServer,
  '/ip/dhcp-server/network': restoreDhcpNetwork,
  '/ip/dhcp-server/lease': restoreLease,
  '/interface/bridge': restoreBridge,
  '/interface/bridge/port': restoreBridgePort,
  '/interface/bridge/vlan': restoreBridgeVlan,
  '/interface/wifi': restoreRadio,
  '/interface/wifiwave2': restoreRadio,
  '/interface/wireless': restoreRadio,
  '/snmp': restoreSnmp,
};
