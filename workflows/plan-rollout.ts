import { executeChild, getExternalWorkflowHandle, log, patched, startChild } from '@temporalio/workflow';
import { condition } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { PreparedPlan, RetryOrder, RolloutCarried } from '../shared/contract/plan-messages.ts';
import { rollbackWorkflowId, rolloutWorkflowId } from '../shared/contract/workflow-ids.ts';
import type { PlanDeviceStatus, PlanStatus } from '../shared/domain/plan.ts';
import { errorBodyOf, failureOf, fleet } from './activity-options.ts';
import { endingOf, endingOfRetry } from './plan-ending.ts';
import type { PlanRun } from './plan-run.ts';
import { rollbackWorkflow } from './rollback.ts';
import { rolloutWorkflow } from './rollout.ts';
import { sayIncomplete } from './say-rollback.ts';
import { sayWhy } from './say-why.ts';
import { bodyOf } from './step-write.ts';

/** Carries the approved plan out, from the last look at its approvals to the end of its rollout. */
export async function rollOut(run: PlanRun, prepared: PreparedPlan): Promise<void> {
  const deviceIds = run.toChange(prepared);
  await carryOut(run, prepared, { deviceIds, workflowId: rolloutWorkflowId(run.input.planId) });
}

/** Once more after the rollout's end, only devices that failed. */
export async function rollOutAgain(run: PlanRun, prepared: PreparedPlan, { devices }: RetryOrder): Promise<void> {
  run.retries += 1;
  const deviceIds = devices.map(({ deviceId }) => deviceId);
  const held = devices.filter(({ status }) => status !== 'failed' && status !== 'rolled_back');
  const mayHold = Object.fromEntries(held.map(({ deviceId, status }) => [deviceId, status]));
  const carried = { nextIndex: 0, wave: 0, applied: 0, failed: 0, rolledBack: 0, acceptedFailures: 0, mayHold };
  const workflowId = `${rolloutWorkflowId(run.input.planId)}/retry-${run.retries}`;
  const was = run.status;
  await carryOut(run, prepared, { deviceIds, workflowId, carried, was }).catch(async (error: unknown) => {
    if (run.rolloutId === workflowId) throw error;
    const { code, message } = errorBodyOf(error, 'INTERNAL_ERROR');
    // Nothing was begun, so the plan is what it was.
    await run.enter(was, `The retry was not begun: ${code}: ${message}`, { releases: true });
  });
}

interface Work {
  deviceIds: string[];
  workflowId: string;
  carried?: RolloutCarried;
  /** Of a retry: the plan's status before. */
  was?: PlanStatus;
}

async function carryOut(
  run: PlanRun,
  prepared: PreparedPlan,
  { deviceIds, workflowId, carried, was }: Work,
): Promise<void> {
  const { planId, rollout, requestedBy } = run.input;
  const { digest } = prepared;
  if (patched('approvals-recheck')) {
    await fleet.checkApprovals({ planId, requestedBy, approvals: run.votes.approvals, deviceIds });
  }
  await fleet.verifyDigest({ planId, digest, deviceIds: [] });
  const child = await startChild(rolloutWorkflow, {
    workflowId,
    // A plan is rolled out once, also when its workflow is reset.
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    args: [{ planId, digest, deviceIds, rollout, ...(carried ? { carried } : {}) }],
    parentClosePolicy: 'ABANDON',
    staticSummary: `rollout of ${planId}, ${deviceIds.length} device(s)`,
  }).catch((error: unknown) => {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    throw failureOf(bodyOf('APPROVAL_VOID_AFTER_RESET'));
  });
  run.rolloutId = workflowId;
  // Only now may pause and abort be passed on: before, there is nobody to take them.
  await run.enter('rolling_out', null);
  const result = await child.result();
  if (run.keepsDevices) return;
  if (result.takeBackAll) {
    await rollBack(run, prepared, { reason: result.reason ?? '' });
    return;
  }
  const { status, reason } =
    was !== undefined && patched('retry-counts-all')
      ? await endingOfRetry(run, prepared, result, was)
      : endingOf(result, run.skipped.size);
  await run.enter(status, reason);
}

/** Tells the plan's rollout, or the one that tries its failed devices once more. */
export async function tellRollout(run: PlanRun, signal: string, message: object): Promise<void> {
  // One that is on its way hears it as soon as it is there.
  await condition(() => !run.isStarting);
  const { planId } = run.input;
  try {
    // By workflow id without a run, so that it also reaches a rollout that continued as new.
    await getExternalWorkflowHandle(run.rolloutId ?? rolloutWorkflowId(planId)).signal(signal, message);
  } catch (error) {
    // It ended in this very moment: its result says all there is to say.
    log.info('the rollout had ended before it could be told', { planId, signal, error: String(error) });
  }
}

/** Devices that may hold something of the plan and so must be looked at by a rollback. */
const TOUCHED: PlanDeviceStatus[] = [
  'applying',
  'verifying',
  'applied',
  'unhealthy',
  'unknown',
  'rollback_failed',
  'rolling_back',
];

/** What a rollback looks at, as the rows say. */
export function touchedDevices({ input: { planId } }: PlanRun): ReturnType<typeof fleet.listPlanDevices> {
  return fleet.listPlanDevices({ planId, statuses: TOUCHED });
}

/** Takes back what the plan changed. `askedAt` is when a person asked for it; by itself it happens under no stop. */
export async function rollBack(
  run: PlanRun,
  { digest }: PreparedPlan,
  { reason, askedAt }: { reason: string; askedAt?: string },
): Promise<void> {
  const { planId, rollout } = run.input;
  await run.enter('rolling_back', reason);
  const touched = await touchedDevices(run);
  const deviceIds = touched.map((device) => device.deviceId);
  const was = Object.fromEntries(
    touched.flatMap(({ deviceId, status }) => (status === 'applied' ? [] : [[deviceId, status] as const])),
  );
  const asked = askedAt === undefined ? {} : { askedAt };
  const result = await executeChild(rollbackWorkflow, {
    workflowId: rollbackWorkflowId(planId),
    args: [{ planId, digest, deviceIds, parallel: rollout.batchSize, was, ...asked }],
    parentClosePolicy: 'ABANDON',
    staticSummary: `rollback of ${planId}, ${touched.length} device(s)`,
  });
  if (result.heldBack)
    await run.enter(
      'failed',
      `${sayWhy(result.heldBack)} The rollback ended before it came to all devices; ask for it again.`,
    );
  else if (result.incomplete.length === 0) await run.enter('rolled_back', reason);
  else await run.enter('rollback_incomplete', sayIncomplete(result));
}
