import type { Client } from '@temporalio/client';
import { demandOwnStart } from '../activities/fleet/demand-own-start.ts';
import type { DeviceActivities } from '../shared/contract/device-messages.ts';
import type { RotationActivities } from '../shared/contract/rotation-messages.ts';

type LaneActivities = DeviceActivities & RotationActivities;
type Activity = (request: never) => Promise<unknown>;

/** What changes something on a router, if only later. */
export const WRITING_ACTIVITIES = [
  'writeStep',
  'runOperation',
  'armGuard',
  'clearLeftLogins',
  'createLogin',
  'retireLogin',
  'removeLogin',
] as const satisfies readonly (keyof LaneActivities)[];

/**
 * The activities of a lane, of which those that write ask by themselves whose work it is: a workflow that was reset to just
 * before a write does not come past the question it was admitted by.
 */
export function ofOwnWork(
  client: Client,
  activities: LaneActivities,
  demand: typeof demandOwnStart = demandOwnStart,
): LaneActivities {
  const guarded = WRITING_ACTIVITIES.map((name) => {
    const activity: Activity = activities[name];
    const own: Activity = async (request) => {
      await demand(client);
      return activity(request);
    };
    return [name, own];
  });
  return Object.assign({}, activities, Object.fromEntries(guarded));
}
