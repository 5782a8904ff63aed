import { SETTLED_PLAN_STATUSES, type PlanStatus } from '../../../shared/domain/plan.ts';
import type { Invariant, Violation } from '../evidence.ts';

const SETTLED: ReadonlySet<PlanStatus> = new Set(SETTLED_PLAN_STATUSES);

/** Every plan came to an end. */
export const plansSettled: Invariant = ({ plans }) =>
  plans
    .filter(({ status }) => !SETTLED.has(status))
    .map(({ planId, name, status, statusReason }) => ({
      invariant: 'plans are settled',
      message: `${name} is still ${status} (${statusReason ?? 'no reason'})`,
      planId,
    }));

/** No lock is held, no guard waits, nobody works on anything. */
export const nothingLeft: Invariant = ({ devices, plans }) => [
  ...devices.flatMap(({ deviceId, name, isLocked, guardsLeft, requestsInFlight, heldBy }): Violation[] => {
    const left = [
      ...(isLocked ? ['a change still holds its lock'] : []),
      ...heldBy.map((planId) => `${planId} still holds it`),
      ...guardsLeft.map((row) => `a guard was left: ${JSON.stringify(row)}`),
      ...(requestsInFlight > 0 ? [`${requestsInFlight} requests are under way`] : []),
    ];
    return left.map((what) => ({ invariant: 'nothing is left', message: `${name}: ${what}`, deviceId }));
  }),
  ...plans.flatMap(({ planId, name, running }) =>
    running.map((id) => ({ invariant: 'nothing is left', message: `${name}: ${id} still runs`, planId })),
  ),
];
