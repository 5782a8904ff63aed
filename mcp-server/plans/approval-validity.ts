import { AppError } from '../../shared/errors/app-error.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';

/** Fails with PLAN_EXPIRED when a retry would begin after the plan's approvals lapsed; a paused rollout only goes on. */
export function refuseLapsed(
  {
    planId,
    status,
    approvalValidUntil,
    approvalValidHours,
  }: Pick<StoredPlan, 'planId' | 'status' | 'approvalValidUntil' | 'approvalValidHours'>,
  nowMs = currentMs(),
): void {
  if (status === 'paused' || approvalValidUntil === null || nowMs < Date.parse(approvalValidUntil)) return;
  throw new AppError('PLAN_EXPIRED', {
    message: `The plan's approval held until ${approvalValidUntil} (${approvalValidHours} h, approvalValidHours of the policy).`,
    hint: 'Make the plan anew with replan, and have that approved.',
    details: { planId, approvalValidUntil },
  });
}
