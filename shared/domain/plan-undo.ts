import { canonicalJson } from './canonical-json.ts';
import { keyAfter, undoOf, type RouterValues, type Step } from './change.ts';

/**
 * What takes those steps back that were written, newest first. The others somebody else made: they stay, so a row that was
 * in front of one which is gone goes in front of what followed that one. `written` holds indices of `steps`.
 */
export function undoOfWritten(steps: readonly Step[], written: readonly number[]): Step[] {
  const wrote = new Set(written);
  const undo = steps.flatMap((step, index) => {
    if (!wrote.has(index)) return [];
    const staying = steps.filter((other, place) => place > index && !wrote.has(place) && other.menu === step.menu);
    return [undoOf(placedAmong(staying, step))];
  });
  return undo.reverse();
}

/** The step, with the row in front of which its undo puts a row as the steps that stay have left it. */
function placedAmong(staying: readonly Step[], step: Step): Step {
  if (step.op === 'remove') return { ...step, placeBefore: neighbourAfter(staying, step.placeBefore) };
  if (step.op === 'move') return { ...step, before: neighbourAfter(staying, step.before) };
  return step;
}

function neighbourAfter(staying: readonly Step[], neighbour: RouterValues | null): RouterValues | null {
  let now = neighbour;
  for (const step of staying) {
    if (now === null || step.op === 'set' || canonicalJson(step.key) !== canonicalJson(now)) continue;
    if (step.op === 'remove') now = step.placeBefore;
    if (step.op === 'change') now = keyAfter(step);
  }
  return now;
}
