import { DEVICE_HEALTH_STATUSES, type DeviceHealthStatus } from '../../../domain/device-health.ts';
import { PlanStatus, SETTLED_PLAN_STATUSES } from '../../../domain/plan.ts';
import type { Units } from '../units.ts';

/** How many there are of what a fleet has, for gauges; cheap enough to be asked for every few seconds. */
export interface FleetCountStore {
  count(): Promise<FleetCounts>;
}

export interface FleetCounts {
  /** Every status, also those that no plan has; without settled plans, whose number only grows. */
  plans: ReadonlyMap<PlanStatus, number>;
  /** Every status; without decommissioned devices. */
  devices: ReadonlyMap<DeviceHealthStatus, number>;
  /** Devices that are left alone after failures in a row. */
  breakersOpen: number;
  audit: {
    /** Records behind the last anchor. */
    unanchored: number;
    /** Seconds since 1970; null while nothing is anchored. */
    anchoredAtSeconds: number | null;
  };
}

const COUNTS = `
  select 'plan' as what, status as value, count(*)::float8 as number from plan where status not in (?) group by 2
  union all select 'device', coalesce(now_is.status, 'unknown'), count(*)::float8
    from device left join device_status now_is using (device_id) where device.status <> 'decommissioned' group by 2
  union all select 'breaker', 'open', count(*)::float8
    from device where status <> 'decommissioned' and (breaker->>'retryAt')::timestamptz > now()
  union all select 'unanchored', '', coalesce((select max(seq) from audit_head), 0)::float8 - coalesce((select max(seq) from audit_anchor), 0)::float8
  union all select 'anchored', '', extract(epoch from max(at))::float8 from audit_anchor`;

export function createFleetCountStore(units: Units): FleetCountStore {
  return {
    count: () =>
      units.run(async (em) => {
        const rows = await em.execute<{ what: string; value: string; number: number | null }[]>(COUNTS, [
          SETTLED_PLAN_STATUSES,
        ]);
        const numberOf = (what: string, value: string): number =>
          rows.find((row) => row.what === what && row.value === value)?.number ?? 0;
        return {
          plans: new Map(OPEN_STATUSES.map((status) => [status, numberOf('plan', status)])),
          devices: new Map(DEVICE_HEALTH_STATUSES.map((status) => [status, numberOf('device', status)])),
          breakersOpen: numberOf('breaker', 'open'),
          audit: {
            unanchored: Math.max(0, numberOf('unanchored', '')),
            anchoredAtSeconds: rows.find(({ what }) => what === 'anchored')?.number ?? null,
          },
        };
      }),
  };
}

const SETTLED: readonly PlanStatus[] = SETTLED_PLAN_STATUSES;
const OPEN_STATUSES = PlanStatus.options.filter((status) => !SETTLED.includes(status));
