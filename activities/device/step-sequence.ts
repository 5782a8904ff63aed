import type { StepState } from '../../shared/contract/device-messages.ts';
import { undoOf, type Step } from '../../shared/domain/change.ts';
import type { RouterRecord, RowKey } from '../../shared/routeros/router.ts';
import { isDynamic, rowsNamed } from '../../shared/routeros/row-key.ts';

export type RowStep = Exclude<Step, { op: 'set' }>;

/** More steps of one menu are only looked at one by one. */
const MOST_IN_SEQUENCE = 100;

/**
 * What a menu holds of steps that follow each other there, where the place of a row depends on what was moved before: the
 * first so many are done and the others are not. Null when no such number explains what the menu holds, as when somebody
 * else changed it.
 */
export function statesInSequence(
  rows: readonly RouterRecord[],
  steps: readonly RowStep[],
  stateOf: (rows: readonly RouterRecord[], step: RowStep) => StepState,
): StepState[] | null {
  if (steps.length < 2 || steps.length > MOST_IN_SEQUENCE || !steps.some(({ op }) => op === 'move')) return null;
  const configured = rows.filter((row) => !isDynamic(row));
  // As many as possible: what is there already is not written again.
  for (let done = steps.length; done >= 0; done--) {
    const behind = steps.slice(0, done).toReversed();
    const ahead = steps.slice(done);
    if (
      leadsOn(configured, behind, 'after', (now, step) => taken(now, undoOf(step) as RowStep), stateOf) &&
      leadsOn(configured, ahead, 'before', taken, stateOf)
    ) {
      return steps.map((_, index) => ({ is: index < done ? 'after' : 'before' }));
    }
  }
  return null;
}

function leadsOn(
  rows: readonly RouterRecord[],
  steps: readonly RowStep[],
  side: 'before' | 'after',
  next: (rows: readonly RouterRecord[], step: RowStep) => readonly RouterRecord[] | null,
  stateOf: (rows: readonly RouterRecord[], step: RowStep) => StepState,
): boolean {
  let now: readonly RouterRecord[] | null = rows;
  for (const step of steps) {
    if (now === null || stateOf(now, step).is !== side) return false;
    now = next(now, step);
  }
  return now !== null;
}

/** The rows as they are when the step is taken; null when it cannot be. */
function taken(rows: readonly RouterRecord[], step: RowStep): readonly RouterRecord[] | null {
  if (step.op === 'add') return placed(rows, { '.id': 'new', ...step.values }, step.placeBefore);
  const row = rowsNamed(rows, step.key)[0];
  if (row === undefined) return null;
  const others = rows.filter((other) => other !== row);
  if (step.op === 'remove') return others;
  if (step.op === 'move') return placed(others, row, step.after);
  return rows.map((other) => (other === row ? changed(row, step.after) : other));
}

function placed(
  rows: readonly RouterRecord[],
  row: RouterRecord,
  before: RowKey | null,
): readonly RouterRecord[] | null {
  if (before === null) return [...rows, row];
  const neighbour = rowsNamed(rows, before)[0];
  return neighbour === undefined ? null : rows.toSpliced(rows.indexOf(neighbour), 0, row);
}

function changed(row: RouterRecord, after: Readonly<Record<string, string | null>>): RouterRecord {
  const fields = Object.entries({ ...row, ...after }).filter((field): field is [string, string] => field[1] !== null);
  return Object.fromEntries(fields);
}
