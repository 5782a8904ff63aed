import type { EntityManager } from '@mikro-orm/postgresql';
import type { PlanStatus } from '../../../domain/plan.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/**
 * Which plan may write which devices. A plan holds the devices it changes while it is rolling out, paused or rolling back,
 * and from the moment it takes them until it is in one of these; what it holds follows from its row, so nothing is left
 * locked by a plan that has ended.
 */
export interface ClaimStore {
  /**
   * Takes the devices for the plan, all or none, and answers nobody; or answers which other plans hold some of them, and
   * notes since when the plan waits if it `waits`. Of several that ask at once for a device, one gets it.
   */
  take(request: ClaimRequest): Promise<DeviceHolder[]>;
  /** Which other plans hold some of the devices now. */
  holders(request: { planId: string; deviceIds: readonly string[] }): Promise<DeviceHolder[]>;
  /** Approved plans that wait for a device of this one, longest first. */
  waitingFor(planId: string): Promise<string[]>;
  /** Other plans about these devices that are not over, oldest first. */
  openPlansOn(request: { planId: string; deviceIds: readonly string[] }): Promise<DeviceHolder[]>;
}

export interface ClaimRequest {
  planId: string;
  deviceIds: readonly string[];
  waits: boolean;
  /** Plans that hold nothing any more, whatever their rows say. Default: none. */
  ignored?: readonly string[];
}

/** A plan, and which of the devices it is about. */
export interface DeviceHolder {
  planId: string;
  status: PlanStatus;
  /** When its row was made, ISO 8601. */
  createdAt: string;
  devices: { deviceId: string; name: string }[];
}

/** Devices that are skipped are not touched, so they are nobody's. */
const HELD = `(plan.claimed_at is not null or plan.status in ('rolling_out', 'paused', 'rolling_back'))
  and plan_device.status <> 'skipped'`;
const OPEN = `plan.status in ('awaiting_approval', 'approved', 'rolling_out', 'paused', 'rolling_back')
  and plan_device.status <> 'skipped'`;

export function createClaimStore(units: Units): ClaimStore {
  return {
    take: ({ planId, deviceIds, waits, ignored = [] }) =>
      units.transact(async (em) => {
        // One at a time: two plans that look at the same moment would both find the devices free.
        await em.execute(`select pg_advisory_xact_lock(hashtextextended('plan-claims', 0))`);
        const found = await plansOn(em, { planId, deviceIds, which: HELD });
        const holders = found.filter((holder) => !ignored.includes(holder.planId));
        await em.execute(
          holders.length === 0
            ? 'update plan set claimed_at = coalesce(claimed_at, now()), waits_since = null where plan_id = ?'
            : `update plan set waits_since = ${waits ? 'coalesce(waits_since, now())' : 'null'} where plan_id = ?`,
          [planId],
        );
        return holders;
      }),
    holders: ({ planId, deviceIds }) => units.run((em) => plansOn(em, { planId, deviceIds, which: HELD })),
    waitingFor: (planId) =>
      units.run(async (em) => {
        const rows = await em.execute<{ plan_id: string }[]>(
          `select plan.plan_id from plan
           where plan.waits_since is not null and plan.status = 'approved' and exists (
             select 1 from plan_device own join plan_device other using (device_id)
             where own.plan_id = ? and other.plan_id = plan.plan_id)
           order by plan.waits_since, plan.plan_id`,
          [planId],
        );
        return rows.map(({ plan_id: waiting }) => waiting);
      }),
    openPlansOn: ({ planId, deviceIds }) => units.run((em) => plansOn(em, { planId, deviceIds, which: OPEN })),
  };
}

async function plansOn(
  em: EntityManager,
  { planId, deviceIds, which }: { planId: string; deviceIds: readonly string[]; which: string },
): Promise<DeviceHolder[]> {
  const rows = await em.execute<
    { plan_id: string; status: PlanStatus; created_at: Date | string; device_ids: string[]; names: string[] }[]
  >(
    `select plan.plan_id, plan.status, plan.created_at,
       array_agg(plan_device.device_id order by position) as device_ids,
       array_agg(plan_device.name order by position) as names
     from plan join plan_device using (plan_id)
     where plan.plan_id <> ? and ${which}
       and plan_device.device_id in (select json_array_elements_text(?::json))
     group by plan.plan_id order by plan.plan_id`,
    [planId, JSON.stringify(deviceIds)],
  );
  return rows.map(({ plan_id, status, created_at, device_ids, names }) => ({
    planId: plan_id,
    status,
    createdAt: toIsoTime(created_at),
    devices: device_ids.map((deviceId, index) => ({ deviceId, name: names[index] ?? deviceId })),
  }));
}
