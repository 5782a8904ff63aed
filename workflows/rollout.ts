import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  ROLLOUT_NOTICE_SIGNAL,
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

const START: RolloutCarried = { nextIndex: 0, wave: 0, applied: 0, failed: 0, acceptedFailures: 0 };

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
    return { outcome, applied: state.applied, failed: state.failed, reason: control.reason };
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
    const budgetBase = state.failed - state.acceptedFailures;
    if (outcome.failed.length > 0 && exceedsBudget(budgetBase, deviceIds.length, rollout)) {
      if (rollout.autoRollback && outcome.applied.length > 0) {
        show(`wave ${state.wave} failed; taking it back`);
        await takeWaveBack(input, outcome.applied, state.wave);
        state.applied -= outcome.applied.length;
      }
      if (state.nextIndex >= deviceIds.length) {
        control.reason = breachReason(state, deviceIds.length, rollout.autoRollback);
        return end('failed');
      }
      control.paused = true;
      control.reason = breachReason(state, deviceIds.length, rollout.autoRollback);
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
  await fleet.recordDevices(deviceIds.map((deviceId) => ({ planId, deviceId, status: 'applying' as const, wave })));
  const applied: string[] = [];
  const failed: string[] = [];
  await Promise.all(
    deviceIds.map(async (deviceId) => {
      const result = await changeInChild({
        deviceId,
        deviceName: names[deviceId] ?? deviceId,
        cause: { by: 'plan', planId, digest, direction: 'apply' },
      });
      const progress = progressOf(planId, deviceId, 'apply', result);
      await fleet.recordDevices([progress]);
      await fleet.audit({
        key: `${planId}/apply/${deviceId}`,
        action: 'device.change',
        actor: 'svc-worker',
        planId,
        deviceId,
        outcome: result.error === null ? 'ok' : 'failed',
        code: result.error?.code,
        message: result.error?.message,
        details: { result: result.outcome },
      });
      if (result.error === null) applied.push(deviceId);
      else failed.push(deviceId);
    }),
  );
  return { applied: applied.sort(), failed: failed.sort() };
}

async function takeWaveBack({ planId, digest }: RolloutInput, deviceIds: string[], wave: number): Promise<void> {
  await executeChild(rollbackWorkflow, {
    workflowId: `${rollbackWorkflowId(planId)}/wave-${wave}`,
    args: [{ planId, digest, deviceIds, parallel: deviceIds.length }],
    parentClosePolicy: 'ABANDON',
    staticSummary: `take back wave ${wave} of ${planId}`,
  });
}

async function tellPlan(planId: string, notice: RolloutNotice): Promise<void> {
  await getExternalWorkflowHandle(planWorkflowId(planId)).signal(ROLLOUT_NOTICE_SIGNAL, notice);
}

function breachReason(state: RolloutCarried, total: number, tookBack: boolean): string {
  return `${state.failed} of ${total} devices failed by wave ${state.wave}, more than the plan tolerates; ${
    tookBack ? 'the other devices of that wave were put back' : 'nothing was put back'
  }.`;
}
