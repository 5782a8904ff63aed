import type { DeviceGrant } from '../../domain/principal.ts';
import { all, grantsCondition, oneOf, type SqlCondition } from './device-filter.ts';
import type { PlanFilter } from './stores/plan-store.ts';

/** Rows of `plan` that meet every given criterion. */
export function planCondition({ statuses, environment, requestedBy, refused, grants }: PlanFilter): SqlCondition {
  return all([
    statuses === undefined ? null : oneOf('status', statuses),
    environment === undefined ? null : { sql: 'environment = ?', values: [environment] },
    requestedBy === undefined ? null : { sql: 'requested_by = ?', values: [requestedBy] },
    refused === undefined ? null : { sql: refused ? REFUSED : `not (${REFUSED})`, values: [] },
    grants === undefined ? null : coveredBy(grants),
  ]);
}

/** It ended before there was anything to decide on. */
const REFUSED = `digest is null and status <> 'preparing'`;

/** Plans without a device that no grant covers; the same rule as for a single plan. */
function coveredBy(grants: readonly DeviceGrant[]): SqlCondition | null {
  if (grants.some((grant) => 'all' in grant)) return null;
  const { sql, values } = grantsCondition(grants);
  const outside = `select plan_id from plan_device where device_id not in (select device_id from device where ${sql})`;
  return { sql: `plan_id not in (${outside})`, values };
}
