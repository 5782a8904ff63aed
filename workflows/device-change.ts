import { CancellationScope, log, patched } from '@temporalio/workflow';
import type { DeviceActivities, DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import { changesOf, undoOf, type Step } from '../shared/domain/change.ts';
import type { ChangeGuard } from '../shared/domain/change-guard.ts';
import type { PlanDeviceStatus } from '../shared/domain/plan.ts';
import { undoOfWritten } from '../shared/domain/plan-undo.ts';
import type { HealthBaseline } from '../shared/domain/health-troubles.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import {
  deviceReads,
  errorBodyOf,
  FEWER_ACTIVITIES,
  fleet,
  noteServed,
  onLane,
  promptReads,
  shortWork,
} from './activity-options.ts';
import { askedAgain, heldBack } from './admission.ts';
import { arm, confirm, guardOf, inParts, release, withGuardLeft } from './change-guard.ts';
import { show, showEnd } from './device-card.ts';
import { runCommand } from './device-command.ts';
import { HeldBack } from './held-back.ts';
import { conflictBody } from './left-body.ts';
import { saveBeforePlan, savingAtOnce } from './plan-snapshot.ts';
import { isOwnSide } from './own-side-wait.ts';
import { recordOutcome } from './record-outcome.ts';
import { StepRefused, verify, writeSettled } from './step-write.ts';
import { keepUndone, takeBack, type Written } from './take-back.ts';

/**
 * Writes one device, alone: its workflow id is the device's lock. Inspects first, writes step by step, reads back over a
 * new connection, checks health, and takes back what it wrote when any of that fails. An unclear write is settled by
 * reading, never by writing again blindly. A change that can cut the way to its device is guarded by the device itself.
 */
export async function deviceChangeWorkflow(input: DeviceChangeInput): Promise<DeviceChangeResult> {
  show(input, 'looking at the device');
  const result = await changeDevice(input);
  await recordOutcome(input, result);
  showEnd(input, result);
  // The diff of a plan is in its row; in the history of a rollout of a thousand devices it would be of no use.
  return input.cause.by === 'plan' ? { ...result, changes: [] } : result;
}

async function changeDevice(input: DeviceChangeInput): Promise<DeviceChangeResult> {
  const { deviceId, cause } = input;
  // Decided once: it stands for what all versions did that know it.
  const isLean = patched(FEWER_ACTIVITIES);
  if (cause.by === 'operation' && cause.isCommand) return runCommand(input, cause);
  let own: OwnSteps;
  let inspected: Awaited<ReturnType<DeviceActivities['inspectSteps']>>;
  try {
    own = await stepsOf(input, isLean);
    if (own.steps.length === 0) return { outcome: 'unchanged', changes: [], error: null };
    const { steps } = own;
    // A device that is left alone for a while is waited for, unless a person waits, or the rollout comes back to it.
    const reads = cause.by === 'operation' || cause.isTriedAgain ? promptReads : deviceReads;
    const undoes = isUndo(input) ? { undoes: true } : {};
    const saving = cause.by === 'plan' && cause.direction === 'apply' ? savingAtOnce(cause.planId) : {};
    inspected = await onLane(deviceId, () =>
      reads(deviceId).inspectSteps({ deviceId, steps, beforeChange: true, ...undoes, ...saving }),
    );
  } catch (error) {
    return refused(errorBodyOf(error, 'DEVICE_TIMEOUT'));
  }
  const { states, baseline, left = [], saved: savedAtOnce } = inspected;
  const foreign = states.find((state) => state.is === 'foreign');
  if (foreign) return refused(conflictBody(isUndo(input) ? 'undo' : 'apply', foreign.found, left));
  const writes = [...own.steps.keys()].filter((index) => states[index]?.is === 'before');
  const toWrite = writes.map((index) => own.steps[index]!);
  // A rollout looks at the device again later, and compares.
  const compared = cause.by === 'plan' && cause.direction === 'apply' ? { baseline } : {};
  if (toWrite.length === 0) return { outcome: 'unchanged', changes: [], error: null, ...compared };
  const saved = savedAtOnce
    ? { snapshotId: savedAtOnce.snapshotId }
    : await save(input, isLean, toWrite.length === own.steps.length);
  if ('error' in saved) return refused(saved.error);
  const held = await heldBack(input, isLean, writes);
  if (held) return { ...held, ...saved };
  const result = await writeAndProve(input, own, {
    isLean,
    toWrite,
    baseline,
    beforeAgain: askedAgain(input, isLean, writes),
  });
  return { ...result, ...saved, ...(result.outcome === 'applied' ? compared : {}) };
}

function refused(error: ErrorBody): DeviceChangeResult {
  return { outcome: 'refused', changes: [], error };
}

/** Before a plan's first write to the device; an undo leads back to what was saved then. */
async function save(
  input: DeviceChangeInput,
  isLean: boolean,
  isUntouched: boolean,
): Promise<{ snapshotId?: string } | { error: ErrorBody }> {
  const { deviceId, cause } = input;
  if (cause.by !== 'plan' || cause.direction !== 'apply') return {};
  if (!isLean && !patched('plan-snapshot')) return {};
  show(input, 'saving its configuration');
  const saved = await saveBeforePlan({ planId: cause.planId, deviceId }, isUntouched);
  return 'error' in saved ? saved : { snapshotId: saved.snapshotId };
}

interface OwnSteps {
  steps: Step[];
  /** How many are made under each guard. */
  guardedParts: number[];
}

