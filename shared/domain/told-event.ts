import { FLEET_EVENTS } from './fleet-event.ts';
import { PLAN_EVENTS } from './plan-event.ts';

/** Everything that endpoints can be told of. */
export const TOLD_EVENTS = [...PLAN_EVENTS, ...FLEET_EVENTS] as const;
export type ToldEvent = (typeof TOLD_EVENTS)[number];

/** What an endpoint is told of that names no events: everything but what is for machines that keep it. */
export const DEFAULT_EVENTS: readonly ToldEvent[] = TOLD_EVENTS.filter((event) => event !== 'audit.anchored');

/** What people are woken for, unless they say otherwise. */
export const CRITICAL_EVENTS = [
  'rollout.paused',
  'rollout.failed',
  'rollback.incomplete',
  'emergency.stopped',
  'emergency.lifted',
] as const satisfies readonly ToldEvent[];
