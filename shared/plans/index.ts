import { addressListSync } from './address-list-sync.ts';
import type { PlanKind } from './define-plan.ts';
import { dnsNtp } from './dns-ntp.ts';
import { dnsStatic } from './dns-static.ts';
import { firewallFilter } from './firewall-filter.ts';
import { identity } from './identity.ts';
import { interfaceSettings } from './interface-settings.ts';
import { ipAddresses } from './ip-addresses.ts';
import { staticRoutes } from './static-routes.ts';

/** Every kind of reviewed change, in the order clients see them. */
export const PLAN_KINDS: readonly PlanKind[] = [
  dnsNtp,
  addressListSync,
  staticRoutes,
  interfaceSettings,
  ipAddresses,
  firewallFilter,
  identity,
  dnsStatic,
];

const BY_KIND = new Map(PLAN_KINDS.map((planKind) => [planKind.kind, planKind]));
if (BY_KIND.size !== PLAN_KINDS.length) throw new Error('two plan kinds have the same name');

export function findPlanKind(kind: string): PlanKind | undefined {
  return BY_KIND.get(kind);
}
