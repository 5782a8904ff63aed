import type { CapabilityFlag } from '../device.ts';
import type { Environment } from '../environment.ts';
import type { Policy } from './policy.ts';
import type { PolicyRefusal } from './policy-refusal.ts';
import { appliesTo, type PolicyTarget } from './policy-target.ts';
import { windowStateAt } from './windows.ts';

export interface WriteFacts {
  /** Of the tool that writes. */
  toolset: string;
  /** Capability flags it takes. */
  flags: readonly CapabilityFlag[];
  target: PolicyTarget;
  comment: string;
}

/** Why one device may not be written at this time without a plan; null when it may. Pure. */
export function writeAllowed(policy: Policy, facts: WriteFacts, atMs: number): PolicyRefusal | null {
  return writeEverAllowed(policy, facts) ?? outsideWindow(policy, facts.target, atMs);
}

/** As `writeAllowed`, at whatever time: for dry runs, which change nothing. Pure. */
export function writeEverAllowed(
  policy: Policy,
  { toolset, flags, target, comment }: WriteFacts,
): PolicyRefusal | null {
  const { environment } = target;
  const rule = policy.environments[environment];
  const key = `environments.${environment}`;
  if (!rule.singleDeviceWrites) {
    return {
      rule: `${key}.singleDeviceWrites`,
      message: `Devices in ${environment} are changed by plans only.`,
      hint: 'Propose the change with a plan_ tool, also for one device.',
    };
  }
  if (rule.toolsets !== undefined && !rule.toolsets.includes(toolset)) {
    return {
      rule: `${key}.toolsets`,
      message: `Tools of the toolset ${toolset} do not write in ${environment}; those of ${rule.toolsets.join(', ')} do.`,
      hint: 'Leave this change to people.',
    };
  }
  return (
    flagTakenAway(policy, flags, [target]) ??
    toolsetTakenAway(policy, toolset, target) ??
    withoutComment(policy, environment, comment)
  );
}

export interface PlanFacts {
  environment: Environment;
  /** Its kind, and those of the changes it is composed of: what holds for a kind holds for each. */
  kinds: readonly string[];
  /** Capability flags the kind takes. Default: none is looked at. */
  flags?: readonly CapabilityFlag[];
  deviceCount: number;
  /** Devices of the plan. Default: rules about single devices are not looked at. */
  targets?: readonly PolicyTarget[];
  /** Default: it is not looked at. */
  comment?: string;
  /** Votes that approved it. Default: not decided yet. */
  approvals?: number;
}

/**
 * Why a plan may not be made, or not be carried out any more; null when it may. Asked again before a rollout begins or goes
 * on: a plan that the policy meanwhile forbids does not run. Windows are another question, see `windowStateAt`. Pure.
 */
export function planAllowed(policy: Policy, facts: PlanFacts): PolicyRefusal | null {
  const { environment, kinds, deviceCount, targets = [], comment, approvals } = facts;
  const { planKinds, maxPlanDevices, minApprovals = 1 } = policy.environments[environment];
  const key = `environments.${environment}`;
  const kind = planKinds === undefined ? undefined : kinds.find((one) => !planKinds.includes(one));
  if (planKinds !== undefined && kind !== undefined) {
    const allowed =
      planKinds.length === 0 ? 'none are' : `only ${planKinds.join(', ')} ${planKinds.length === 1 ? 'is' : 'are'}`;
    return {
      rule: `${key}.planKinds`,
      message: `Plans of the kind ${kind} are not made in ${environment}; ${allowed} allowed there.`,
      hint: 'Leave this change to people.',
    };
  }
  if (maxPlanDevices !== undefined && deviceCount > maxPlanDevices) {
    return {
      rule: `${key}.maxPlanDevices`,
      message: `A plan in ${environment} covers at most ${maxPlanDevices} devices; this one covers ${deviceCount}.`,
      hint: 'Split the change into several plans.',
      details: { count: deviceCount, max: maxPlanDevices },
    };
  }
  if (approvals !== undefined && approvals < minApprovals) {
    return {
      rule: `${key}.minApprovals`,
      message: `Plans in ${environment} need ${minApprovals} approval${minApprovals === 1 ? '' : 's'} by now; this one has ${approvals}.`,
      hint: 'Propose it anew, so that more people decide on it.',
      details: { approvals, min: minApprovals },
    };
  }
  return (
    flagTakenAway(policy, facts.flags ?? [], targets) ??
    kindTakenAway(policy, kinds, targets) ??
    (comment === undefined ? null : withoutComment(policy, environment, comment))
  );
}

