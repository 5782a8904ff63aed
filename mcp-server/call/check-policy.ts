import type { Device } from '../../shared/domain/device.ts';
import { flagTakenAway, planAllowed, writeAllowed, writeEverAllowed } from '../../shared/domain/policy/admission.ts';
import type { Policy } from '../../shared/domain/policy/policy.ts';
import { planWindowOf } from '../../shared/domain/policy/plan-window.ts';
import { policyRefused, type PolicyRefusal } from '../../shared/domain/policy/policy-refusal.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { kindNamesOf } from '../../shared/plans/plan-parts.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { PolicySource } from '../../shared/platform/policy/policy-source.ts';
import type { Action, Target } from './action.ts';
import { flagsOfCall } from './resolve-target.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** A call that everything else allows. */
export interface PolicyQuestion {
  action: Action;
  principal: Principal;
  target: Target;
  input: Readonly<Record<string, unknown>>;
}

/** The deployment's own rules, beyond roles, scopes and flags. */
export interface PolicyGate {
  /** Fails with POLICY_REFUSED naming the rule. */
  check(question: PolicyQuestion): Promise<void>;
}

/** The gate of a deployment without rules. */
export const ALLOW_ALL: PolicyGate = { check: () => Promise.resolve() };

export interface PolicyGateDeps {
  policy: PolicySource;
  devices: Pick<Database['devices'], 'getMany'>;
  /** Default: what time it is for all processes. */
  now?: () => number;
}

/**
 * Asks the policy about whatever changes a router: writes to one device, proposals of plans, and what sets a plan going.
 * Reads pass, unless they take a capability flag that the policy takes away. Pausing, aborting and taking back pass always.
 */
export function createPolicyGate({ policy, devices, now = currentMs }: PolicyGateDeps): PolicyGate {
  return {
    async check(question) {
      const rules = policy.current();
      const refusal =
        question.target.on === 'plan' && SETS_GOING.has(question.action.name)
          ? await startRefusal(rules, devices, question.target.plan)
          : refusalOf(rules, question, now());
      if (refusal !== null) throw policyRefused(refusal);
    },
  };
}

/** Tools after which a plan writes. The worker asks the same again before each wave. */
const SETS_GOING: ReadonlySet<string> = new Set(['apply_plan', 'resume_rollout', 'retry_failed_devices']);

function refusalOf(policy: Policy, { action, target, input }: PolicyQuestion, atMs: number): PolicyRefusal | null {
  const flags = flagsOfCall(action, input);
  const comment = typeof input['comment'] === 'string' ? input['comment'] : '';
  if (target.on === 'device' && action.rate === 'write') {
    const facts = { toolset: action.toolset, flags, target: target.device, comment };
    return input['dryRun'] === true ? writeEverAllowed(policy, facts) : writeAllowed(policy, facts, atMs);
  }
  if (target.on === 'device') return flagTakenAway(policy, flags, [target.device]);
  if (target.on !== 'fleet') return null;
  const { devices } = target;
  const kinds = action.planKinds?.(input);
  const [first] = devices;
  if (kinds === undefined || first === undefined) return flagTakenAway(policy, flags, devices);
  const facts = {
    environment: first.environment,
    kinds,
    flags,
    deviceCount: devices.length,
    targets: devices,
    comment,
  };
  return planAllowed(policy, facts) ?? neverOpen(policy, devices, input, atMs);
}

/** A plan that could never begin: nobody should read its devices, and decide on it, for nothing. */
function neverOpen(
  policy: Policy,
  devices: readonly Device[],
  { rollout }: Readonly<Record<string, unknown>>,
  atMs: number,
): PolicyRefusal | null {
  const { notBefore } = (rollout ?? {}) as { notBefore?: string };
  const fromMs = Math.max(atMs, notBefore === undefined ? atMs : Date.parse(notBefore));
  const found = planWindowOf(policy, devices, fromMs);
  return found.opens === 'never' ? found.refusal : null;
}

async function startRefusal(
  policy: Policy,
  devices: PolicyGateDeps['devices'],
  plan: StoredPlan,
): Promise<PolicyRefusal | null> {
  const targets = await devices.getMany(plan.devices.map(({ deviceId }) => deviceId));
  const { environment } = plan;
  return planAllowed(policy, { environment, kinds: kindNamesOf(plan), deviceCount: targets.length, targets });
}
