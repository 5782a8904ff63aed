import type { PlanStatus } from './plan.ts';
import type { Role } from './principal.ts';

export interface PlanControl {
  /** Statuses in which it means something. */
  from: readonly PlanStatus[];
  /** Who may ask for it. */
  roles: readonly Role[];
}

const RUNS = ['operator', 'admin'] as const;
/** Whose vote counts. */
export const DECIDING_ROLES = ['approver', 'admin'] as const satisfies readonly Role[];
/** Whoever may decide on a plan may also stop it. */
const STOPS = ['operator', 'approver', 'admin'] as const;

/** How a plan is steered after it was proposed; every door and the workflow itself hold to this table. */
export const PLAN_CONTROLS = {
  apply: { from: ['approved'], roles: RUNS },
  cancel: { from: ['awaiting_approval', 'approved'], roles: RUNS },
  pause: { from: ['rolling_out'], roles: STOPS },
  resume: { from: ['paused'], roles: RUNS },
  abort: { from: ['rolling_out', 'paused'], roles: STOPS },
  skip: { from: ['approved', 'rolling_out', 'paused'], roles: STOPS },
  retry: { from: ['paused', 'failed', 'completed'], roles: RUNS },
  rollback: { from: ['rolling_out', 'paused', 'failed', 'completed', 'rollback_incomplete'], roles: STOPS },
} as const satisfies Record<string, PlanControl>;

/** Who may send the signal: a vote, or a control of the table. */
export function rolesToSend(signal: 'approve' | 'reject' | keyof typeof PLAN_CONTROLS): readonly Role[] {
  return signal === 'approve' || signal === 'reject' ? DECIDING_ROLES : PLAN_CONTROLS[signal].roles;
}
