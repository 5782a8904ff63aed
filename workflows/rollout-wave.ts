import { condition, patched, workflowInfo } from '@temporalio/workflow';
import type { WorkflowAudit } from '../shared/contract/fleet-activities.ts';
import type { ChangedDevice, DeviceProgress } from '../shared/contract/plan-messages.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import { troublesNow } from '../shared/domain/health-troubles.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { fleet } from './activity-options.ts';
import { couldNotBeReached, nextTry, triedAgainBody } from './deferral.ts';
import { changeInChild, progressOf, type ChildResult } from './device-child.ts';
import { outcomeOfPlan } from './record-outcome.ts';
import { isHeldBack } from './rollout-control.ts';
import type { RolloutRun } from './rollout-run.ts';
import { bodyOf } from './step-write.ts';
import { nextToStart } from './waves.ts';

/**
 * Devices whose child is being started, at most. The server starts the children of a workflow one after the other and locks
 * the workflow meanwhile; a decision of the rollout that waits longer than a second for that is lost, and made again only
 * when it has timed out, after ten. Fifty at once lost one in seventy so, a few at a time none. Three leave reads beside a
 * rollout of a thousand devices their turn, which six do not; the rollout takes a fifth longer.
 */
const MOST_STARTING = 3;

export interface WaveOutcome {
  /** Devices that the whole wave changed so far. */
  changed: ChangedDevice[];
  /** Why devices were held back before anything was written to them; they are changed next. */
  heldBack: ErrorBody | null;
}

/**
 * Changes the devices of the present wave, as many at the same time as the plan allows. No more are begun once somebody
 * pauses or aborts, too many failed, devices are held back, or this run's history is long; those begun are finished.
 */
export async function changeWave(run: RolloutRun): Promise<WaveOutcome> {
  const { planId, digest } = run.input;
  const current = (run.state.current ??= { left: [], changed: [] });
  const { stepsDigests } = await fleet.verifyDigest({ planId, digest, deviceIds: current.left });
  await run.recorder.keep({ devices: current.left.flatMap((deviceId) => inWave(run, deviceId)) });
  const wave: Wave = {
    run,
    stepsDigests,
    changed: current.changed,
    heldBack: null,
    failure: null,
    ended: 0,
    starting: new Set(),
  };
  const mostStarting = patched('few-start-at-once') ? MOST_STARTING : Infinity;
  while (current.left.length > 0 && !mustStop(wave)) {
    const isFull = wave.starting.size >= mostStarting;
    const index = isFull ? null : nextToStart(current.left, run.atWork, run.siteOf, run.options);
    const [deviceId] = index === null ? [] : current.left.splice(index, 1);
    if (deviceId !== undefined) {
      begin(wave, deviceId);
      continue;
    }
    const { ended } = wave;
    const hasRoom = (): boolean => wave.ended > ended || (isFull && wave.starting.size < mostStarting);
    await condition(() => hasRoom() || run.hasNews || mustStop(wave));
    if (run.hasNews) await isHeldBack(run);
  }
  await condition(() => run.atWork.size === 0);
  if (wave.failure) throw wave.failure.error;
  return { changed: current.changed, heldBack: wave.heldBack };
}

interface Wave {
  run: RolloutRun;
  stepsDigests: Record<string, string>;
  changed: ChangedDevice[];
  heldBack: ErrorBody | null;
  /** What was thrown where nothing should: the wave ends, and the rollout with it. */
  failure: { error: unknown } | null;
  /** Devices that are done, to wait for the next one. */
  ended: number;
  /** Devices whose child is not started yet. */
  starting: Set<string>;
}

function mustStop({ run, heldBack, failure }: Wave): boolean {
  const isLong = workflowInfo().continueAsNewSuggested;
  return run.isSteered || run.isOverBudget || isLong || heldBack !== null || failure !== null;
}

/** Its row, unless that says what must not be forgotten: that the device may hold something of the plan. */
function inWave({ input: { planId }, state }: RolloutRun, deviceId: string): DeviceProgress[] {
  if (state.mayHold[deviceId] !== undefined) return [];
  return [{ planId, deviceId, status: 'pending', wave: state.wave }];
}

function begin(wave: Wave, deviceId: string): void {
  const { run } = wave;
  run.atWork.add(deviceId);
  wave.starting.add(deviceId);
  run.show(`wave ${run.state.wave} of ${run.progress().waves}`);
  void changeDevice(wave, deviceId)
    .catch((error: unknown) => {
      wave.failure ??= { error };
    })
    .finally(() => {
      run.atWork.delete(deviceId);
      wave.starting.delete(deviceId);
      wave.ended += 1;
    });
}

