import type { EntityManager } from '@mikro-orm/postgresql';
import type { DeviceStatus } from '../../../domain/device.ts';
import type { Environment } from '../../../domain/environment.ts';
import type { PlanStatus } from '../../../domain/plan.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { all, grantsCondition, type SqlCondition } from '../device-filter.ts';
import { planCondition } from '../plan-filter.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/**
 * Devices and plans by a few words or first letters, inside grants: for those who do not know an id yet. Decommissioned
 * devices are not found; a plan is found when all of its devices are covered.
 */
export interface LookupStore {
  /** Devices of which a word is part of a field, in any case: those with the most words first, then by name. */
  devicesMatching(request: MatchRequest): Promise<FoundDevice[]>;
  /** Plans of which a word is part of a field, in any case: those with the most words first, then the newest. */
  plansMatching(request: MatchRequest): Promise<FoundPlan[]>;
  /** Names that begin so, in any case, then ids that begin so. */
  deviceRefs(request: PrefixRequest): Promise<Completions>;
  /** Tags of at least one device. */
  tags(request: PrefixRequest): Promise<Completions>;
  /** Newest first. */
  planIds(request: PrefixRequest): Promise<Completions>;
}

export interface MatchRequest {
  words: readonly string[];
  grants: readonly DeviceGrant[];
  /** Rows at most. */
  limit: number;
}

export interface PrefixRequest {
  prefix: string;
  grants: readonly DeviceGrant[];
  /** Values at most. */
  limit: number;
}

export interface Completions {
  values: string[];
  /** Values without the limit. */
  total: number;
}

interface Found {
  /** How many of the words it has. */
  words: number;
}

export interface FoundDevice extends Found {
  deviceId: string;
  name: string;
  environment: Environment;
  status: DeviceStatus;
  tags: string[];
  model: string | null;
  version: string | null;
}

export interface FoundPlan extends Found {
  planId: string;
  kind: string;
  status: PlanStatus;
  environment: Environment;
  comment: string;
  createdAt: string;
}

const DEVICE_TEXT = `concat_ws(' ', name, device_id, identity, model, version, serial_number, host, environment, status,
  array_to_string(tags, ' '))`;
const PLAN_TEXT = `concat_ws(' ', plan_id, kind, status, environment, comment, requested_by_name)`;

export function createLookupStore(units: Units): LookupStore {
  return {
    devicesMatching: (request) =>
      units.run(async (em) => {
        const query = matching({ table: 'device', text: DEVICE_TEXT, visible: inUse(request.grants), request });
        const rows = await em.execute<(Omit<FoundDevice, 'deviceId'> & { device_id: string })[]>(
          `select device_id, name, environment, status, tags, model, version, words from (${query.sql}) as found
           where words > 0 order by words desc, name limit ?`,
          [...query.values, request.limit],
        );
        return rows.map(({ device_id: deviceId, ...device }) => ({ deviceId, ...device }));
      }),
    plansMatching: (request) =>
      units.run(async (em) => {
        const visible = planCondition({ grants: request.grants });
        const query = matching({ table: 'plan', text: PLAN_TEXT, visible, request });
        const rows = await em.execute<
          (Omit<FoundPlan, 'planId' | 'createdAt'> & { plan_id: string; created_at: string })[]
        >(
          `select plan_id, kind, status, environment, comment, created_at, words from (${query.sql}) as found
           where words > 0 order by words desc, plan_id desc limit ?`,
          [...query.values, request.limit],
        );
        return rows.map(({ plan_id: planId, created_at: createdAt, ...plan }) => ({
          planId,
          ...plan,
          createdAt: toIsoTime(new Date(createdAt)),
        }));
      }),
    deviceRefs: ({ prefix, grants, limit }) => {
      const names = all([inUse(grants), startsWith('name', prefix)]);
      // Nearly all ids begin alike: they are offered to whoever has begun to write one.
      const ids = all([inUse(grants), prefix.startsWith('dev_') ? startsWith('device_id', prefix) : NOTHING]);
      return completions(units, {
        sql: `select name as value, 1 as place from device where ${names.sql}
              union select device_id, 2 from device where ${ids.sql}`,
        values: [...names.values, ...ids.values],
        order: 'place, value',
        limit,
      });
    },
    tags: ({ prefix, grants, limit }) => {
      const devices = inUse(grants);
      const matching = startsWith('value', prefix);
      return completions(units, {
        sql: `select distinct value from (select unnest(tags) as value from device where ${devices.sql}) as tag
              where ${matching.sql}`,
        values: [...devices.values, ...matching.values],
        order: 'value',
        limit,
      });
    },
    planIds: ({ prefix, grants, limit }) => {
      const { sql, values } = all([planCondition({ grants }), startsWith('plan_id', prefix)]);
      const query = { sql: `select plan_id as value from plan where ${sql}`, values, order: 'value desc', limit };
      return completions(units, query);
    },
  };
}

const NOTHING: SqlCondition = { sql: 'false', values: [] };

function inUse(grants: readonly DeviceGrant[]): SqlCondition {
  return all([grantsCondition(grants), { sql: 'status <> ?', values: ['decommissioned'] }]);
}

interface Matching {
  table: 'device' | 'plan';
  /** The text that is searched. */
  text: string;
  visible: SqlCondition;
  request: MatchRequest;
}

/** Visible rows, each with the number of words it has. */
function matching({ table, text, visible, request: { words } }: Matching): SqlCondition {
  const hits = words.map(() => '(text ilike ?)::int').join(' + ') || '0';
  return {
    // The offset keeps the text from being put together anew for every word.
    sql: `select *, ${hits} as words from (select *, ${text} as text from ${table} where ${visible.sql} offset 0) as seen`,
    values: [...words.map((word) => `%${literal(word)}%`), ...visible.values],
  };
}

function startsWith(column: string, prefix: string): SqlCondition {
  return { sql: `${column} ilike ?`, values: [`${literal(prefix)}%`] };
}

/** The text as a pattern that means just itself. */
function literal(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').replaceAll(/[\\%_]/g, String.raw`\$&`);
}

interface ValuesQuery {
  /** Selects `value`. */
  sql: string;
  values: unknown[];
  order: string;
  limit: number;
}

function completions(units: Units, { sql, values, order, limit }: ValuesQuery): Promise<Completions> {
  return units.run(async (em: EntityManager) => {
    const rows = await em.execute<{ value: string; total: string }[]>(
      `select value, count(*) over () as total from (${sql}) as found order by ${order} limit ?`,
      [...values, limit],
    );
    return { values: rows.map(({ value }) => value), total: Number(rows[0]?.total ?? 0) };
  });
}
