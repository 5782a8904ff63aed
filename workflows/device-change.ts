import { CancellationScope, log, setCurrentDetails } from '@temporalio/workflow';
import type {
  DeviceChangeInput,
  DeviceChangeResult,
  HealthBaseline,
  StepState,
} from '../shared/contract/device-messages.ts';
import { changesOf, undoOf, type Step } from '../shared/domain/change.ts';
import type { ChangeGuard } from '../shared/domain/change-guard.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { askedAgain, heldBack } from './admission.ts';
import { HeldBack } from './held-back.ts';
import { deviceReads, errorBodyOf, fleet, onLane, promptReads } from './activity-options.ts';
import { runCommand } from './device-command.ts';
import { arm, confirm, FIRED, guardOf, release, tookItBack } from './change-guard.ts';
import { recordOutcome } from './record-outcome.ts';
import { bodyOf, settle, staleBody, StepRefused, verify, writeSettled } from './step-write.ts';

/**
 * Writes one device, alone: its workflow id is the device's lock. Inspects first, writes step by step, reads back over a
 * new connection, checks health, and takes back what it wrote when any of that fails. An unclear write is settled by
 * reading, never by writing again blindly. A change that can cut the way to its device is guarded by the device itself.
 */
export async function deviceChangeWorkflow(input: DeviceChangeInput): Promise<DeviceChangeResult> {
  const result = await changeDevice(input);
  await recordOutcome(input, result);
  setCurrentDetails(`**${input.deviceName}**: ${result.outcome}${result.error ? ` (${result.error.message})` : ''}`);
  return result;
}

async function changeDevice(input: DeviceChangeInput): Promise<DeviceChangeResult> {
  const { deviceId, cause } = input;
  if (cause.by === 'operation' && cause.isCommand) return runCommand(input, cause);
  let steps: Step[];
  let inspected: { states: StepState[]; baseline: HealthBaseline };
  try {
    steps = await stepsOf(input);
    if (steps.length === 0) return { outcome: 'unchanged', changes: [], error: null };
    // A rollout waits for a device that is left alone for a while; whoever called an operation is told.
    const reads = input.cause.by === 'operation' ? promptReads : deviceReads;
    inspected = await onLane(deviceId, () => reads(deviceId).inspectSteps({ deviceId, steps, beforeChange: true }));
  } catch (error) {
    return { outcome: 'refused', changes: [], error: errorBodyOf(error, 'DEVICE_TIMEOUT') };
  }
  const foreign = inspected.states.find((state) => state.is === 'foreign');
  if (foreign) return { outcome: 'refused', changes: [], error: staleBody(foreign.found) };
  const toWrite = steps.filter((_, index) => inspected.states[index]?.is === 'before');
  if (toWrite.length === 0) return { outcome: 'unchanged', changes: [], error: null };
  const held = await heldBack(input);
  if (held) return held;
  return writeAndProve(input, steps, toWrite, inspected.baseline);
}

async function stepsOf({ deviceId, cause }: DeviceChangeInput): Promise<Step[]> {
  if (cause.by === 'operation') {
    const { operation, input } = cause;
    return onLane(deviceId, () => promptReads(deviceId).prepareOperation({ deviceId, operation, input }));
  }
  const { planId, stepsDigest } = cause;
  const { steps } = await fleet.loadPlanSteps({ planId, deviceId, stepsDigest });
  return cause.direction === 'apply' ? steps : steps.map(undoOf).reverse();
}

