import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  ROLLOUT_NOTICE_SIGNAL,
  type RollbackResult,
  type RolloutCarried,
  type RolloutInput,
  type RolloutNotice,
  type RolloutResult,
} from '../shared/contract/plan-messages.ts';
import { planWorkflowId, rollbackWorkflowId } from '../shared/contract/workflow-ids.ts';
import { fleet } from './activity-options.ts';
import { changeInChild, progressOf } from './device-child.ts';
import { rollbackWorkflow } from './rollback.ts';
import { countWaves, exceedsBudget, nextWave } from './waves.ts';

export const pauseRollout = defineSignal<[{ reason: string }]>('pause');
export const resumeRollout = defineSignal<[{ reason: string }]>('resume');
export const abortRollout = defineSignal<[{ reason: string }]>('abort');
export const rolloutProgress = defineQuery<RolloutCarried & { total: number; paused: boolean; reason: string | null }>(
  'progress',
);

const START: RolloutCarried = { nextIndex: 0, wave: 0, applied: 0, failed: 0, rolledBack: 0, acceptedFailures: 0 };

/**
 * Changes the devices of an approved plan: the canary, then batches, with a pause between. When more fail than the plan
 * tolerates it stops, takes the failing batch back if the plan says so, and waits for a person.
 */
export async function rolloutWorkflow(input: RolloutInput): Promise<RolloutResult> {
  const { planId, rollout, deviceIds } = input;
  const state = { ...(input.carried ?? START) };
  const control = { paused: false, aborted: false, reason: null as string | null };
  const waves = countWaves(deviceIds.length, rollout);
  setHandler(pauseRollout, ({ reason }) => void Object.assign(control, { paused: true, reason }), {
    description: 'Sent by the plan: stop before the next batch.',
  });
  setHandler(resumeRollout, () => void Object.assign(control, { paused: false, reason: null }), {
    description: 'Sent by the plan: go on.',
  });
  setHandler(abortRollout, ({ reason }) => void Object.assign(control, { aborted: true, reason }), {
    description: 'Sent by the plan: start no more devices.',
  });
  setHandler(rolloutProgress, () => ({
    ...state,
    total: deviceIds.length,
    paused: control.paused,
    reason: control.reason,
  }));
  const show = (doing: string) =>
    setCurrentDetails(
      `**${planId}**: ${doing}\n\n| applied | failed | to do |\n|---|---|---|\n| ${state.applied} | ${state.failed} | ${deviceIds.length - state.nextIndex} |`,
    );
  const end = (outcome: RolloutResult['outcome']): RolloutResult => {
    show(outcome);
    const { applied, failed, rolledBack } = state;
    return { outcome, applied, failed, rolledBack, reason: control.reason };
  };

  while (state.nextIndex < deviceIds.length) {
    if (control.paused && !control.aborted) {
      show(`paused: ${control.reason ?? 'asked to'}`);
      await tellPlan(planId, { paused: true, reason: control.reason });
      await condition(() => !control.paused || control.aborted);
      if (!control.aborted) await tellPlan(planId, { paused: false, reason: null });
      state.acceptedFailures = state.failed;
    }
    if (control.aborted) return end('aborted');
    const wave = nextWave(deviceIds, state.nextIndex, rollout);
    state.wave += 1;
    show(`wave ${state.wave} of ${waves}, ${wave.length} device(s)`);
    const outcome = await changeWave(input, wave, state.wave);
    state.nextIndex += wave.length;
    state.applied += outcome.applied.length;
    state.failed += outcome.failed.length;
    const isOverBudget = exceedsBudget(state.failed - state.acceptedFailures, deviceIds.length, rollout);
    if (outcome.failed.length > 0 && isOverBudget) {
      let after = 'nothing was put back';
      if (rollout.autoRollback && outcome.applied.length > 0) {
        show(`wave ${state.wave} failed; taking it back`);
        const back = await takeWaveBack(input, outcome.applied, state.wave);
        state.applied -= back.rolledBack;
        state.rolledBack += back.rolledBack;
        after =
          back.incomplete.length === 0
            ? 'the other devices of that wave were put back'
            : `${back.rolledBack} other devices of that wave were put back and ${back.incomplete.length} could not be`;
      }
      control.reason = `${state.failed} of ${deviceIds.length} devices failed by wave ${state.wave}, more than the plan tolerates; ${after}.`;
      if (state.nextIndex >= deviceIds.length) return end('failed');
      control.paused = true;
      continue;
    }
    if (state.nextIndex < deviceIds.length && rollout.pauseSeconds > 0) {
      show(`waiting ${rollout.pauseSeconds} s after wave ${state.wave} of ${waves}`);
      await condition(() => control.aborted || control.paused, rollout.pauseSeconds * 1000);
    }
    if (workflowInfo().continueAsNewSuggested && !control.paused && !control.aborted) {
      await condition(allHandlersFinished);
      return continueAsNew<typeof rolloutWorkflow>({ ...input, carried: state });
    }
  }
  return end('completed');
}

async function changeWave(
  { planId, digest }: RolloutInput,
  deviceIds: string[],
  wave: number,
): Promise<{ applied: string[]; failed: string[] }> {
  const names = await fleet.deviceNames({ deviceIds });
  const { stepsDigests } = await fleet.verifyDigest({ planId, digest, deviceIds });
  await fleet.recordDevices(deviceIds.map((deviceId) => ({ planId, deviceId, status: 'applying' as const, wave })));
  const applied: string[] = [];
  const failed: string[] = [];
  await Promise.all(
    deviceIds.map(async (deviceId) => {
      const result = await changeInChild({
        deviceId,
        deviceName: names[deviceId] ?? deviceId,
        cause: { by: 'plan', planId, stepsDigest: stepsDigests[deviceId] ?? '', direction: 'apply' },
      });
      const progress = progressOf(planId, deviceId, 'apply', result);
      await fleet.recordDevices([progress]);
      await fleet.audit({
        key: `${planId}/apply/${deviceId}/${workflowInfo().runId}`,
        action: 'device.change',
        actor: 'svc-worker',
        planId,
        deviceId,
        outcome: result.outcome === 'unknown' ? 'unknown' : result.error === null ? 'ok' : 'failed',
        code: result.error?.code,
        message: result.error?.message,
        details: { result: result.outcome },
      });
      // Only what this rollout wrote is its to take back: a device that already was as wanted is left alone.
      if (result.outcome === 'applied') applied.push(deviceId);
      if (result.error !== null) failed.push(deviceId);
    }),
  );
  return { applied: applied.sort(), failed: failed.sort() };
}

async function takeWaveBack(
  { planId, digest }: RolloutInput,
  deviceIds: string[],
  wave: number,
): Promise<RollbackResult> {
  return executeChild(rollbackWorkflow, {
    workflowId: `${rollbackWorkflowId(planId)}/wave-${wave}`,
    args: [{ planId, digest, deviceIds, parallel: deviceIds.length }],
    parentClosePolicy: 'ABANDON',
    staticSummary: `take back wave ${wave} of ${planId}`,
  });
}

async function tellPlan(planId: string, notice: RolloutNotice): Promise<void> {
  try {
    await getExternalWorkflowHandle(planWorkflowId(planId)).signal(ROLLOUT_NOTICE_SIGNAL, notice);
  } catch (error) {
    // A plan that somebody terminated cannot be told; its devices are looked after all the same.
    log.warn('the plan could not be told', { planId, error: String(error) });
  }
}
