import { mayUseDevice, type Principal, type Role } from '../../shared/domain/principal.ts';
import type { Device } from '../../shared/domain/device.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { CONTROL_RULES, DECIDING_ROLES } from './control-rules.ts';
import type { GatewaySignal } from './requests.ts';

type Person = Pick<Principal, 'sub' | 'roles' | 'devices'>;
type PlanFacts = Pick<
  StoredPlan,
  'planId' | 'status' | 'digest' | 'requestedBy' | 'expiresAt' | 'approvals' | 'devices'
>;

export interface SignalFacts {
  planId: string;
  signal: GatewaySignal;
  /** What the decision names; null for controls. */
  digest: string | null;
  person: Person;
  /** Null when there is none. */
  plan: PlanFacts | null;
  /** The registered devices of the plan. */
  devices: readonly Pick<Device, 'deviceId' | 'environment' | 'tags'>[];
  nowMs: number;
}

/**
 * Fails with the first rule the signal breaks, so that the person reads why at once. The workflow applies its own rules
 * to whatever arrives, whoever let it through.
 */
export function checkSignal(facts: SignalFacts): void {
  const { signal, person } = facts;
  if (signal === 'approve' || signal === 'reject') {
    requireRole(person, DECIDING_ROLES, 'APPROVAL_ROLE_MISSING', `${signal} a plan`);
    checkDecision(facts, signal, visiblePlan(facts));
    return;
  }
  const rule = CONTROL_RULES[signal];
  requireRole(person, rule.roles, 'FORBIDDEN', `${signal} a rollout`);
  const plan = visiblePlan(facts);
  if ((rule.from as readonly string[]).includes(plan.status)) return;
  throw new AppError('PLAN_STATE_CONFLICT', {
    message: `The plan is ${words(plan.status)}; ${signal} is possible only while it is ${rule.from.map(words).join(', ')}.`,
    details: { status: plan.status, allowed: rule.from },
  });
}

function checkDecision(facts: SignalFacts, signal: 'approve' | 'reject', plan: PlanFacts): void {
  const { person, digest } = facts;
  const own = plan.approvals.find((approval) => approval.by === person.sub);
  if (own) {
    throw new AppError('APPROVAL_DUPLICATE', {
      message: `You have already decided on this plan (${own.decision}, ${own.at}); a vote counts once and cannot be changed.`,
    });
  }
  if (plan.status === 'expired' || (plan.status === 'awaiting_approval' && Date.parse(plan.expiresAt) <= facts.nowMs)) {
    throw new AppError('PLAN_EXPIRED', {
      message: `The plan expired at ${plan.expiresAt} before it was decided.`,
      hint: 'Ask for the plan to be made anew.',
    });
  }
  if (plan.status !== 'awaiting_approval') {
    throw new AppError('PLAN_STATE_CONFLICT', {
      message: `The plan is ${words(plan.status)}, so there is nothing to decide.`,
      details: { status: plan.status },
    });
  }
  if (digest !== plan.digest) {
    throw new AppError('APPROVAL_DIGEST_MISMATCH', {
      message: `The decision names another digest than the plan has (${plan.digest}).`,
      hint: 'Look at the plan as it is now and decide with its digest.',
      details: { expected: plan.digest, given: digest },
    });
  }
  if (signal === 'approve' && plan.requestedBy === person.sub) {
    throw new AppError('APPROVAL_BY_REQUESTER', {
      message: 'You asked for this plan, so somebody else must approve it.',
      hint: 'You may reject it or have it cancelled.',
    });
  }
}

/** A plan is there for those who may use every device in it. */
function visiblePlan({ planId, plan, devices, person }: SignalFacts): PlanFacts {
  const mayUse = (deviceId: string): boolean => {
    const device = devices.find((known) => known.deviceId === deviceId);
    return device !== undefined && mayUseDevice(person, device);
  };
  if (plan !== null && plan.devices.every(({ deviceId }) => mayUse(deviceId))) return plan;
  throw new AppError('PLAN_NOT_FOUND', { message: `No plan ${planId} is visible to you.` });
}

function requireRole(
  person: Person,
  allowed: readonly Role[],
  code: 'APPROVAL_ROLE_MISSING' | 'FORBIDDEN',
  action: string,
): void {
  if (person.roles.some((role) => allowed.includes(role))) return;
  throw new AppError(code, {
    message: `To ${action} takes the role ${allowed.join(' or ')}; you are ${person.roles.join(', ')}.`,
    details: { roles: person.roles, allowed },
  });
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}
