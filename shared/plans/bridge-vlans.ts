import type { Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { BRIDGE, BRIDGE_PORT, BRIDGE_VLAN } from '../routeros/bridge-forwarding.ts';
import { BRIDGED_MANAGEMENT_MENUS, findBridgedManagement } from '../routeros/bridged-management.ts';
import { bridgeOfStep, isOnlyComment, refuseHarm, refuseMissing } from './bridge/bridge-safety.ts';
import { bridgeSteps, takesMembers } from './bridge/bridge-steps.ts';
import { BRIDGE_MENUS, CurrentBridges, readBridges, tablesOf } from './bridge/bridge-tables.ts';
import { BridgeVlansInput, refuseBridgeWish } from './bridge/bridge-wish.ts';
import { definePlan, type CaptureAsked, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';
import { AppError } from '../errors/app-error.ts';
import type { Router } from '../routeros/router.ts';
import type { z } from 'zod';

/** Of ports and bridges: what may stop ports from forwarding, or let loops arise. */
const TREE_FIELDS = ['protocol-mode', 'priority', 'edge', 'bpdu-guard'];

export const bridgeVlans = definePlan({
  kind: 'bridge_vlans',
  title: 'Bridge ports and VLANs',
  summary: 'Proposes ports of bridges, their VLAN table and safe bridge settings. Refuses to cut management.',
  phase: 3,
  flag: 'allowBridgeWrites',
  paths: [...new Set([...BRIDGE_MENUS, ...BRIDGED_MANAGEMENT_MENUS])],
  input: BridgeVlansInput,
  refuse: refuseBridgeWish,
  current: CurrentBridges,
  capture,
  steps: (current, wish) => {
    refuseMissing(current, wish);
    const steps = bridgeSteps(current, wish);
    refuseHarm(current, steps);
    return steps;
  },
  risk: assessRisk,
  example: {
    ports: [{ interface: 'ether5', bridge: 'bridge', pvid: 20, frameTypes: 'untagged' }],
    vlans: [{ bridge: 'bridge', vlanIds: '20', tagged: ['bridge'], untagged: ['ether5'], comment: 'guests' }],
  },
});

async function capture(
  router: Router,
  { input, device }: CaptureAsked<BridgeVlansInput>,
): Promise<z.input<typeof CurrentBridges>> {
  const read = await readBridges(router, input);
  const isAsked = mayCut(read, input);
  return { environment: device.environment, ...read, managed: isAsked ? await findBridgedManagement(router) : null };
}

/** Whether the way of management matters: what is refused for other reasons needs none. */
function mayCut(tables: Parameters<typeof bridgeSteps>[0], input: BridgeVlansInput): boolean {
  try {
    return bridgeSteps(tables, input).some((step) => !isOnlyComment(step));
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function assessRisk(facts: RiskFacts<CurrentBridges>, wish: BridgeVlansInput): { risk: Risk; reasons: string[] } {
  const captured = facts.captured ?? [];
  const planned = captured.map((current) => ({ current, steps: bridgeSteps(current, wish) }));
  const steps = planned.flatMap((one) => one.steps);
  const reasons = [...fleetReasons(facts), ...REASONS.filter(({ holds }) => steps.some(holds)).map(({ why }) => why)];
  const isManaged = planned.some(({ current, steps: own }) => own.some((step) => isOfManagement(current, step)));
  if (isManaged) reasons.push('a bridge through which devices are managed is changed');
  if (reasons.length > 0) return { risk: 'high', reasons };
  if (steps.length > 0 && steps.every(isOnlyComment)) return { risk: 'low', reasons: ['only comments are changed'] };
  return { risk: 'medium', reasons: ['packets pass ports and VLANs in another way'] };
}

const REASONS: readonly { holds: (step: Step) => boolean; why: string }[] = [
  { holds: (step) => changes(step, BRIDGE, ['vlan-filtering']), why: 'VLAN filtering is switched' },
  {
    holds: (step) => changes(step, BRIDGE, TREE_FIELDS) || changes(step, BRIDGE_PORT, TREE_FIELDS),
    why: 'the spanning tree is changed',
  },
  {
    holds: (step) => step.menu === BRIDGE_PORT && (step.op === 'remove' || isDisabled(step)),
    why: 'ports are taken from bridges',
  },
  {
    holds: (step) => takesMembers(step) || (step.menu === BRIDGE_VLAN && step.op === 'remove'),
    why: 'VLANs are taken from ports',
  },
];

function changes(step: Step, menu: string, fields: readonly string[]): boolean {
  return step.menu === menu && step.op === 'change' && fields.some((field) => field in step.after);
}

function isDisabled(step: Step): boolean {
  return step.op === 'change' && step.after['disabled'] === 'true';
}

function isOfManagement(current: CurrentBridges, step: Step): boolean {
  const bridge = bridgeOfStep(tablesOf(current), step);
  return !isOnlyComment(step) && current.managed?.bridges.some((one) => one.bridge === bridge) === true;
}
