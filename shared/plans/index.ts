import { addressListSync } from './address-list-sync.ts';
import { bridgeVlans } from './bridge-vlans.ts';
import { compositeOf } from './composite/composite.ts';
import type { PlanKind } from './define-plan.ts';
import { dhcpLeases } from './dhcp-leases.ts';
import { dhcpService } from './dhcp-service.ts';
import { dnsNtp } from './dns-ntp.ts';
import { dnsStatic } from './dns-static.ts';
import { firewallFilter } from './firewall-filter.ts';
import { identity } from './identity.ts';
import { interfaceSettings } from './interface-settings.ts';
import { ipAddresses } from './ip-addresses.ts';
import { logging } from './logging.ts';
import { snmp } from './snmp.ts';
import { staticRoutes } from './static-routes.ts';
import { wireless } from './wireless.ts';

/** Kinds that change one thing each, in the order clients see them. */
const SINGLE_KINDS: readonly PlanKind[] = [
  dnsNtp,
  addressListSync,
  staticRoutes,
  interfaceSettings,
  ipAddresses,
  firewallFilter,
  identity,
  dnsStatic,
  dhcpService,
  dhcpLeases,
  logging,
  snmp,
  bridgeVlans,
  wireless,
];

/** Every kind of reviewed change: the single ones, and the one that holds several of them. */
export const PLAN_KINDS: readonly PlanKind[] = [...SINGLE_KINDS, compositeOf(SINGLE_KINDS)];

const BY_KIND = new Map(PLAN_KINDS.map((planKind) => [planKind.kind, planKind]));
if (BY_KIND.size !== PLAN_KINDS.length) throw new Error('two plan kinds have the same name');

export function findPlanKind(kind: string): PlanKind | undefined {
  return BY_KIND.get(kind);
}