async function writeAndProve(
  input: DeviceChangeInput,
  steps: Step[],
  toWrite: Step[],
  baseline: HealthBaseline,
): Promise<DeviceChangeResult> {
  const { deviceId } = input;
  const undo: Step[] = [];
  const changes = changesOf(toWrite);
  // An undo leads back to what was reachable; guarding it would put the plan's values back.
  const guard = isUndo(input) ? null : guardOf(toWrite);
  try {
    await report(input, 'applying');
    if (guard) await arm(deviceId, toWrite, guard);
    for (const step of toWrite) {
      // Registered before acting: a write whose reply is lost may have taken effect.
      undo.push(undoOf(step));
      await writeSettled(deviceId, step, guard, step === toWrite[0] ? askedAgain(input) : undefined);
    }
    await report(input, 'verifying');
    await verify(deviceId, steps);
    await onLane(deviceId, () => deviceReads(deviceId).checkHealth({ deviceId, baseline }));
    if (guard) await confirm(deviceId, steps, guard);
    return { outcome: 'applied', changes, error: null };
  } catch (error) {
    if (error instanceof HeldBack) {
      if (guard) await CancellationScope.nonCancellable(() => release(deviceId, guard));
      return error.result;
    }
    const body = error instanceof StepRefused ? error.body : errorBodyOf(error, 'DEVICE_TIMEOUT');
    log.warn('device change failed', { deviceId, code: body.code });
    if (error instanceof StepRefused) {
      if (error.device === 'unreadable') return { outcome: 'unknown', changes, error: body };
      if (error.device === 'untouched') undo.pop();
    }
    return CancellationScope.nonCancellable(async () => {
      if (undo.length > 0 && isUndo(input)) return keepUndone(input, steps, changes, body);
      if (undo.length > 0) return takeBack(input, { undo: undo.reverse(), guard }, changes, body);
      if (guard) await release(deviceId, guard);
      return { outcome: 'refused', changes: [], error: body };
    });
  }
}

function isUndo({ cause }: DeviceChangeInput): boolean {
  return cause.by === 'plan' && cause.direction === 'undo';
}

/** Reverses what was written, newest first, and says how far that came. */
async function takeBack(
  { deviceId }: DeviceChangeInput,
  { undo, guard }: { undo: Step[]; guard: ChangeGuard | null },
  changes: DeviceChangeResult['changes'],
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  try {
    const states = await settle(deviceId, undo, guard);
    let written = 0;
    for (const [index, step] of undo.entries()) {
      const state = states[index];
      if (state?.is === 'foreign') throw new StepRefused(staleBody(state.found), 'untouched');
      if (state?.is !== 'before') continue;
      written += 1;
      await writeSettled(deviceId, step);
    }
    if (written > 0) await verify(deviceId, undo);
    if (guard && (await release(deviceId, guard)) === 'fired') {
      return { outcome: 'reverted', changes: [], error: bodyOf('VERIFICATION_FAILED', FIRED) };
    }
    return { outcome: written > 0 ? 'reverted' : 'refused', changes: [], error };
  } catch (failure) {
    log.warn('device change not taken back', { deviceId, code: errorBodyOf(failure, 'OUTCOME_UNKNOWN').code });
    if (guard && (await tookItBack(deviceId, undo, guard, failure))) return { outcome: 'reverted', changes: [], error };
    return notTakenBack(failure, changes, error);
  }
}

/** An undo that failed is not undone: that would put the plan's values back. What is there is read and reported. */
async function keepUndone(
  { deviceId }: DeviceChangeInput,
  steps: Step[],
  changes: DeviceChangeResult['changes'],
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  try {
    const states = await settle(deviceId, steps);
    if (states.every((state) => state.is === 'after')) return { outcome: 'applied', changes, error: null };
    return { outcome: 'left_changed', changes, error };
  } catch (failure) {
    return notTakenBack(failure, changes, error);
  }
}

function notTakenBack(failure: unknown, changes: DeviceChangeResult['changes'], error: ErrorBody): DeviceChangeResult {
  const body = failure instanceof StepRefused ? failure.body : errorBodyOf(failure, 'OUTCOME_UNKNOWN');
  const isUnknown =
    !(failure instanceof StepRefused) || failure.device === 'unreadable' || error.code === 'OUTCOME_UNKNOWN';
  const message = `${error.message} Taking it back failed: ${body.message}`;
  return isUnknown
    ? { outcome: 'unknown', changes, error: bodyOf('OUTCOME_UNKNOWN', message) }
    : { outcome: 'left_changed', changes, error: { ...body, message } };
}

async function report({ deviceId, cause }: DeviceChangeInput, status: PlanDeviceStatus): Promise<void> {
  if (cause.by !== 'plan') return;
  const shown = cause.direction === 'undo' ? 'rolling_back' : status;
  await fleet.recordDevices([{ planId: cause.planId, deviceId, status: shown }]);
}
