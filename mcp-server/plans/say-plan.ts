import type { Plan, PlanStatus } from '../../shared/domain/plan.ts';

type Sayable = Pick<
  Plan,
  'planId' | 'status' | 'statusReason' | 'approvals' | 'approvalsNeeded' | 'progress' | 'links'
>;

/** One line: where the plan stands and what to do next. */
export function sayPlan(plan: Sayable): string {
  const reason = plan.statusReason === null ? '' : ` (${plan.statusReason.replace(/\.$/, '')})`;
  return `Plan ${plan.planId} is ${plan.status}${reason}. ${NEXT[plan.status](plan)}`;
}

const NEXT: Record<PlanStatus, (plan: Sayable) => string> = {
  preparing: () => 'Its devices are being read; call wait_for_plan.',
  awaiting_approval: ({ approvals, approvalsNeeded, links }) =>
    `${approvals.filter(({ decision }) => decision === 'approve').length} of ${approvalsNeeded} approvals so far. ` +
    `People approve it at ${links.temporal}; no tool can. Then call wait_for_plan.`,
  approved: () => 'It starts by itself unless it waits for apply_plan or its notBefore time; call wait_for_plan.',
  rejected: () => 'Nothing was changed.',
  expired: () => 'Nothing was changed; make a new plan if it is still wanted.',
  cancelled: () => 'Nothing was changed.',
  rolling_out: (plan) => `${sayProgress(plan)} Call wait_for_plan.`,
  paused: (plan) => `${sayProgress(plan)} resume_rollout, abort_rollout or rollback_plan goes on from here.`,
  completed: (plan) => `${sayProgress(plan)} rollback_plan can still undo it for a day.`,
  failed: (plan) => `${sayProgress(plan)} See each device's error; rollback_plan undoes what was changed.`,
  rolling_back: (plan) => `${sayProgress(plan)} Call wait_for_plan.`,
  rolled_back: () => 'Every changed device is as it was before.',
  rollback_incomplete: () => 'Some devices could not be put back; see their errors.',
};

function sayProgress({ progress: { applied, failed, pending, total } }: Sayable): string {
  return `${applied} of ${total} devices applied, ${failed} failed, ${pending} pending.`;
}
