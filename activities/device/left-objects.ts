import type { StepState } from '../../shared/contract/device-messages.ts';
import { undoOf, type Step } from '../../shared/domain/change.ts';
import { leftOf, MOST_LEFT_OBJECTS, type LeftObject, type StandsTo } from '../../shared/domain/left-object.ts';
import { isSecretField, REDACTED } from '../../shared/routeros/secret-fields.ts';

/**
 * What is not as it was before the plan, as people read it: secrets are masked. Of steps that a plan takes, only what
 * somebody else changed; of those that take a plan back (`undoes`), also what still is as the plan made it.
 */
export function leftObjects(steps: readonly Step[], states: readonly StepState[], undoes: boolean): LeftObject[] {
  return steps
    .flatMap((step, index) => {
      const state = states[index];
      return state ? leftOf(undoes ? undoOf(step) : step, standsTo(state, undoes)) : [];
    })
    .slice(0, MOST_LEFT_OBJECTS)
    .map(masked);
}

function standsTo(state: StepState, undoes: boolean): StandsTo {
  if (state.is === 'foreign') return state;
  return { is: undoes && state.is === 'before' ? 'as_planned' : 'as_before' };
}

function masked(left: LeftObject): LeftObject {
  if (!isSecretField(left.menu, left.field)) return left;
  const mask = (value: string | null): string | null => (value === null ? null : REDACTED);
  return { ...left, expected: mask(left.expected), planned: mask(left.planned), found: mask(left.found) };
}