/** Approvals a plan needs in the environment, by its risk and by the policy. Pure. */
export function approvalsNeeded(policy: Policy, environment: Environment, byRisk: number): number {
  return Math.max(byRisk, policy.environments[environment].minApprovals ?? 1);
}

/** The refusal of a device's flag that the policy takes away; null when it leaves all of them. Pure. */
export function flagTakenAway(
  policy: Pick<Policy, 'capabilities'>,
  flags: readonly CapabilityFlag[],
  targets: readonly PolicyTarget[],
): PolicyRefusal | null {
  return takenAway(policy, targets, (rule) => {
    const flag = rule.withoutFlags?.find((name) => flags.includes(name));
    return flag === undefined ? null : `the flag ${flag} does not count`;
  });
}

function toolsetTakenAway(policy: Policy, toolset: string, target: PolicyTarget): PolicyRefusal | null {
  return takenAway(policy, [target], ({ withoutToolsets }) =>
    withoutToolsets?.includes(toolset) === true ? `tools of the toolset ${toolset} do not write` : null,
  );
}

function kindTakenAway(
  policy: Policy,
  kinds: readonly string[],
  targets: readonly PolicyTarget[],
): PolicyRefusal | null {
  return takenAway(policy, targets, ({ withoutPlanKinds = [] }) => {
    const kind = kinds.find((one) => withoutPlanKinds.includes(one));
    return kind === undefined ? null : `plans of the kind ${kind} are not carried out`;
  });
}

type CapabilityRule = Policy['capabilities'][string];

function takenAway(
  { capabilities }: Pick<Policy, 'capabilities'>,
  targets: readonly PolicyTarget[],
  taken: (rule: CapabilityRule) => string | null,
): PolicyRefusal | null {
  for (const [name, rule] of Object.entries(capabilities)) {
    const what = taken(rule);
    if (what === null) continue;
    const devices = targets.filter((target) => appliesTo(rule.appliesTo, target)).map((target) => target.name);
    if (devices.length === 0) continue;
    const shown = devices.slice(0, 10).join(', ');
    const more = devices.length > 10 ? ` and ${devices.length - 10} more` : '';
    return {
      rule: `capabilities.${name}`,
      message: `On ${shown}${more} ${what}${rule.reason === undefined ? '' : `: ${rule.reason.replace(/\.$/, '')}`}.`,
      hint: 'Leave these devices out, or leave the change to people.',
      details: { devices },
    };
  }
  return null;
}

function withoutComment(policy: Policy, environment: Environment, comment: string): PolicyRefusal | null {
  if (!policy.environments[environment].commentRequired || comment.trim() !== '') return null;
  return {
    rule: `environments.${environment}.commentRequired`,
    message: `Changes in ${environment} must say why.`,
    hint: 'Give the reason in "comment".',
  };
}

function outsideWindow(policy: Policy, target: PolicyTarget, atMs: number): PolicyRefusal | null {
  const state = windowStateAt(policy, target, atMs);
  if (state.open) return null;
  const { rule, reason, opensAt } = state;
  return {
    rule,
    message: `${target.name} may not be changed now. ${reason}`,
    hint:
      opensAt === null
        ? 'No window opens within 400 days.'
        : `Changes are possible from ${opensAt} on; a plan that is approved before waits for it.`,
    details: { opensAt },
  };
}
