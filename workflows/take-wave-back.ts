import { executeChild } from '@temporalio/workflow';
import type { ChangedDevice, RollbackResult } from '../shared/contract/plan-messages.ts';
import { rollbackWorkflowId } from '../shared/contract/workflow-ids.ts';
import { fleet } from './activity-options.ts';
import { rollbackWorkflow } from './rollback.ts';
import type { UnhealthyDevice } from './rollout-gate.ts';
import type { RolloutRun } from './rollout-run.ts';
import { sayWhy } from './say-why.ts';

/** Takes back what a wave changed, and says in half a sentence how that went. */
export async function takeWaveBack(
  run: RolloutRun,
  changed: readonly ChangedDevice[],
  unhealthy: readonly UnhealthyDevice[],
): Promise<string> {
  const { state } = run;
  const { planId, digest } = run.input;
  const deviceIds = changed.map(({ deviceId }) => deviceId).sort();
  const was = Object.fromEntries(unhealthy.map(({ deviceId }) => [deviceId, 'unhealthy' as const]));
  run.show(`wave ${state.wave} failed; taking it back`);
  const back = await executeChild(rollbackWorkflow, {
    workflowId: `${rollbackWorkflowId(planId)}/wave-${state.wave}`,
    // Nobody asked for it knowing of a stop, so every stop holds it back.
    args: [{ planId, digest, deviceIds, parallel: Math.min(deviceIds.length, run.options.maxParallel), was }],
    parentClosePolicy: 'ABANDON',
    staticSummary: `take back wave ${state.wave} of ${planId}`,
  });
  const failed = unhealthy.length === 0 ? 0 : await showFailed(run, unhealthy);
  // Those in trouble count as failed already, and one that could not be put back is none that was applied.
  const inTrouble = new Set(unhealthy.map(({ deviceId }) => deviceId));
  const lost = back.incomplete.filter(({ deviceId }) => !inTrouble.has(deviceId)).length;
  state.failed += lost;
  state.applied -= back.rolledBack - failed + lost;
  state.rolledBack += back.rolledBack - failed;
  return sayTakenBack(back);
}

/** Devices in trouble that were put back hold nothing any more; that they failed, and why, stays. Answers how many. */
async function showFailed(run: RolloutRun, unhealthy: readonly UnhealthyDevice[]): Promise<number> {
  const { planId } = run.input;
  const rows = await fleet.listPlanDevices({ planId, statuses: ['rolled_back'] });
  const putBack = new Set(rows.map(({ deviceId }) => deviceId));
  const failed = unhealthy.filter(({ deviceId }) => putBack.has(deviceId));
  await run.recorder.keep({
    devices: failed.map(({ deviceId, error }) => ({ planId, deviceId, status: 'failed' as const, error })),
  });
  return failed.length;
}

function sayTakenBack({ rolledBack, incomplete, heldBack }: RollbackResult): string {
  if (heldBack) return `${rolledBack} devices of that wave were put back, then: ${sayWhy(heldBack)}`;
  return incomplete.length === 0
    ? 'what that wave changed was put back'
    : `${rolledBack} devices of that wave were put back and ${incomplete.length} could not be`;
}
