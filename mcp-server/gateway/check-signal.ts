import { DECIDING_ROLES } from '../../shared/domain/plan-controls.ts';
import type { Principal, Role } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { refuseLapsed } from '../plans/approval-validity.ts';
import { controlRule } from '../plans/control-rules.ts';
import type { GatewaySignal } from './requests.ts';

/** `roles`: those by which the person may send the signal on each device of the plan. */
type Person = Pick<Principal, 'sub' | 'roles' | 'email'>;
type PlanFacts = Pick<
  StoredPlan,
  | 'planId'
  | 'status'
  | 'digest'
  | 'requestedBy'
  | 'expiresAt'
  | 'approvals'
  | 'approvalCommentRequired'
  | 'approvalValidUntil'
  | 'approvalValidHours'
>;

export interface SignalFacts {
  signal: GatewaySignal;
  /** What the decision names; null for controls. */
  digest: string | null;
  comment: string;
  person: Person;
  plan: PlanFacts;
  /** Of whoever asked for the plan, as the directory has it. */
  requesterEmail: string | null;
  /** Of those who have voted, as the directory has them. */
  voterEmails: readonly string[];
  nowMs: number;
}

/**
 * Fails with the first rule the signal breaks, so that the person reads why at once. The workflow applies its own rules
 * to whatever arrives, whoever let it through.
 */
export function checkSignal(facts: SignalFacts): void {
  const { signal, person, plan } = facts;
  if (signal === 'approve' || signal === 'reject') {
    requireRole(person, DECIDING_ROLES, 'APPROVAL_ROLE_MISSING', `${signal} a plan`);
    checkDecision(facts, signal);
    return;
  }
  const rule = controlRule(signal);
  requireRole(person, rule.roles, 'FORBIDDEN', `${signal} a rollout`);
  if (rule.from.includes(plan.status)) {
    if (signal === 'retry') refuseLapsed(plan, facts.nowMs);
    return;
  }
  throw new AppError('PLAN_STATE_CONFLICT', {
    message: `The plan is ${words(plan.status)}; ${signal} is possible only while it is ${rule.from.map(words).join(', ')}.`,
    details: { status: plan.status, allowed: rule.from },
  });
}

function checkDecision(
  { person, digest, comment, plan, requesterEmail, voterEmails, nowMs }: SignalFacts,
  signal: 'approve' | 'reject',
): void {
  const own = plan.approvals.find((approval) => approval.by === person.sub);
  if (own) {
    throw new AppError('APPROVAL_DUPLICATE', {
      message: `You have already decided on this plan (${own.decision}, ${own.at}); a vote counts once and cannot be changed.`,
    });
  }
  if (voterEmails.some((email) => isSame(email, person.email))) {
    throw new AppError('APPROVAL_DUPLICATE', {
      message: 'You have already decided on this plan under another login; a vote counts once and cannot be changed.',
    });
  }
  if (plan.status === 'expired' || (plan.status === 'awaiting_approval' && Date.parse(plan.expiresAt) <= nowMs)) {
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
  if (plan.approvalCommentRequired && comment.trim() === '') {
    throw new AppError('APPROVAL_COMMENT_REQUIRED', {
      message: `Whoever decides on a plan in this environment must say why, so nothing was sent.`,
      hint: `Fill in "comment" and ${signal} again.`,
    });
  }
  if (signal === 'approve' && (plan.requestedBy === person.sub || isSame(person.email, requesterEmail))) {
    throw new AppError('APPROVAL_BY_REQUESTER', {
      message: 'You asked for this plan, so somebody else must approve it.',
      hint: 'You may reject it or have it cancelled.',
    });
  }
}

/** Providers may give one person a subject of their own at every client; the e-mail tells them together. */
function isSame(one: string | null, other: string | null): boolean {
  return one !== null && one.toLowerCase() === other?.toLowerCase();
}

function requireRole(
  person: Person,
  allowed: readonly Role[],
  code: 'APPROVAL_ROLE_MISSING' | 'FORBIDDEN',
  action: string,
): void {
  if (person.roles.some((role) => allowed.includes(role))) return;
  throw new AppError(code, {
    message: `To ${action} takes the role ${allowed.join(' or ')} on each of its devices.`,
    details: { allowed },
  });
}

function words(status: string): string {
  return status.replaceAll('_', ' ');
}
