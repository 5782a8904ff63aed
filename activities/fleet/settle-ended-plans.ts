import type { Client } from '@temporalio/client';
import { deviceChangeWorkflowId, planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import type { PlanDeviceStatus, PlanStatus } from '../../shared/domain/plan.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { recordPlan, type Announcing } from './announce-plan.ts';
import { isOver, isRunning, wakeWaiting } from './claim-devices.ts';
import { currentMs } from '../../shared/platform/process/platform-clock.ts';

export interface EndedPlansDeps {
  client: Client;
  database: Pick<Database, 'plans' | 'claims' | 'webhooks'>;
  /** Who is told. Default: nobody is. */
  webhooks?: Announcing | undefined;
}

/** What a plan has become whose workflow is gone, by the status in which that left it. */
const ENDING: Partial<Record<PlanStatus, PlanStatus>> = {
  awaiting_approval: 'cancelled',
  approved: 'cancelled',
  rolling_out: 'failed',
  paused: 'failed',
  rolling_back: 'rollback_incomplete',
};
const OPEN = Object.keys(ENDING) as PlanStatus[];

const AT_WORK: ReadonlySet<PlanDeviceStatus> = new Set(['applying', 'verifying', 'rolling_back']);
const SETTLED_AT_ONCE = 100;

const REASON = 'Its workflow was ended from outside, so nobody carries it on.';
const UNTOLD =
  'The workflow that changed it was ended from outside, and nothing says what came of it; look at the device.';

/**
 * Says of plans whose workflows somebody terminated what has become of them, because those cannot any more; devices that
 * were being changed are unknown. What was ended less than `overForMs` ago, or is still worked on, is left for the next
 * time. Answers how many were settled.
 */
export async function settleEndedPlans(deps: EndedPlansDeps, overForMs: number): Promise<number> {
  let settled = 0;
  for (const { planId } of await deps.database.plans.list({ statuses: OPEN, limit: SETTLED_AT_ONCE })) {
    // oxlint-disable-next-line no-await-in-loop -- few, and nobody waits for them
    if (await settle(deps, planId, overForMs)) settled += 1;
  }
  return settled;
}

async function settle(deps: EndedPlansDeps, planId: string, overForMs: number): Promise<boolean> {
  const { client, database } = deps;
  if (!(await endedLongAgo(client, planId, overForMs)) || !(await isOver(client, planId))) return false;
  // After that its row is what it stays.
  const plan = await database.plans.get(planId);
  const status = plan === null ? undefined : ENDING[plan.status];
  if (plan === null || status === undefined) return false;
  const atWork = plan.devices.filter((device) => AT_WORK.has(device.status));
  for (const { deviceId } of atWork) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (await isRunning(client, deviceChangeWorkflowId(deviceId))) return false;
  }
  await recordUnknown(database, plan, atWork);
  const patch = { planId, status, statusReason: REASON };
  const told = { from: plan.status, to: status, key: `${planId}/ended` };
  await recordPlan({ client, database, ...deps.webhooks }, { patch, told });
  await wakeWaiting({ client, database }, planId);
  return true;
}

async function recordUnknown(
  { plans }: EndedPlansDeps['database'],
  { planId }: StoredPlan,
  devices: StoredPlan['devices'],
): Promise<void> {
  const { retryable } = ERROR_CODES.OUTCOME_UNKNOWN;
  const error = { code: 'OUTCOME_UNKNOWN' as const, message: UNTOLD, retryable };
  await plans.recordDevices(devices.map(({ deviceId }) => ({ planId, deviceId, status: 'unknown', error })));
}

/** A workflow records how it ends before it ends, and one that is only just begun may not be found yet. */
async function endedLongAgo(client: Client, planId: string, overForMs: number): Promise<boolean> {
  try {
    const { closeTime } = await client.workflow.getHandle(planWorkflowId(planId)).describe();
    return closeTime !== undefined && currentMs() - closeTime.getTime() >= overForMs;
  } catch (error) {
    // Past the time for which Temporal keeps those that ended.
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return true;
    throw error;
  }
}
