import type { PreparedPlan, RolloutResult } from '../shared/contract/plan-messages.ts';
import type { PlanDeviceStatus, PlanStatus } from '../shared/domain/plan.ts';
import { fleet } from './activity-options.ts';
import type { PlanRun } from './plan-run.ts';
import { exceedsBudget } from './waves.ts';

/** How a plan ends by its rollout. */
export interface Ending {
  status: 'completed' | 'failed';
  reason: string | null;
}

/** By a rollout of all its devices. Pure. */
export function endingOf(result: RolloutResult, skippedBefore: number): Ending {
  if (result.outcome !== 'completed') return { status: 'failed', reason: result.reason ?? 'The rollout ended early.' };
  const { failed, rolledBack, skipped = 0 } = result;
  return { status: 'completed', reason: wordsOf({ failed, rolledBack, skipped: skipped + skippedBefore }) };
}

const NOT_CHANGED: PlanDeviceStatus[] = ['pending', 'failed', 'unhealthy', 'unknown', 'rollback_failed', 'rolled_back'];

/**
 * By a rollout that tried some of its devices again: what became of the others counts as well. A plan that had failed is
 * completed only when none of its devices still waits for a turn and no more failed than it tolerates.
 */
export async function endingOfRetry(
  { input: { planId, rollout } }: PlanRun,
  { deviceIds }: PreparedPlan,
  result: RolloutResult,
  was: PlanStatus,
): Promise<Ending> {
  const rows = await fleet.listPlanDevices({ planId, statuses: NOT_CHANGED });
  return retryEnding(result, { statuses: rows.map(({ status }) => status), total: deviceIds.length, was, rollout });
}

/** As `endingOfRetry`, from the statuses of the devices that are not changed. Pure. */
export function retryEnding(
  result: RolloutResult,
  {
    statuses,
    total,
    was,
    rollout,
  }: {
    statuses: readonly PlanDeviceStatus[];
    /** Devices of the plan. */
    total: number;
    /** The plan's status before. */
    was: PlanStatus;
    rollout: Parameters<typeof exceedsBudget>[2];
  },
): Ending {
  if (result.outcome !== 'completed') return endingOf(result, 0);
  const pending = statuses.filter((status) => status === 'pending').length;
  const rolledBack = statuses.filter((status) => status === 'rolled_back').length;
  const failed = statuses.length - pending - rolledBack;
  const words = wordsOf({ failed, rolledBack, skipped: result.skipped ?? 0, pending });
  // Whoever let it complete has accepted what had failed by then.
  const isDone = was === 'completed' || (pending === 0 && !exceedsBudget(failed, total, rollout));
  return { status: isDone ? 'completed' : 'failed', reason: words };
}

function wordsOf({
  failed,
  rolledBack,
  skipped,
  pending = 0,
}: {
  failed: number;
  rolledBack: number;
  skipped: number;
  pending?: number;
}): string | null {
  const parts = [
    ...(failed > 0 ? [`${failed} device(s) failed`] : []),
    ...(rolledBack > 0 ? [`${rolledBack} device(s) of failed waves were put back and not changed again`] : []),
    ...(pending > 0 ? [`${pending} device(s) had no turn before the rollout was ended`] : []),
    ...(skipped > 0 ? [`${skipped} device(s) were left out`] : []),
  ];
  return parts.length > 0 ? `${parts.join('; ')}.` : null;
}
