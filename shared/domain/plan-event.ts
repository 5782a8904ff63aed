import type { PlanStatus } from './plan.ts';

/** What endpoints of a deployment can be told of a plan. */
export const PLAN_EVENTS = [
  'plan.approval_needed',
  'plan.approval_reminder',
  'plan.approval_escalated',
  'plan.approved',
  'plan.rejected',
  'plan.expired',
  'rollout.started',
  'rollout.paused',
  'rollout.completed',
  'rollout.failed',
  'rollback.completed',
  'rollback.incomplete',
] as const;
export type PlanEvent = (typeof PLAN_EVENTS)[number];

const BY_STATUS: Partial<Record<PlanStatus, PlanEvent>> = {
  awaiting_approval: 'plan.approval_needed',
  approved: 'plan.approved',
  rejected: 'plan.rejected',
  expired: 'plan.expired',
  paused: 'rollout.paused',
  completed: 'rollout.completed',
  rolled_back: 'rollback.completed',
  rollback_incomplete: 'rollback.incomplete',
};

/** What is told when a plan goes from one status to another; null when nobody needs to hear of it. */
export function planEventOf(from: PlanStatus, to: PlanStatus): PlanEvent | null {
  if (from === to) return null;
  if (to === 'rolling_out') return from === 'paused' ? null : 'rollout.started';
  if (to !== 'failed') return BY_STATUS[to] ?? null;
  // A plan that could not be prepared was never rolled out, and whoever asked for it has the reason as the answer.
  if (from === 'preparing') return null;
  return from === 'rolling_back' ? 'rollback.incomplete' : 'rollout.failed';
}