async function stepsOf({ deviceId, cause }: DeviceChangeInput, isLean: boolean): Promise<OwnSteps> {
  if (cause.by === 'operation') {
    const { operation, input } = cause;
    const steps = await onLane(deviceId, () => promptReads(deviceId).prepareOperation({ deviceId, operation, input }));
    return { steps, guardedParts: [steps.length] };
  }
  const { planId, stepsDigest } = cause;
  const loaded = await shortWork().loadPlanSteps({ planId, deviceId, stepsDigest });
  const { steps, guardedParts = [steps.length], written = null } = loaded;
  if (isLean) noteServed(deviceId);
  if (cause.direction === 'apply') return { steps, guardedParts };
  // It leads back to what was reachable; guarding it would put the plan's values back.
  const leavesSome = written !== null && written.length < steps.length && patched('written-steps');
  const undo = leavesSome ? undoOfWritten(steps, written) : steps.map(undoOf).reverse();
  return { steps: undo, guardedParts: [undo.length] };
}

/** What is known once the device was looked at and may be written. */
interface Begun {
  isLean: boolean;
  toWrite: Step[];
  baseline: HealthBaseline;
  /** Asked before a first write that waited is put up again. */
  beforeAgain: () => Promise<void>;
}

async function writeAndProve(
  input: DeviceChangeInput,
  { steps, guardedParts }: OwnSteps,
  { isLean, toWrite, baseline, beforeAgain }: Begun,
): Promise<DeviceChangeResult> {
  const { deviceId } = input;
  const changes = changesOf(toWrite);
  // Somebody waits for the answer to a single operation; a plan's change has time.
  const isPrompt = input.cause.by === 'operation';
  let confirmed: Step[] = [];
  let undo: Step[] = [];
  let guard: ChangeGuard | null = null;
  try {
    if (!isLean) await report(input, 'applying');
    const parts = inParts(steps, toWrite, guardedParts);
    for (const [index, part] of parts.entries()) {
      // Over a new connection: what was made so far did not cut the way.
      if (guard) await confirm(deviceId, parts[index - 1] ?? [], guard);
      confirmed = [...undo, ...confirmed];
      undo = [];
      guard = isUndo(input) ? null : guardOf(part, index);
      if (guard) await armed(input, part, guard, index === 0);
      if (guard && index === 0 && patched('asked-after-arming')) await beforeAgain();
      for (const step of part) {
        show(input, `writing ${confirmed.length + undo.length + 1} of ${toWrite.length}`, step);
        // Registered before acting: a write whose reply is lost may have taken effect.
        undo = [undoOf(step), ...undo];
        const isFirst = step === toWrite[0];
        await writeSettled(deviceId, step, {
          guard,
          ...(isFirst ? { beforeAgain, isPrompt } : {}),
        });
      }
    }
    if (!isLean) await report(input, 'verifying');
    show(input, 'reading it back over a new connection');
    await verify(deviceId, steps, isLean ? baseline : undefined);
    if (!isLean) await onLane(deviceId, () => deviceReads(deviceId).checkHealth({ deviceId, baseline }));
    if (guard) await confirm(deviceId, steps, guard);
    return { outcome: 'applied', changes, error: null };
  } catch (error) {
    if (error instanceof HeldBack) {
      return CancellationScope.nonCancellable(() => afterHeldBack(deviceId, guard, error.result));
    }
    const body = error instanceof StepRefused ? error.body : errorBodyOf(error, 'DEVICE_TIMEOUT');
    log.warn('device change failed', { deviceId, code: body.code });
    if (error instanceof StepRefused) {
      if (error.device === 'unreadable') return { outcome: 'unknown', changes, error: body };
      if (error.device === 'untouched') undo = undo.slice(1);
    }
    return CancellationScope.nonCancellable(() =>
      afterFailure(input, steps, { undo, confirmed, guard, changes }, body),
    );
  }
}

/** A device that cannot be guarded because our own side is away was not begun: its turn comes again. */
async function armed(
  { deviceId, cause }: DeviceChangeInput,
  part: Step[],
  guard: ChangeGuard,
  isFirst: boolean,
): Promise<void> {
  const isPrompt = isFirst && cause.by === 'operation';
  try {
    await arm(deviceId, part, guard, isPrompt);
  } catch (error) {
    const body = errorBodyOf(error, 'DEVICE_TIMEOUT');
    if (!isFirst || isPrompt || !isOwnSide(body.code) || !patched('held-by-own-side')) throw error;
    throw new HeldBack({ ...refused(body), isHeld: true });
  }
}

async function afterHeldBack(
  deviceId: string,
  guard: ChangeGuard | null,
  result: DeviceChangeResult,
): Promise<DeviceChangeResult> {
  if (!guard || (await release(deviceId, guard)) !== null || !result.error) return result;
  return { ...result, error: withGuardLeft(result.error) };
}

async function afterFailure(
  input: DeviceChangeInput,
  steps: Step[],
  written: Written,
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  const { undo, confirmed, guard, changes } = written;
  if (undo.length + confirmed.length === 0) {
    const isLeft = guard !== null && (await release(input.deviceId, guard)) === null;
    return refused(isLeft ? withGuardLeft(error) : error);
  }
  show(input, `taking it back: ${error.code}`);
  return isUndo(input) ? keepUndone(input, steps, changes, error) : takeBack(input, written, error);
}

function isUndo({ cause }: DeviceChangeInput): boolean {
  return cause.by === 'plan' && cause.direction === 'undo';
}

async function report({ deviceId, cause }: DeviceChangeInput, status: PlanDeviceStatus): Promise<void> {
  if (cause.by !== 'plan') return;
  const shown = cause.direction === 'undo' ? 'rolling_back' : status;
  await fleet.recordDevices([{ planId: cause.planId, deviceId, status: shown }]);
}
