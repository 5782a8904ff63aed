import { guardMinutesOf, MOST_GUARDED_STEPS } from '../domain/change-guard.ts';
import type { Step } from '../domain/change.ts';
import { AppError } from '../errors/app-error.ts';
import { deadManScripts, LONGEST_SCRIPT } from './dead-man-script.ts';
import { undoCommands } from './undo-script.ts';

/** Steps that a plan may have on one device: more would not fit into the record of one change and its undo. */
export const MOST_STEPS_PER_DEVICE = 1_000;

/**
 * Fails with VALIDATION_ERROR when the steps are more than one change of one device takes, or when one of them could not be
 * taken back by the device itself.
 */
export function assertWithinLimits(steps: readonly Step[]): void {
  if (steps.length > MOST_STEPS_PER_DEVICE) {
    throw new AppError('VALIDATION_ERROR', {
      message: `The plan needs ${steps.length} writes on a device; at most ${MOST_STEPS_PER_DEVICE} are allowed.`,
      hint: 'Propose it as several plans, one after the other.',
      details: { steps: steps.length, allowed: MOST_STEPS_PER_DEVICE },
    });
  }
  guardedParts(steps);
}

/**
 * How many steps are made under each guard, in their order; one number when one guard takes all. A guard is confirmed before
 * the next part begins, so that a change of any length stays within the time and the script of one. Fails with
 * VALIDATION_ERROR when a step alone is too long for a script.
 */
export function guardedParts(steps: readonly Step[]): number[] {
  if (guardMinutesOf(steps) === null) return [steps.length];
  const parts: number[] = [];
  let [count, length] = [0, 0];
  for (const step of steps) {
    const more = lengthOf(step);
    if (count === MOST_GUARDED_STEPS || (count > 0 && length + more > ROOM)) {
      parts.push(count);
      [count, length] = [0, 0];
    }
    count += 1;
    length += more;
  }
  return [...parts, count];
}

/** Of a name as long as they are made, and of a step as long as their numbers get. */
const TRANSACTION = '0'.repeat(32);
const EMPTY = Math.max(...Object.values(deadManScripts(TRANSACTION, [])).map((script) => script.length));
const ROOM = LONGEST_SCRIPT - EMPTY;

/** What a step adds to a script, at most. */
function lengthOf(step: Step): number {
  const undo = undoCommands([step], new Set([step.menu]));
  const { startup } = deadManScripts(TRANSACTION, undo);
  const number = String(MOST_GUARDED_STEPS).length;
  return startup.length - deadManScripts(TRANSACTION, []).startup.length + number;
}
