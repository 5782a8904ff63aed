import { createHash } from 'node:crypto';
import { SETTLED_PLAN_STATUSES } from '../../../domain/plan.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { grantsCondition } from '../device-filter.ts';
import { planCondition } from '../plan-filter.ts';
import type { Units } from '../units.ts';

/**
 * Marks that differ whenever what is shown of a thing may have changed, so that many watchers cost a few light queries. A
 * mark says nothing else; what does not exist has none.
 */
export interface ChangeStore {
  /** By device id: the registry's record with its status and breaker. */
  ofDevices(deviceIds: readonly string[]): Promise<Map<string, string>>;
  /** By device id: whether it is reached, and its newest health sample. */
  ofHealth(deviceIds: readonly string[]): Promise<Map<string, string>>;
  /** By plan id: status, votes, and the progress of its devices. */
  ofPlans(planIds: readonly string[]): Promise<Map<string, string>>;
  /** How many devices, and plans that are not settled, inside the grants are in which state and health. */
  ofFleet(grants: readonly DeviceGrant[]): Promise<string>;
}

export function createChangeStore(units: Units): ChangeStore {
  const marks = async (sql: string, ids: readonly string[]): Promise<Map<string, string>> => {
    if (ids.length === 0) return new Map();
    const rows = await units.run((em) => em.execute<{ id: string; mark: string }[]>(sql, [ids]));
    return new Map(rows.map(({ id, mark }) => [id, mark]));
  };
  return {
    ofDevices: (deviceIds) =>
      marks(
        `select device_id as id, md5(to_jsonb(device)::text) as mark from device where device_id in (?)`,
        deviceIds,
      ),
    ofPlans: (planIds) => marks(`select plan_id as id, revision::text as mark from plan where plan_id in (?)`, planIds),
    ofHealth: (deviceIds) =>
      marks(
        `select device_id as id, md5(concat_ws(' ', device.status, breaker::text, health.at, health.status)) as mark
         from device left join device_health health using (device_id) where device_id in (?)`,
        deviceIds,
      ),
    ofFleet: (grants) => {
      const devices = grantsCondition(grants);
      const plans = planCondition({ grants });
      return units.run(async (em) => {
        const rows = await em.execute<Record<string, unknown>[]>(
          `select 'device' as kind, environment, status, health, is_closed, count(*) as count
             from (select device.environment, device.status, health.status as health, breaker is null as is_closed
                     from (select * from device where ${devices.sql}) device
                     left join device_health health using (device_id)) as seen
             group by environment, status, health, is_closed
           union all
           select 'plan', environment, status, null, null, count(*) from plan where status not in (?) and ${plans.sql}
             group by environment, status
           order by 1, 2, 3, 4, 5`,
          [...devices.values, SETTLED_PLAN_STATUSES, ...plans.values],
        );
        return createHash('sha256').update(JSON.stringify(rows)).digest('base64url');
      });
    },
  };
}
