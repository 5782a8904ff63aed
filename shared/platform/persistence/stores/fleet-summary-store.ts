import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { DeviceHealthStatus } from '../../../domain/device-health.ts';
import type { DeviceStatus } from '../../../domain/device.ts';
import type { Environment } from '../../../domain/environment.ts';
import { HealthReason, type HealthStatus } from '../../../domain/health-sample.ts';
import { SETTLED_PLAN_STATUSES, type PlanStatus } from '../../../domain/plan.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { grantsCondition, type SqlCondition } from '../device-filter.ts';
import { planCondition } from '../plan-filter.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** The state of a whole fleet as the registry and the stored samples know it, counted by the database. */
export interface FleetSummaryStore {
  /** Of the devices that the grants cover; no router is asked. */
  summarize(grants: readonly DeviceGrant[]): Promise<FleetSummary>;
}

export interface FleetSummary {
  byStatus: Partial<Record<DeviceStatus, number>>;
  /** This and the next two without decommissioned devices, most frequent first, at most 50 values. */
  byEnvironment: Counted<Environment>[];
  byVersion: Counted<string | null>[];
  byModel: Counted<string | null>[];
  breakers: { open: number; halfOpen: number };
  /** By their regular checks; a device that was not checked when it should have been is unknown. */
  byHealth: Partial<Record<DeviceHealthStatus, number>>;
  /** Devices that come and go. */
  flapping: number;
  /** Plans that are not settled. */
  plansByStatus: Partial<Record<PlanStatus, number>>;
  health: {
    byStatus: Partial<Record<HealthStatus, number>>;
    /** Devices without a sample. */
    neverAsked: number;
    /** Of the newest samples of all devices; null without any. */
    oldestAt: string | null;
    newestAt: string | null;
    /** The critical ones first, then those asked last; at most 20. */
    unhealthy: UnhealthyDevice[];
  };
}

export interface Counted<Value> {
  value: Value;
  devices: number;
}

export interface UnhealthyDevice {
  deviceId: string;
  name: string;
  environment: Environment;
  status: Exclude<HealthStatus, 'healthy'>;
  reasons: HealthReason[];
  at: string;
}

const MOST_VALUES = 50;
const MOST_UNHEALTHY = 20;

export function createFleetSummaryStore(units: Units): FleetSummaryStore {
  return {
    summarize: (grants) =>
      units.run(async (em) => {
        const covered = grantsCondition(grants);
        return {
          ...(await countDevices(em, covered)),
          ...(await countByHealth(em, covered)),
          plansByStatus: await countPlans(em, grants),
          health: await summarizeHealth(em, covered),
        };
      }),
  };
}

async function countDevices(em: EntityManager, { sql, values }: SqlCondition) {
  const rows = await em.execute<{ facet: string; value: string | null; devices: number }[]>(
    `with covered as (select status, environment, version, model, breaker from device where ${sql}), present as (select * from covered where status <> 'decommissioned'),
     counted as (
       select 'status' as facet, status as value, count(*)::int as devices from covered group by 2
       union all select 'environment', environment, count(*)::int from present group by 2
       union all select 'version', version, count(*)::int from present group by 2
       union all select 'model', model, count(*)::int from present group by 2
       union all select 'breaker', case when (breaker->>'retryAt')::timestamptz > now() then 'open' else 'half_open' end,
         count(*)::int from present where breaker->>'retryAt' is not null group by 2
     ), ranked as (
       select *, row_number() over (partition by facet order by devices desc, value) as place from counted
     )
     select facet, value, devices from ranked where place <= ${MOST_VALUES} order by facet, place`,
    values,
  );
  const of = (facet: string) =>
    rows.filter((row) => row.facet === facet).map(({ value, devices }) => ({ value, devices }));
  const breakers = countsOf(of('breaker'));
  return {
    byStatus: countsOf(of('status')) as FleetSummary['byStatus'],
    byEnvironment: of('environment') as Counted<Environment>[],
    byVersion: of('version'),
    byModel: of('model'),
    breakers: { open: breakers['open'] ?? 0, halfOpen: breakers['half_open'] ?? 0 },
  };
}

async function countByHealth(
  em: EntityManager,
  { sql, values }: SqlCondition,
): Promise<Pick<FleetSummary, 'byHealth' | 'flapping'>> {
  const rows = await em.execute<(Counted<string> & { flapping: number })[]>(
    `with present as (select device_id from device where status <> 'decommissioned' and ${sql})
     select case when valid_until >= now() then known.status else 'unknown' end as value, count(*)::int as devices,
       (count(*) filter (where is_flapping))::int as flapping
     from present left join device_status known using (device_id) group by 1 order by 1`,
    values,
  );
  return { byHealth: countsOf(rows), flapping: rows.reduce((sum, { flapping }) => sum + flapping, 0) };
}

async function countPlans(em: EntityManager, grants: readonly DeviceGrant[]): Promise<FleetSummary['plansByStatus']> {
  const { sql, values } = planCondition({ grants });
  const rows = await em.execute<Counted<string>[]>(
    `select status as value, count(*)::int as devices from plan where status not in (?) and ${sql} group by 1`,
    [SETTLED_PLAN_STATUSES, ...values],
  );
  return countsOf(rows);
}

async function summarizeHealth(em: EntityManager, { sql, values }: SqlCondition): Promise<FleetSummary['health']> {
  const present = `present as (select device_id, name, environment from device where status <> 'decommissioned' and ${sql})`;
  const counts = await em.execute<
    { value: string | null; devices: number; oldest: Date | null; newest: Date | null }[]
  >(
    `with ${present}
     select health.status as value, count(*)::int as devices, min(health.at) as oldest, max(health.at) as newest
     from present left join device_health health using (device_id) group by 1`,
    values,
  );
  const unhealthy = await em.execute<UnhealthyRow[]>(
    `with ${present}
     select device_id, name, environment, sample.status, sample.reasons, sample.at
     from present join device_health health using (device_id) join health_sample sample using (device_id, at)
     where health.status <> 'healthy'
     order by health.status = 'critical' desc, health.at desc, name limit ${MOST_UNHEALTHY}`,
    values,
  );
  const known = counts.filter(({ value }) => value !== null);
  const times = known.flatMap(({ oldest, newest }) => [oldest, newest]).filter((time) => time !== null);
  const inOrder = times.map(toIsoTime).toSorted();
  return {
    byStatus: countsOf(known),
    neverAsked: counts.find(({ value }) => value === null)?.devices ?? 0,
    oldestAt: inOrder[0] ?? null,
    newestAt: inOrder.at(-1) ?? null,
    unhealthy: unhealthy.map(toUnhealthy),
  };
}

interface UnhealthyRow {
  device_id: string;
  name: string;
  environment: Environment;
  status: UnhealthyDevice['status'];
  reasons: unknown;
  at: Date | string;
}

function toUnhealthy({ device_id: deviceId, reasons, at, ...row }: UnhealthyRow): UnhealthyDevice {
  return { deviceId, ...row, reasons: z.array(HealthReason).parse(reasons), at: toIsoTime(at) };
}

function countsOf(rows: readonly Counted<string | null>[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ value, devices }) => [value ?? 'unknown', devices]));
}
