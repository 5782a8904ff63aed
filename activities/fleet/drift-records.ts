import type { Client } from '@temporalio/client';
import type { DriftRecords, DriftSweepInput } from '../../shared/contract/drift-messages.ts';
import { WORKFLOW_QUEUE } from '../../shared/contract/task-queues.ts';
import { driftOfPlanWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { DRIFT_SWEEP_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import type { PlanStatus } from '../../shared/domain/plan.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

/** Devices of one page. */
const PAGE = 100;
/** Drift that went away is kept for so long. */
const KEPT_DAYS = 90;
const DAY_MS = 86_400_000;

/** What comparisons of many devices need of the database. */
export function createDriftRecords({
  baselines,
  drift,
  plans,
}: Pick<Database, 'baselines' | 'drift' | 'plans'>): DriftRecords {
  return {
    async driftTargets({ of, after }) {
      const deviceIds = await baselines.devices({ of, after, limit: PAGE });
      const plan = 'planId' in of ? await plans.get(of.planId) : null;
      return { deviceIds, requestedBy: plan?.requestedBy ?? null, hasMore: deviceIds.length === PAGE };
    },
    pruneDrift: () => drift.prune(new Date(currentMs() - KEPT_DAYS * DAY_MS)),
  };
}

/** Statuses with which a plan has done for now what it does to devices. */
const ENDED: ReadonlySet<PlanStatus> = new Set(['completed', 'failed', 'rolled_back', 'rollback_incomplete']);

/**
 * Has the devices of a plan that ended compared soon, so that their baselines follow it while what it wrote is still as it
 * left it. Asked for again it is begun once at a time.
 */
export async function followEndedPlan(
  client: Client,
  { planId, status }: { planId: string; status: PlanStatus },
): Promise<void> {
  if (!ENDED.has(status)) return;
  const input: DriftSweepInput = { of: { planId }, reason: `after plan ${planId}`, concurrency: 5 };
  await client.workflow.start<(given: DriftSweepInput) => Promise<unknown>>(DRIFT_SWEEP_WORKFLOW, {
    workflowId: driftOfPlanWorkflowId(planId),
    taskQueue: WORKFLOW_QUEUE,
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowExecutionTimeout: '6h',
    staticSummary: `drift after ${planId}`,
  });
}
