import type { ErrorBody } from '../errors/app-error.ts';
import { ERROR_CODES } from '../errors/codes.ts';
import type { Device } from './device.ts';
import { stopOver, stopRefusal, type EmergencyStop } from './emergency-stop.ts';
import type { Plan } from './plan.ts';
import { planAllowed, type PlanFacts } from './policy/admission.ts';
import type { Policy } from './policy/policy.ts';
import { windowStateAt } from './policy/windows.ts';

export interface AdmissionFacts {
  stage: 'start' | 'wave' | 'device';
  atMs: number;
  stops: readonly EmergencyStop[];
  policy: Policy;
  /** The devices still to be written. */
  devices: readonly Device[];
  /** The plan they belong to; null for what is done to one device without one. */
  plan: (Pick<Plan, 'environment' | 'approvals' | 'comment'> & Pick<PlanFacts, 'kinds' | 'deviceCount'>) | null;
  /** Whether what is done without a plan is held back outside of windows. Default false: the login of a router may be renewed at any time. */
  heedsWindows?: boolean | undefined;
  /** When a person asked for what was captured before to be put back, ISO 8601. Default: it is no undo. */
  undoAskedAt?: string | undefined;
}

type Decision =
  { answer: 'proceed' } | { answer: 'wait'; until: string; reason: ErrorBody } | { answer: 'pause'; reason: ErrorBody };

const PROCEED: Decision = { answer: 'proceed' };

/**
 * Whether writing may go on: stops first, then the policy's rules, then its windows. A plan that has not begun waits for its
 * window; one that has begun is paused when the window closes, because a person should look before it goes on. Pure.
 */
export function decideAdmission(facts: AdmissionFacts): Decision {
  const { stage, atMs, stops, policy, devices, plan, heedsWindows = false, undoAskedAt } = facts;
  const stop = stopOver(stops, devices, undoAskedAt);
  if (stop !== null) return { answer: 'pause', reason: stopRefusal(stop) };
  // Putting back makes devices what they were; no window and no rule should keep a mistake in place.
  if (undoAskedAt !== undefined || (plan === null && !heedsWindows)) return PROCEED;

  const refusal = plan === null ? null : refusalOf(plan, policy, devices);
  if (refusal !== null) return { answer: 'pause', reason: bodyOf(refusal) };

  const state = windowStateAt(policy, devices, atMs);
  if (state.open) return PROCEED;
  const { rule, reason, opensAt } = state;
  const hint = opensAt === null ? 'No window opens within 400 days.' : `It opens at ${opensAt}.`;
  const body = bodyOf({ rule, message: reason, hint, details: { opensAt } });
  return stage === 'start' && opensAt !== null
    ? { answer: 'wait', until: opensAt, reason: body }
    : { answer: 'pause', reason: body };
}

function refusalOf(plan: NonNullable<AdmissionFacts['plan']>, policy: Policy, devices: readonly Device[]) {
  return planAllowed(policy, {
    environment: plan.environment,
    kinds: plan.kinds,
    deviceCount: plan.deviceCount,
    targets: devices,
    comment: plan.comment,
    approvals: plan.approvals.filter(({ decision }) => decision === 'approve').length,
  });
}

function bodyOf(refusal: {
  rule: string;
  message: string;
  hint: string;
  details?: Record<string, unknown>;
}): ErrorBody {
  const { rule, message, hint, details } = refusal;
  const { retryable } = ERROR_CODES.POLICY_REFUSED;
  return {
    code: 'POLICY_REFUSED',
    message: `${message} (rule ${rule})`,
    hint,
    retryable,
    details: { ...details, rule },
  };
}
