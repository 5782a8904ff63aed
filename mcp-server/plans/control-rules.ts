import type { PlanSignal } from '../../shared/contract/plan-messages.ts';
import { PLAN_CONTROLS, type PlanControl } from '../../shared/domain/plan-controls.ts';
import type { Scope } from '../../shared/domain/principal.ts';

/** The signals a person may have sent through a tool or the API: never a decision. */
export type ControlSignal = Exclude<PlanSignal, 'approve' | 'reject'>;

interface ControlRule extends PlanControl {
  /** The tool; the route has the signal's own name. */
  name: string;
  title: string;
  description: string;
  /** Default true. */
  isCore?: boolean;
  scopes: readonly [Scope, ...Scope[]];
  destructive: boolean;
  /** Whether it is about some devices of the plan: they must, or may, be named. Default: it is about the whole plan. */
  devices?: 'required' | 'optional';
  /** A person is asked first, where the client can; taking back and giving up are not for a model alone. */
  asksFirst: boolean;
  /** Devices change after it, until the plan is finished. */
  startsWork: boolean;
}

/** The controls as tools and routes. The workflow checks the status again; here it gives the readable answer. */
export const CONTROL_RULES = {
  apply: {
    ...PLAN_CONTROLS.apply,
    name: 'apply_plan',
    title: 'Apply an approved plan',
    description:
      'Starts the rollout of an approved plan whose rollout.apply is on_request; other plans start by themselves when ' +
      'approved. Refused until people have approved it. Then call wait_for_plan.',
    scopes: ['fleet:plan'],
    destructive: true,
    asksFirst: false,
    startsWork: true,
  },
  cancel: {
    ...PLAN_CONTROLS.cancel,
    name: 'cancel_plan',
    title: 'Cancel a plan',
    description: 'Withdraws a plan that has not started; nothing was and nothing will be changed by it.',
    scopes: ['fleet:plan'],
    destructive: false,
    asksFirst: true,
    startsWork: false,
  },
  pause: {
    ...PLAN_CONTROLS.pause,
    name: 'pause_rollout',
    title: 'Pause a rollout',
    description:
      'Stops a rollout: no more devices are begun, those being changed are finished. Then resume_rollout, abort_rollout or ' +
      'rollback_plan.',
    scopes: ['fleet:plan', 'fleet:approve'],
    destructive: false,
    asksFirst: false,
    startsWork: false,
  },
  resume: {
    ...PLAN_CONTROLS.resume,
    name: 'resume_rollout',
    title: 'Resume a rollout',
    description: 'Goes on with a paused rollout and accepts the failures it had so far. Then call wait_for_plan.',
    scopes: ['fleet:plan'],
    destructive: true,
    asksFirst: false,
    startsWork: true,
  },
  abort: {
    ...PLAN_CONTROLS.abort,
    name: 'abort_rollout',
    title: 'Abort a rollout',
    description:
      'Ends a rollout: no more devices are started, and what is changed stays changed. To put those devices back call ' +
      'rollback_plan.',
    scopes: ['fleet:plan', 'fleet:approve'],
    destructive: false,
    asksFirst: true,
    startsWork: false,
  },
  skip: {
    ...PLAN_CONTROLS.skip,
    name: 'skip_devices',
    title: 'Leave devices out of a plan',
    description: 'Leaves devices out of a rollout that are not changed yet; those being changed are finished.',
    scopes: ['fleet:plan', 'fleet:approve'],
    isCore: false,
    devices: 'required',
    destructive: false,
    asksFirst: false,
    startsWork: false,
  },
  retry: {
    ...PLAN_CONTROLS.retry,
    name: 'retry_failed_devices',
    title: 'Try failed devices again',
    description:
      'Goes on with a paused rollout, failed devices first, or after its end rolls the plan out to them alone. Each is ' +
      'read first, so nothing is written twice. Then call wait_for_plan.',
    scopes: ['fleet:plan'],
    isCore: false,
    devices: 'optional',
    destructive: true,
    asksFirst: false,
    startsWork: true,
  },
  rollback: {
    ...PLAN_CONTROLS.rollback,
    name: 'rollback_plan',
    title: 'Roll a plan back',
    description:
      'Puts every device the plan changed back to what was captured before, where nobody else has changed it since. ' +
      'Ends a running rollout first. Then call wait_for_plan.',
    scopes: ['fleet:plan', 'fleet:approve'],
    destructive: true,
    asksFirst: true,
    startsWork: true,
  },
} as const satisfies Record<ControlSignal, ControlRule>;

export function controlRule(signal: ControlSignal): ControlRule {
  return CONTROL_RULES[signal];
}
