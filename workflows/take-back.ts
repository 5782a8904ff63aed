import { log, patched } from '@temporalio/workflow';
import type { DeviceChangeInput, DeviceChangeResult } from '../shared/contract/device-messages.ts';
import { undoOf, type Step } from '../shared/domain/change.ts';
import type { ChangeGuard } from '../shared/domain/change-guard.ts';
import { leftOf, MOST_LEFT_OBJECTS, type LeftObject } from '../shared/domain/left-object.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { deviceReads, errorBodyOf, onLane } from './activity-options.ts';
import { FIRED, release, tookItBack, withGuardLeft } from './change-guard.ts';
import { conflictBody, withLeft } from './left-body.ts';
import { bodyOf, lookAt, settle, StepRefused, verify, writeSettled } from './step-write.ts';

/** What a change that failed has written, or may have. */
export interface Written {
  /** What takes it back, newest first: of the part that was being made, and of those before, which were confirmed. */
  undo: Step[];
  confirmed: Step[];
  /** Of the part that was being made. */
  guard: ChangeGuard | null;
  changes: DeviceChangeResult['changes'];
}

/**
 * Reverses what was written, newest first, and says how far that came. Where somebody else changed one of the objects
 * meanwhile nothing is reversed: half of a change is a state that nobody has looked at.
 */
export async function takeBack(
  input: DeviceChangeInput,
  { undo: current, confirmed, guard, changes }: Written,
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  const { deviceId } = input;
  const undo = [...current, ...confirmed];
  try {
    const { states, left } = await settle(deviceId, undo, { guard, undoes: true });
    const foreign = states.find((state) => state.is === 'foreign');
    if (foreign) throw new StepRefused(conflictBody('undo', foreign.found, left), 'untouched');
    let written = 0;
    for (const [index, step] of undo.entries()) {
      if (states[index]?.is !== 'before') continue;
      written += 1;
      await writeSettled(deviceId, step, { settleUnder: guard && patched('undo-settles-under-guard') ? guard : null });
    }
    if (written > 0) await verify(deviceId, undo);
    const ended = guard && (await release(deviceId, guard));
    if (ended === 'fired') return { outcome: 'reverted', changes: [], error: bodyOf('VERIFICATION_FAILED', FIRED) };
    const said = guard && ended === null ? withGuardLeft(error) : error;
    return { outcome: written > 0 ? 'reverted' : 'refused', changes: [], error: said };
  } catch (failure) {
    log.warn('device change not taken back', { deviceId, code: errorBodyOf(failure, 'OUTCOME_UNKNOWN').code });
    if (guard && (await tookItBack(deviceId, current, guard, failure))) {
      if (confirmed.length === 0) return { outcome: 'reverted', changes: [], error };
      return takeBack(input, { undo: confirmed, confirmed: [], guard: null, changes }, error);
    }
    return notTakenBack(input, { undo, changes }, failure, error);
  }
}

/** An undo that failed is not undone: that would put the plan's values back. What is there is read and reported. */
export async function keepUndone(
  input: DeviceChangeInput,
  steps: Step[],
  changes: DeviceChangeResult['changes'],
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  try {
    const { states, left } = await settle(input.deviceId, steps, { undoes: true, tellLeft: true });
    if (states.every((state) => state.is === 'after')) return { outcome: 'applied', changes, error: null };
    return { outcome: 'left_changed', changes, error: withLeft(error, left) };
  } catch (failure) {
    return notTakenBack(input, { undo: steps, changes }, failure, error);
  }
}

async function notTakenBack(
  { deviceId }: DeviceChangeInput,
  { undo, changes }: Pick<Written, 'undo' | 'changes'>,
  failure: unknown,
  error: ErrorBody,
): Promise<DeviceChangeResult> {
  const body = failure instanceof StepRefused ? failure.body : errorBodyOf(failure, 'OUTCOME_UNKNOWN');
  const isUnreadable = failure instanceof StepRefused && failure.device === 'unreadable';
  const isUnknown = !(failure instanceof StepRefused) || isUnreadable || error.code === 'OUTCOME_UNKNOWN';
  const message = `${error.message} Taking it back failed: ${body.message}`;
  if (isUnknown) {
    const left = isUnreadable ? undo.flatMap(unread) : await leftOn(deviceId, undo);
    return { outcome: 'unknown', changes, error: withLeft(bodyOf('OUTCOME_UNKNOWN', message), left) };
  }
  const left = body.details?.['left'] === undefined ? await leftOn(deviceId, undo) : [];
  return { outcome: 'left_changed', changes, error: withLeft({ ...body, message }, left) };
}

/** What the device holds that it did not hold before; when it cannot be read, that it cannot. */
async function leftOn(deviceId: string, undo: Step[]): Promise<LeftObject[]> {
  if (!patched('left-objects')) return [];
  try {
    const { left } = await onLane(deviceId, () =>
      lookAt(deviceReads(deviceId), deviceId, undo, { undoes: true, tellLeft: true }),
    );
    return left;
  } catch (error) {
    log.warn('what is left on the device could not be read', { code: errorBodyOf(error, 'DEVICE_TIMEOUT').code });
    return undo.flatMap(unread).slice(0, MOST_LEFT_OBJECTS);
  }
}

/** Only where it is: the values themselves are shown by whoever reads them, with secrets masked. */
function unread(undo: Step): LeftObject[] {
  return leftOf(undoOf(undo), { is: 'not_read' }).map((left) => ({ ...left, expected: null, planned: null }));
}
