import type { Policy } from './policy.ts';
import type { PolicyRefusal } from './policy-refusal.ts';
import type { PolicyTarget } from './policy-target.ts';
import { windowStateAt } from './windows.ts';

/** When all devices of a plan may be changed: from the wanted time on, from a later one, or never. Times are ISO 8601. */
export type PlanWindow =
  | { opens: 'at once'; closesAt: string | null }
  | { opens: 'later'; opensAt: string; reason: string }
  | { opens: 'never'; refusal: PolicyRefusal };

/**
 * The first time from `fromMs` on at which windows and freezes let all of the devices be changed together. A plan for which
 * there is none within 400 days would wait for ever, so it is not made. Pure.
 */
export function planWindowOf(
  policy: Pick<Policy, 'windows' | 'freezes'>,
  targets: readonly PolicyTarget[],
  fromMs: number,
): PlanWindow {
  const state = windowStateAt(policy, targets, fromMs);
  if (state.open) return { opens: 'at once', closesAt: state.closesAt };
  const { opensAt, rule, reason } = state;
  if (opensAt !== null) return { opens: 'later', opensAt, reason };
  const from = new Date(fromMs).toISOString();
  const isEachOpen = targets.every((target) => {
    const own = windowStateAt(policy, target, fromMs);
    return own.open || own.opensAt !== null;
  });
  return {
    opens: 'never',
    refusal: {
      rule,
      message: isEachOpen
        ? `The maintenance windows of these devices are never open at the same time within 400 days from ${from}.`
        : `No window opens for these devices within 400 days from ${from}, so the plan could never begin. ${reason}`,
      hint: isEachOpen
        ? 'Make one plan for the devices of each window.'
        : 'Leave these devices out, or have the policy give them a window.',
      details: { opensAt: null },
    },
  };
}