async function changeDevice(wave: Wave, deviceId: string): Promise<void> {
  const { run, stepsDigests } = wave;
  const { planId } = run.input;
  const { runId } = workflowInfo();
  const begun = run.begun.get(deviceId) ?? 0;
  run.begun.set(deviceId, begun + 1);
  // A device that is tried again is another act on record.
  const key = `${planId}/apply/${deviceId}/${runId}${begun === 0 ? '' : `/${begun + 1}`}`;
  const act = { action: 'device.change', actor: 'svc-worker', planId, deviceId };
  // What cannot be recorded does not happen.
  await run.recorder.keep({ audits: [{ ...act, key, outcome: 'requested' }] });
  const triedAtMs = Date.now();
  const stepsDigest = stepsDigests[deviceId] ?? '';
  const result = await changeInChild(
    {
      deviceId,
      deviceName: run.nameOf(deviceId),
      cause: {
        by: 'plan',
        planId,
        stepsDigest,
        direction: 'apply',
        auditKey: key,
        ...(run.input.rollout.unreachableSeconds > 0 ? { isTriedAgain: true as const } : {}),
      },
    },
    { mayBegin: () => mayStillBegin(run, deviceId), onAnswered: () => void wave.starting.delete(deviceId) },
  );
  // The child completes the record by itself, unless it was held back or never came so far.
  const audits: WorkflowAudit[] =
    result.isUnrecorded || result.isHeld
      ? [
          {
            ...act,
            key: result.isHeld ? `${key}/held/${Date.now()}` : `${key}/outcome`,
            ...outcomeOfPlan(result),
            details: { result: result.outcome },
          },
        ]
      : [];
  await run.recorder.keep({ audits, devices: [settle(wave, deviceId, result, triedAtMs)] });
}

/** Asked while another change holds the device: whether this one is still wanted. */
function mayStillBegin(run: RolloutRun, deviceId: string): boolean {
  if (run.isSteered || run.isOverBudget) return false;
  return !run.unwanted.has(deviceId) || !patched('skipped-while-busy');
}

/** Counts a device whose change has ended, and says what its row says from now on. */
function settle(wave: Wave, deviceId: string, result: ChildResult, triedAtMs: number): DeviceProgress {
  const { run, changed } = wave;
  const { state, options } = run;
  const { planId } = run.input;
  const deferral = run.takeDeferral(deviceId);
  const { error, baseline } = result;
  const before = state.mayHold[deviceId];
  const unwanted = run.unwanted.get(deviceId);
  run.unwanted.delete(deviceId);
  if (result.isHeld) {
    if (!result.isWithdrawn) wave.heldBack ??= error;
    if (unwanted) return leftOut(run, deviceId, unwanted);
    state.current?.left.unshift(deviceId);
    if (deferral) state.deferred.push(deferral);
    return { planId, deviceId, status: before ?? 'pending', error: null };
  }
  if (before === undefined && couldNotBeReached(result)) {
    const again = nextTry(deferral, { deviceId, error, triedAtMs, nowMs: Date.now() }, options.unreachableSeconds);
    if (again && unwanted) return leftOut(run, deviceId, unwanted);
    if (again && error) {
      state.deferred.push(again);
      return { planId, deviceId, status: 'pending', error: triedAgainBody(error, again) };
    }
  }
  state.measured.devices += 1;
  state.measured.seconds += (Date.now() - triedAtMs) / 1000;
  delete state.mayHold[deviceId];
  const isWritten = result.outcome === 'applied' || (before !== undefined && result.outcome === 'unchanged');
  // A canary to which nothing was written says nothing of what the change does.
  if (isWritten || (error === null && !patched('canary-must-be-written'))) state.isProven = true;
  const sick = before === 'unhealthy' && result.outcome === 'unchanged' ? stillSick(baseline) : null;
  if (sick) {
    state.failed += 1;
    return { planId, deviceId, status: 'unhealthy', error: sick };
  }
  // Only what this rollout wrote is its to take back: a device that already was as wanted is left alone.
  if (isWritten) {
    state.applied += 1;
    if (baseline) changed.push({ deviceId, baseline });
  } else if (error !== null) state.failed += 1;
  const progress = progressOf(planId, deviceId, 'apply', result);
  return before === undefined ? progress : { ...progress, status: isWritten ? 'applied' : heldStill(progress, before) };
}

function leftOut(run: RolloutRun, deviceId: string, error: ErrorBody): DeviceProgress {
  const { planId } = run.input;
  const status = run.leaveOut(deviceId);
  return { planId, deviceId, status, ...(status === 'skipped' ? { error } : {}) };
}

/** It holds the change and is tried again, so what it was before the change is not known any more: it is judged by itself. */
function stillSick(health: ChildResult['baseline']): ErrorBody | null {
  const troubles = health ? troublesNow(health) : [];
  if (troubles.length === 0 || !patched('unhealthy-looked-at')) return null;
  return bodyOf('HEALTH_CHECK_FAILED', `The device holds the change and is still not healthy: ${troubles.join(', ')}.`);
}

/** A device that held something of the plan and was not changed now holds it still. */
function heldStill({ status }: DeviceProgress, before: PlanDeviceStatus): PlanDeviceStatus {
  return status === 'failed' ? before : status;
}
