import { undoOf, type Step } from '../../domain/change.ts';
import type { PlanDeviceStatus } from '../../domain/plan.ts';
import type { ConfigurationMenu } from '../../routeros/configuration-objects.ts';
import type { BaselineMove } from './baseline-draft.ts';
import { moveBaseline } from './move-baseline.ts';
import { takeBackMoves } from './take-back-moves.ts';

/** A plan's part in what a device is, as it is kept. */
export interface PlanPartOfDevice {
  planId: string;
  status: PlanDeviceStatus;
  /** When the device was saved before the plan's first write, ISO 8601; null when that is not known. */
  savedAt: string | null;
  /** Those that it wrote, in their order. */
  steps: readonly Step[];
  /** What it has moved of the baseline; null: nothing yet. */
  moves: readonly BaselineMove[] | null;
}

/** A baseline that has followed plans. */
export interface FollowedPlans {
  menus: ConfigurationMenu[];
  /** Plans whose change is part of the baseline from now on. */
  moved: { planId: string; moves: BaselineMove[] }[];
  /** Plans whose change is no part of it any more. */
  takenBack: string[];
}

/**
 * Has a baseline follow what plans did to its device since it was set: what they wrote belongs to it, and what they took
 * back belongs to it no longer. The plans stand in the order in which they ended. Doing it twice is the same as once. Pure.
 */
export function followPlans(
  baseline: { menus: readonly ConfigurationMenu[]; asOf: string },
  live: readonly ConfigurationMenu[],
  plans: readonly PlanPartOfDevice[],
): FollowedPlans {
  const followed: FollowedPlans = { menus: [...baseline.menus], moved: [], takenBack: [] };
  for (const plan of plans) {
    const { planId, status, steps, moves } = plan;
    const isCertain = !UNCERTAIN.has(status);
    if (moves !== null) {
      if (STANDS.has(status)) continue;
      followed.menus = takeBackMoves(followed.menus, live, moves, isCertain);
      if (isCertain) followed.takenBack.push(planId);
    } else if (STANDS.has(status) || !isCertain) {
      const moved = moveBaseline(followed.menus, live, { steps, isCertain });
      followed.menus = moved.menus;
      followed.moved.push({ planId, moves: moved.moves });
    } else if (status === 'rolled_back' && wasInBaseline(plan, baseline.asOf)) {
      followed.menus = moveBaseline(followed.menus, live, { steps: steps.map(undoOf).reverse(), isCertain }).menus;
    }
  }
  return followed;
}

/** Statuses of a device that holds what the plan wrote. */
const STANDS: ReadonlySet<PlanDeviceStatus> = new Set(['applied', 'unhealthy']);
/** Statuses of a device of which nobody knows how much of the plan it holds. */
const UNCERTAIN: ReadonlySet<PlanDeviceStatus> = new Set(['unknown', 'rollback_failed']);

/** The baseline was taken while the plan's change was on the device. */
function wasInBaseline({ savedAt }: PlanPartOfDevice, asOf: string): boolean {
  return savedAt !== null && savedAt < asOf;
}

/** Whether a plan is writing to the device at the moment: what it looks like then means nothing. */
export function isBeingChanged(plans: readonly Pick<PlanPartOfDevice, 'status'>[]): boolean {
  return plans.some(({ status }) => AT_WORK.has(status));
}

const AT_WORK: ReadonlySet<PlanDeviceStatus> = new Set(['applying', 'verifying', 'rolling_back']);
