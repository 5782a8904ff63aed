import type { DeviceSelector } from '../../domain/device.ts';
import type { DeviceGrant } from '../../domain/principal.ts';

/** A condition on rows of `device`, with `?` for each value. */
export interface SqlCondition {
  sql: string;
  values: unknown[];
}

const NOTHING: SqlCondition = { sql: 'false', values: [] };

/** Rows that meet every given criterion; decommissioned ones only when `status` asks for them. */
export function selectorCondition(selector: DeviceSelector): SqlCondition {
  const { environment, tags, ids, names, status } = selector;
  return all([
    environment === undefined ? null : { sql: 'environment = ?', values: [environment] },
    tags === undefined || tags.length === 0 ? null : { sql: 'tags @> array[?]::text[]', values: [tags] },
    ids === undefined ? null : oneOf('device_id', ids),
    names === undefined ? null : oneOf('name', names),
    status === undefined ? { sql: 'status <> ?', values: ['decommissioned'] } : { sql: 'status = ?', values: [status] },
  ]);
}

/** Whether the selector names nothing to go by; an empty list of tags is nothing, an empty list of ids is no device. */
export function isEmptySelector({ environment, tags, ids, names, status }: DeviceSelector): boolean {
  const given = [environment, tags === undefined || tags.length === 0 ? undefined : tags, ids, names, status];
  return given.every((criterion) => criterion === undefined);
}

/** Rows covered by at least one grant; the same rule as `mayUseDevice`. */
export function grantsCondition(grants: readonly DeviceGrant[]): SqlCondition {
  if (grants.some((grant) => 'all' in grant)) return { sql: 'true', values: [] };
  const conditions = grants.map((grant) => ('all' in grant ? NOTHING : grantCondition(grant)));
  if (conditions.length === 0) return NOTHING;
  return {
    sql: `(${conditions.map(({ sql }) => `(${sql})`).join(' or ')})`,
    values: conditions.flatMap(({ values }) => values),
  };
}

/** Rows that meet all of the conditions; null is no condition. */
export function all(conditions: readonly (SqlCondition | null)[]): SqlCondition {
  const given = conditions.filter((condition) => condition !== null);
  return {
    sql: given.length === 0 ? 'true' : given.map(({ sql }) => sql).join(' and '),
    values: given.flatMap(({ values }) => values),
  };
}

function grantCondition({ environments, tags, ids }: Exclude<DeviceGrant, { all: true }>): SqlCondition {
  return all([
    environments === undefined ? null : oneOf('environment', environments),
    tags === undefined ? null : overlap(tags),
    ids === undefined ? null : oneOf('device_id', ids),
  ]);
}

/** Rows whose column is one of the values; no value is no row. */
export function oneOf(column: string, values: readonly string[]): SqlCondition {
  return values.length === 0 ? NOTHING : { sql: `${column} in (?)`, values: [values] };
}

function overlap(tags: readonly string[]): SqlCondition {
  return tags.length === 0 ? NOTHING : { sql: 'tags && array[?]::text[]', values: [tags] };
}
