import { AppError } from '../../shared/errors/app-error.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** Fails with PLAN_STATE_CONFLICT when the time in which the plan could be taken back is over. */
export function refuseTooLate({ planId, rollbackUntil, rollout }: StoredPlan, nowMs = currentMs()): void {
  if (rollbackUntil === null || nowMs < Date.parse(rollbackUntil)) return;
  const { rollbackWindowSeconds } = rollout;
  throw new AppError('PLAN_STATE_CONFLICT', {
    message: `The plan could be rolled back until ${rollbackUntil}, ${rollbackWindowSeconds} s after its end (rollout.rollbackWindowSeconds).`,
    hint: 'Propose a plan that sets the former values; every device of this plan names the snapshot from before it (snapshotId).',
    details: { planId, rollbackUntil, rollbackWindowSeconds },
  });
}
