import { createHash } from 'node:crypto';
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
  /** By plan id: status, votes, and the progress of its devices. */
  ofPlans(planIds: readonly string[]): Promise<Map<string, string>>;
  /** By plan id: the newest event of its audit trail. */
  ofPlanTrails(planIds: readonly string[]): Promise<Map<string, string>>;
  /** How many devices and plans inside the grants are in which state. */
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
    ofPlanTrails: (planIds) =>
      marks(
        `select plan_id as id, max(seq)::text as mark from audit_event where plan_id in (?) group by plan_id`,
        planIds,
      ),
    ofFleet: (grants) => {
      const devices = grantsCondition(grants);
      const plans = planCondition({ grants });
      return units.run(async (em) => {
        const rows = await em.execute<Record<string, unknown>[]>(
          `select 'device' as kind, environment, status, breaker is null as is_closed, count(*) as count
             from device where ${devices.sql} group by environment, status, breaker is null
           union all
           select 'plan', environment, status, null, count(*) from plan where ${plans.sql} group by environment, status
           order by 1, 2, 3, 4`,
          [...devices.values, ...plans.values],
        );
        return createHash('sha256').update(JSON.stringify(rows)).digest('base64url');
      });
    },
  };
}
