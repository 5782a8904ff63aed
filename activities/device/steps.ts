import type { StepState } from '../../shared/contract/device-messages.ts';
import type { RouterValues, Step } from '../../shared/domain/change.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';

/** Reads the step's menu and says which of the step's two sides the device holds. */
export async function inspectStep(router: Router, step: Step): Promise<StepState> {
  return stateOf(await router.get(step.menu), step);
}

/** Read-then-write: writes only when the device still holds `before`. */
export async function writeOnce(
  router: Router,
  step: Step,
  mayWrite: () => Promise<void>,
): Promise<{ wrote: boolean }> {
  const state = await inspectStep(router, step);
  if (state.is === 'after') return { wrote: false };
  if (state.is === 'foreign') {
    throw new AppError('PLAN_STALE', {
      message: `${step.menu} no longer holds what was captured; nothing was written.`,
      details: { found: state.found },
    });
  }
  await mayWrite();
  await router.set(step.menu, changed(step));
  return { wrote: true };
}

function stateOf(record: RouterRecord, step: Step): StepState {
  // `after` first: a step that changes nothing counts as done.
  if (holds(record, step.after)) return { is: 'after' };
  if (holds(record, step.before)) return { is: 'before' };
  return {
    is: 'foreign',
    found: Object.fromEntries(Object.keys(step.before).map((key) => [key, record[key] ?? null])),
  };
}

/** An absent key and an empty value are the same thing to RouterOS for settable text. */
function holds(record: RouterRecord, values: RouterValues): boolean {
  return Object.entries(values).every(([key, value]) => (record[key] ?? '') === value);
}

function changed(step: Step): RouterValues {
  return Object.fromEntries(Object.entries(step.after).filter(([key, value]) => step.before[key] !== value));
}
