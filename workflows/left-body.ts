import { sayLeft, type LeftObject } from '../shared/domain/left-object.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { bodyOf } from './step-write.ts';

/** Objects spelled out in a message; `details.left` lists them all. */
const NAMED_AT_MOST = 3;

/**
 * Of a device on which somebody else changed what a change, or its undo, is about. Nothing is written there then: each
 * conflict is named.
 */
export function conflictBody(
  direction: 'apply' | 'undo',
  found: Readonly<Record<string, string | null>>,
  left: readonly LeftObject[],
): ErrorBody {
  const conflicts = left.filter(({ why }) => why === 'conflict');
  const [intro, hint] = direction === 'apply' ? APPLY : UNDO;
  const listed = conflicts.length === 0 ? '' : ` ${counted(conflicts, 'changed by somebody else')}`;
  return { ...bodyOf('PLAN_STALE', `${intro}${listed}`), hint, details: { found, left } };
}

/** The same failure, with what is left on the device and what to do about it. */
export function withLeft(error: ErrorBody, left: readonly LeftObject[]): ErrorBody {
  if (left.length === 0) return error;
  return {
    ...error,
    message: `${error.message} ${counted(left, 'not as before the plan')}`,
    hint: UNDO[1],
    details: { ...error.details, left },
  };
}

const APPLY = [
  'The device holds values that neither this change nor its undo knows; they were left alone.',
  'See what was changed on the device and by whom, then propose the plan again.',
] as const;
const UNDO = [
  'The device holds values that neither the plan nor its undo knows; nothing was put back on it.',
  'Set what is listed by hand to what it was before the plan, or to what the plan wrote, and ask for the rollback again: it comes back only to what is left.',
] as const;

function counted(left: readonly LeftObject[], what: string): string {
  const more = left.length - NAMED_AT_MOST;
  const named = left.slice(0, NAMED_AT_MOST).map(sayLeft).join('; ');
  const objects = left.length === 1 ? '1 object is' : `${left.length} objects are`;
  return `${objects} ${what}: ${named}${more > 0 ? `; and ${more} more` : ''}.`;
}
