import type { PlanSignal } from '../../shared/contract/plan-messages.ts';
import type { PlanStatus } from '../../shared/domain/plan.ts';
import type { Role, Scope } from '../../shared/domain/principal.ts';

/** The signals a person may have sent through a tool or the API: never a decision. */
export type ControlSignal = Exclude<PlanSignal, 'approve' | 'reject'>;

interface ControlRule {
  /** The tool; the route has the signal's own name. */
  name: string;
  title: string;
  description: string;
  roles: readonly Role[];
  scopes: readonly [Scope, ...Scope[]];
  /** Statuses in which it means something. */
  from: readonly PlanStatus[];
  destructive: boolean;
}

const RUNS = ['operator', 'admin'] as const;
/** Whoever may decide on a plan may also stop it. */
const STOPS = ['operator', 'approver', 'admin'] as const;

/** How a plan is steered after it was proposed. The workflow checks the status again; here it gives the readable answer. */
export const CONTROL_RULES = {
  apply: {
    name: 'apply_plan',
    title: 'Apply an approved plan',
    description:
      'Starts the rollout of an approved plan whose rollout.apply is on_request; other plans start by themselves when ' +
      'approved. Refused until people have approved it. Then call wait_for_plan.',
    roles: RUNS,
    scopes: ['fleet:plan'],
    from: ['approved'],
    destructive: true,
  },
  cancel: {
    name: 'cancel_plan',
    title: 'Cancel a plan',
    description: 'Withdraws a plan that has not started; nothing was and nothing will be changed by it.',
    roles: RUNS,
    scopes: ['fleet:plan'],
    from: ['awaiting_approval', 'approved'],
    destructive: false,
  },
  pause: {
    name: 'pause_rollout',
    title: 'Pause a rollout',
    description:
      'Stops a rollout before its next batch; devices being changed are finished. Then resume_rollout, abort_rollout or ' +
      'rollback_plan.',
    roles: STOPS,
    scopes: ['fleet:plan', 'fleet:approve'],
    from: ['rolling_out'],
    destructive: false,
  },
  resume: {
    name: 'resume_rollout',
    title: 'Resume a rollout',
    description: 'Goes on with a paused rollout and accepts the failures it had so far. Then call wait_for_plan.',
    roles: RUNS,
    scopes: ['fleet:plan'],
    from: ['paused'],
    destructive: true,
  },
  abort: {
    name: 'abort_rollout',
    title: 'Abort a rollout',
    description:
      'Ends a rollout: no more devices are started, and what is changed stays changed. To put those devices back call ' +
      'rollback_plan.',
    roles: STOPS,
    scopes: ['fleet:plan', 'fleet:approve'],
    from: ['rolling_out', 'paused'],
    destructive: false,
  },
  rollback: {
    name: 'rollback_plan',
    title: 'Roll a plan back',
    description:
      'Puts every device the plan changed back to what was captured before, where nobody else has changed it since. ' +
      'Ends a running rollout first. Then call wait_for_plan.',
    roles: STOPS,
    scopes: ['fleet:plan', 'fleet:approve'],
    from: ['rolling_out', 'paused', 'failed', 'completed'],
    destructive: true,
  },
} as const satisfies Record<ControlSignal, ControlRule>;

export function controlRule(signal: ControlSignal): ControlRule {
  return CONTROL_RULES[signal];
}
