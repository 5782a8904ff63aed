import { log, patched, sleep, workflowInfo } from '@temporalio/workflow';
import type { GuardOutcome } from '../shared/contract/device-messages.ts';
import type { Step } from '../shared/domain/change.ts';
import { guardMinutesOf, type ChangeGuard } from '../shared/domain/change-guard.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { deviceGuards, deviceReads, errorBodyOf, onLane } from './activity-options.ts';
import { onOwnSide } from './own-side-wait.ts';
import { bodyOf, GUARD_PAUSE_MS, pausesOf, StepRefused, verify } from './step-write.ts';

/** The guard of a part of a change that can cut the way to its device; null for all others. */
export function guardOf(steps: readonly Step[], part: number): ChangeGuard | null {
  const minutes = guardMinutesOf(steps);
  if (minutes === null || !patched('change-guard')) return null;
  const run = workflowInfo().runId.replaceAll('-', '').toLowerCase();
  // A name for each: an attempt to arm an earlier one that comes late must not touch this one's entries.
  return { transaction: part === 0 ? run : `${run.slice(0, 28)}p${String(part).padStart(3, '0')}`, minutes };
}

/** What of the steps to write is made under each guard, as the lengths of all the plan's parts say. */
export function inParts(steps: readonly Step[], toWrite: readonly Step[], lengths: readonly number[]): Step[][] {
  let from = 0;
  const parts = lengths.map((length) => steps.slice(from, (from += length)).filter((step) => toWrite.includes(step)));
  return parts.filter((part) => part.length > 0);
}

/** A guard that was armed in part fires three minutes later; arming it anew has to come before that. */
const ARM_PATIENCE_MS = 90_000;

/** Before the first write: from here on the device takes the steps back by itself unless it is told otherwise. */
export async function arm(deviceId: string, steps: Step[], guard: ChangeGuard, isPrompt: boolean): Promise<void> {
  const armed = () => onLane(deviceId, () => deviceGuards(deviceId).armGuard({ deviceId, steps, guard }));
  await onOwnSide(armed, isPrompt ? 0 : ARM_PATIENCE_MS);
}

/** After everything is proven. Throws StepRefused when the device took, or takes, the change back. */
export async function confirm(deviceId: string, steps: Step[], guard: ChangeGuard): Promise<void> {
  const outcome = await disarm(deviceId, guard);
  if (outcome === 'fired') throw new StepRefused(bodyOf('VERIFICATION_FAILED', FIRED), 'unsettled');
  // Somebody removed it, or an attempt whose answer was lost did: nothing undoes the change, if it is still there.
  if (outcome === 'absent') await verify(deviceId, steps);
}

/**
 * When it is no longer of use. One that cannot be disarmed would fire later, and could meet values that somebody wrote
 * meanwhile: so it is tried until the guard has had its time. Null when it may still be there all the same.
 */
export async function release(
  deviceId: string,
  guard: ChangeGuard,
  patienceMs = pausesOf(guard) * GUARD_PAUSE_MS,
): Promise<GuardOutcome | null> {
  const untilMs = Date.now() + patienceMs;
  for (;;) {
    try {
      return await disarm(deviceId, guard);
    } catch (error) {
      log.warn('guard not disarmed', { deviceId, code: errorBodyOf(error, 'DEVICE_TIMEOUT').code });
      if (Date.now() >= untilMs || !patched('guard-outlived')) return null;
    }
    await sleep(GUARD_PAUSE_MS, { summary: 'wait until the guard on the device can be removed, or has fired' });
  }
}

/** Of a change that left nothing else on the device. */
export function withGuardLeft(error: ErrorBody): ErrorBody {
  return { ...error, message: `${error.message} ${GUARD_LEFT}` };
}

const GUARD_LEFT =
  'Its guard could not be removed, because the device was not reachable: it ends by itself, at the latest 20 seconds after the next start of the device, and puts back what the change would have replaced.';

/**
 * After a change that we could not take back: whether the guard did. It is waited for, so that nothing changes after what
 * is reported, but never let loose on values of somebody else, which are left alone.
 */
export async function tookItBack(
  deviceId: string,
  undo: Step[],
  guard: ChangeGuard,
  failure: unknown,
): Promise<boolean> {
  if (failure instanceof StepRefused && failure.device === 'unreadable') return false;
  const isForeign = failure instanceof StepRefused && FOREIGN.has(failure.body.code);
  const isDone = !isForeign && (await takesItBack(deviceId, undo, guard));
  // Where the guard was waited for to the end, it had its time.
  await (isForeign || isDone ? release(deviceId, guard) : release(deviceId, guard, 0));
  return isDone;
}

async function takesItBack(deviceId: string, undo: Step[], guard: ChangeGuard): Promise<boolean> {
  for (let pauses = 0; pauses < pausesOf(guard); pauses++) {
    await sleep(GUARD_PAUSE_MS, { summary: 'wait for the guard on the device' });
    if (await isTakenBack(deviceId, undo)) return true;
  }
  return false;
}

async function isTakenBack(deviceId: string, undo: Step[]): Promise<boolean> {
  try {
    const { states } = await onLane(deviceId, () => deviceReads(deviceId).inspectSteps({ deviceId, steps: undo }));
    return states.every((state) => state.is === 'after');
  } catch (error) {
    log.warn('device not read while its guard waits', { deviceId, code: errorBodyOf(error, 'DEVICE_TIMEOUT').code });
    return false;
  }
}

/** The device holds what neither side of a step knows. */
const FOREIGN: ReadonlySet<string> = new Set(['PLAN_STALE', 'OUTCOME_UNKNOWN']);

/** What a caller reads of a change that its guard ended. */
export const FIRED =
  'The change could not be confirmed in time, because the device was not reachable or too slow; it took the change back by itself.';

async function disarm(deviceId: string, { transaction }: ChangeGuard): Promise<GuardOutcome> {
  const { outcome } = await onOwnSide(() =>
    onLane(deviceId, () => deviceGuards(deviceId).disarmGuard({ deviceId, transaction })),
  );
  return outcome;
}
