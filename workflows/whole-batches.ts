import {
  allHandlersFinished,
  condition,
  continueAsNew,
  executeChild,
  getExternalWorkflowHandle,
  log,
  patched,
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
import type { DeviceChangeResult } from '../shared/contract/device-messages.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { planWorkflowId, rollbackWorkflowId } from '../shared/contract/workflow-ids.ts';
import { fleet } from './activity-options.ts';
import { changeInChild, progressOf } from './device-child.ts';
import { sayWhy } from './say-why.ts';
import { outcomeOfPlan } from './record-outcome.ts';
import { abortRollout, pauseRollout, recheckRollout, resumeRollout } from './rollout-signals.ts';
import { rollbackWorkflow } from './rollback.ts';
import type { RolloutOptions } from '../shared/domain/plan.ts';
import type { rolloutWorkflow } from './rollout.ts';
import { exceedsBudget } from './waves.ts';

const START: RolloutCarried = { nextIndex: 0, wave: 0, applied: 0, failed: 0, rolledBack: 0, acceptedFailures: 0 };

/**
 * Rollouts as they were carried out at first, each batch at once and as a whole; those that began so go on so, until they
 * end or continue as new.
 *
 * Changes the devices of an approved plan: the canary, then batches, with a pause between. When more fail than the plan
 * tolerates it stops, takes the failing batch back if the plan says so, and waits for a person. It waits for one as well
 * when an emergency stop or the policy says that it may not go on; devices that are being changed finish.
 */
export async function rolloutOfWholeBatches(input: RolloutInput): Promise<RolloutResult> {
  const { planId, rollout, deviceIds } = input;
  const state = { ...(input.carried ?? START) };
  const control: Control = { paused: false, aborted: false, reason: null, hasNews: false };
  // Asked once: a run that began without asking goes on so, and its devices ask all the same.
  const isGated = patched('admission');
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
  setHandler(recheckRollout, () => void Object.assign(control, { hasNews: true }), {
    description: 'Look now whether the rollout may go on.',
  });
  /** Devices that are not done: those that were held back come first. */
  const remaining = (): string[] => [...(state.held ?? []), ...deviceIds.slice(state.nextIndex)];
  const show = (doing: string) =>
    setCurrentDetails(
      `**${planId}**: ${doing}\n\n| applied | failed | to do |\n|---|---|---|\n| ${state.applied} | ${state.failed} | ${remaining().length} |`,
    );
  const end = (outcome: RolloutResult['outcome']): RolloutResult => {
    show(outcome);
    const { applied, failed, rolledBack } = state;
    return { outcome, applied, failed, rolledBack, reason: control.reason };
  };

  while (remaining().length > 0) {
    if (control.paused && !control.aborted) {
      show(`paused: ${control.reason ?? 'asked to'}`);
      await tellPlan(planId, { paused: true, reason: control.reason });
      await condition(() => !control.paused || control.aborted);
      if (!control.aborted) await tellPlan(planId, { paused: false, reason: null });
      state.acceptedFailures = state.failed;
    }
    if (control.aborted) return end('aborted');
    if (isGated && (await isHeldBack(planId, remaining(), control))) continue;
    // Told so while it asked.
    if (isGated && (control.paused || control.aborted)) continue;
    const isRepeated = state.held !== undefined;
    const wave = state.held ?? nextWave(deviceIds, state.nextIndex, rollout);
    if (!isRepeated) state.wave += 1;
    show(`wave ${state.wave} of ${waves}, ${wave.length} device(s)`);
    const outcome = await changeWave(input, wave, state.wave);
    if (!isRepeated) state.nextIndex += wave.length;
    state.applied += outcome.applied.length;
    state.failed += outcome.failed.length;
    delete state.held;
    if (outcome.held) state.held = outcome.held.deviceIds;
    const isOverBudget = exceedsBudget(state.failed - state.acceptedFailures, deviceIds.length, rollout);
    if (outcome.failed.length > 0 && isOverBudget) {
      let after = 'nothing was put back';
      if (rollout.autoRollback && outcome.applied.length > 0) {
        show(`wave ${state.wave} failed; taking it back`);
        const back = await takeWaveBack(input, outcome.applied, state.wave);
        state.applied -= back.rolledBack;
        state.rolledBack += back.rolledBack;
        after = sayTakenBack(back);
      }
      control.reason = `${state.failed} of ${deviceIds.length} devices failed by wave ${state.wave}, more than the plan tolerates; ${after}.`;
      if (remaining().length === 0) return end('failed');
      control.paused = true;
      continue;
    }
    if (outcome.held) {
      Object.assign(control, { paused: true, reason: sayWhy(outcome.held.error) });
      continue;
    }
    if (state.nextIndex < deviceIds.length && rollout.pauseSeconds > 0) {
      show(`waiting ${rollout.pauseSeconds} s after wave ${state.wave} of ${waves}`);
      const ms = rollout.pauseSeconds * 1000;
      if (isGated) await rest(ms, control, () => isHeldBack(planId, remaining(), control));
      else await condition(() => control.aborted || control.paused, ms);
    }
    if (workflowInfo().continueAsNewSuggested && !control.paused && !control.aborted) {
      await condition(allHandlersFinished);
      return continueAsNew<typeof rolloutWorkflow>({ ...input, carried: state });
    }
  }
  return end('completed');
}

/** What a rollout was told and has not yet heeded. */
interface Control {
  paused: boolean;
  aborted: boolean;
  reason: string | null;
  /** Somebody says that whether it may go on has changed. */
  hasNews: boolean;
}

/** Whether the devices must be left alone for now; then the rollout is paused, and says why. */
async function isHeldBack(planId: string, deviceIds: string[], control: Control): Promise<boolean> {
  control.hasNews = false;
  const admission = await fleet.mayProceed({ stage: 'wave', planId, deviceIds });
  if (admission.answer === 'proceed') return false;
  Object.assign(control, { paused: true, reason: sayWhy(admission.reason) });
  return true;
}

/** Waits between waves, at once for whoever pauses or aborts, and with a look at `isHeldBack` whenever there is news. */
async function rest(ms: number, control: Control, heldBackNow: () => Promise<boolean>): Promise<void> {
  const endsAtMs = Date.now() + ms;
  const isSteered = (): boolean => control.aborted || control.paused;
  while (await condition(() => isSteered() || control.hasNews, Math.max(1, endsAtMs - Date.now()))) {
    control.hasNews = false;
    if (isSteered() || (await heldBackNow())) return;
  }
}

interface WaveOutcome {
  applied: string[];
  failed: string[];
  /** Devices to which nothing was written because they were held back, and why. */
  held: { deviceIds: string[]; error: ErrorBody } | null;
}

async function changeWave({ planId, digest }: RolloutInput, deviceIds: string[], wave: number): Promise<WaveOutcome> {
  const names = await fleet.deviceNames({ deviceIds });
  const { stepsDigests } = await fleet.verifyDigest({ planId, digest, deviceIds });
  await fleet.recordDevices(deviceIds.map((deviceId) => ({ planId, deviceId, status: 'applying' as const, wave })));
  const applied: string[] = [];
  const failed: string[] = [];
  const held: { deviceId: string; error: ErrorBody }[] = [];
  await Promise.all(
    deviceIds.map(async (deviceId) => {
      const change = { action: 'device.change', actor: 'svc-worker', planId, deviceId };
      const key = `${planId}/apply/${deviceId}/${workflowInfo().runId}`;
      // What cannot be recorded does not happen.
      const isFirst = patched('audit-first');
      if (isFirst) await fleet.audit({ ...change, key, outcome: 'requested' });
      const result = await changeInChild({
        deviceId,
        deviceName: names[deviceId] ?? deviceId,
        cause: {
          by: 'plan',
          planId,
          stepsDigest: stepsDigests[deviceId] ?? '',
          direction: 'apply',
          ...(isFirst ? { auditKey: key } : {}),
        },
      });
      await fleet.recordDevices([progressOf(planId, deviceId, 'apply', result)]);
      await fleet.audit({
        ...change,
        key: isFirst && !result.isHeld ? `${key}/outcome` : auditKey(planId, deviceId, result),
        ...outcomeOfPlan(result),
        details: { result: result.outcome },
      });
      // Only what this rollout wrote is its to take back: a device that already was as wanted is left alone.
      if (result.outcome === 'applied') applied.push(deviceId);
      if (result.isHeld && result.error !== null) held.push({ deviceId, error: result.error });
      else if (result.error !== null) failed.push(deviceId);
    }),
  );
  const [first] = held;
  return {
    applied: applied.sort(),
    failed: failed.sort(),
    held: first ? { deviceIds: held.map(({ deviceId }) => deviceId).sort(), error: first.error } : null,
  };
}

/** A device may be held back several times and is changed once. */
function auditKey(planId: string, deviceId: string, { isHeld }: DeviceChangeResult): string {
  const { runId } = workflowInfo();
  return isHeld ? `${planId}/held/${deviceId}/${runId}/${Date.now()}` : `${planId}/apply/${deviceId}/${runId}`;
}

function sayTakenBack({ rolledBack, incomplete, heldBack }: RollbackResult): string {
  if (heldBack) return `${rolledBack} other devices of that wave were put back, then: ${sayWhy(heldBack)}`;
  return incomplete.length === 0
    ? 'the other devices of that wave were put back'
    : `${rolledBack} other devices of that wave were put back and ${incomplete.length} could not be`;
}

async function takeWaveBack(
  { planId, digest }: RolloutInput,
  deviceIds: string[],
  wave: number,
): Promise<RollbackResult> {
  return executeChild(rollbackWorkflow, {
    workflowId: `${rollbackWorkflowId(planId)}/wave-${wave}`,
    // Nobody asked for it knowing of a stop, so every stop holds it back.
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

type Sizes = Pick<RolloutOptions, 'canary' | 'batchSize'>;

function nextWave(deviceIds: readonly string[], nextIndex: number, { canary, batchSize }: Sizes): string[] {
  const size = nextIndex === 0 && canary > 0 ? canary : batchSize;
  return deviceIds.slice(nextIndex, nextIndex + size);
}

function countWaves(total: number, { canary, batchSize }: Sizes): number {
  const first = Math.min(total, canary);
  return (first > 0 ? 1 : 0) + Math.ceil((total - first) / batchSize);
}
