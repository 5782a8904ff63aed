import type { Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import { findManagementPath, MANAGEMENT_MENUS } from '../routeros/management-path.ts';
import type { Router } from '../routeros/router.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { heldBy, isManager, refuseUnsafeLeases } from './dhcp/lease-rules.ts';
import { captureLeases, DhcpLeasesState } from './dhcp/lease-state.ts';
import { leaseSteps } from './dhcp/lease-steps.ts';
import { DhcpLeasesInput, refuseLeases } from './dhcp/lease-wish.ts';
import { ADDRESS, LEASE, NETWORK, SERVER } from './dhcp/service-state.ts';
import { fleetReasons } from './fleet-risk.ts';

export const dhcpLeases = definePlan({
  kind: 'dhcp_leases',
  title: 'Static DHCP leases',
  summary:
    'Proposes static DHCP leases to add, change or remove, by MAC address. Dynamic leases and those not named stay.',
  phase: 3,
  flag: 'allowDhcpWrites',
  paths: [...new Set([LEASE, NETWORK, SERVER, ADDRESS, ...MANAGEMENT_MENUS])],
  input: DhcpLeasesInput,
  refuse: refuseLeases,
  current: DhcpLeasesState,
  capture: (router, { input }) => captureLeases(router, input, managersOf),
  steps: (current, input) => {
    const steps = leaseSteps(current, input);
    refuseUnsafeLeases(current, steps);
    return steps;
  },
  risk: assessRisk,
  example: { leases: [{ macAddress: '00:1B:21:0A:0B:0C', address: '192.168.88.9', comment: 'printer' }] },
});

/** None where it could not be told: a lease that goes cuts nobody off at once. */
async function managersOf(router: Router): Promise<ReadonlySet<string>> {
  try {
    return (await findManagementPath(router)).managers;
  } catch (error) {
    if (error instanceof AppError && error.code === 'UNSAFE_OPERATION') return new Set();
    throw error;
  }
}

function assessRisk(facts: RiskFacts<DhcpLeasesState>, input: DhcpLeasesInput): { risk: Risk; reasons: string[] } {
  const captured = facts.captured ?? [];
  const isOfManager = (current: DhcpLeasesState, step: Step): boolean =>
    (step.op === 'change' || step.op === 'remove') && isManager(current, heldBy(current, step.key));
  const reasons = [
    ...fleetReasons(facts),
    ...(input.leases.some(({ state }) => state === 'absent')
      ? ['leases are removed: their clients get other addresses']
      : []),
    ...(input.leases.some(({ blocked }) => blocked) ? ['clients are blocked: they get no address'] : []),
    ...(captured.some((current) => leaseSteps(current, input).some((step) => isOfManager(current, step)))
      ? ['it is about a machine that manages a device']
      : []),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons };
  return { risk: 'medium', reasons: ['clients keep the address they have until they renew their lease'] };
}
