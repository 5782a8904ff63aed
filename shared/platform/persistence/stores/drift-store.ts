import type { EntityManager } from '@mikro-orm/postgresql';
import { ulid } from 'ulid';
import type { BaselineCheck, Drift, DriftAcknowledgement, DriftAuthor, DriftState } from '../../../domain/drift.ts';
import type { FleetEvent } from '../../../domain/fleet-event.ts';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { AppError } from '../../../errors/app-error.ts';
import type { BaselineMove } from '../../../plans/drift/baseline-draft.ts';
import {
  isNews,
  reconcileDrift,
  type DriftNews,
  type FoundDrift,
  type KnownDrift,
} from '../../../plans/drift/reconcile-drift.ts';
import type { ConfigurationDifference, ConfigurationMenu } from '../../../routeros/configuration-objects.ts';
import { all, grantsCondition } from '../device-filter.ts';
import { storedJson, storedText } from '../stored-text.ts';
import type { Units } from '../units.ts';
import { countOf, packContent } from './baseline-store.ts';
import { selectDrift } from './drift-rows.ts';
import { insertFleetEvents } from './fleet-event-store.ts';
import { currentMs } from '../../process/platform-clock.ts';

/** Objects of devices that are not as their baselines say. */
export interface DriftStore {
  /** Of a device what is not gone, by menu and object. */
  known(deviceId: string): Promise<Drift[]>;
  /** Those that are there, in the order of their ids. */
  getMany(driftIds: readonly string[]): Promise<Drift[]>;
  /** Newest first, of devices in service that a grant covers. */
  list(request: DriftListRequest): Promise<Drift[]>;
  /** How many objects are `open` and `acknowledged` now, of each device that has any. */
  counts(
    grants: readonly DeviceGrant[],
    nowMs: number,
  ): Promise<{ deviceId: string; open: number; acknowledged: number }[]>;
  /** Those that are not gone are expected until then; answers them as they are. */
  acknowledge(driftIds: readonly string[], acknowledgement: DriftAcknowledgement): Promise<Drift[]>;
  /**
   * Keeps what a comparison found, in one transaction with what is told of it. Null, and nothing is kept, when the
   * baseline is another one by now.
   */
  saveCheck(result: CheckResult): Promise<DriftNews | null>;
  /** Keeps that a comparison found what is known already. False, and nothing is kept, when the baseline is another one by now. */
  confirmCheck(result: { deviceId: string; check: BaselineCheck }): Promise<boolean>;
  /** Forgets what went away before the time; answers how many. */
  prune(before: Date): Promise<number>;
}

export interface DriftListRequest {
  grants: readonly DeviceGrant[];
  deviceId?: string | undefined;
  states: readonly DriftState[];
  nowMs: number;
  limit: number;
  /** Id of the last drift of the page before. */
  before?: string | undefined;
}

/** What a comparison of a device with its baseline found. */
export interface CheckResult {
  deviceId: string;
  /** Revision of the baseline that was compared. */
  revision: number;
  check: Omit<BaselineCheck, 'revision'>;
  /** The baseline after it followed plans; null when it stays. */
  menus: readonly ConfigurationMenu[] | null;
  moved: readonly { planId: string; moves: readonly BaselineMove[] }[];
  takenBack: readonly string[];
  differences: readonly ConfigurationDifference[];
  authorOf: (found: FoundDrift) => DriftAuthor | null;
  /** Whether an object is on the device as it was when its drift was found: then it is the baseline that changed. */
  isStillThere: (known: KnownDrift) => boolean;
}

export function createDriftStore(units: Units): DriftStore {
  const rows = (rest: string, values: readonly unknown[]): Promise<Drift[]> =>
    units.run((em) => selectDrift(em, rest, values));
  return {
    known: (deviceId) =>
      rows('where device_id = ? and gone_at is null order by menu, object_key, drift_id', [deviceId]),
    getMany: async (driftIds) =>
      driftIds.length === 0 ? [] : rows('where drift_id in (?) order by drift_id', [driftIds]),
    list({ grants, deviceId, states, nowMs, limit, before }) {
      const visible = grantsCondition(grants);
      const { sql, values } = all([
        {
          sql: `device_id in (select device_id from device where status <> 'decommissioned' and ${visible.sql})`,
          values: visible.values,
        },
        stateCondition(states, nowMs),
        deviceId === undefined ? null : { sql: 'device_id = ?', values: [deviceId] },
        before === undefined ? null : { sql: 'drift_id < ?', values: [before] },
      ]);
      return rows(`where ${sql} order by drift_id desc limit ?`, [...values, limit]);
    },
    counts: (grants, nowMs) =>
      units.run(async (em) => {
        const visible = grantsCondition(grants);
        const found = await em.execute<{ device_id: string; open: string; acknowledged: string }[]>(
          `select device_id, count(*) filter (where not ${IS_ACKNOWLEDGED}) as open,
             count(*) filter (where ${IS_ACKNOWLEDGED}) as acknowledged
           from drift where gone_at is null
             and device_id in (select device_id from device where status <> 'decommissioned' and ${visible.sql})
           group by device_id order by device_id`,
          [new Date(nowMs), new Date(nowMs), ...visible.values],
        );
        return found.map(({ device_id: deviceId, open, acknowledged }) => ({
          deviceId,
          open: Number(open),
          acknowledged: Number(acknowledged),
        }));
      }),
    acknowledge: (driftIds, acknowledgement) =>
      units.transact(async (em) => {
        if (driftIds.length === 0) return [];
        await em.execute('update drift set acknowledgement = ?::json where drift_id in (?) and gone_at is null', [
          storedJson(acknowledgement),
          driftIds,
        ]);
        return selectDrift(em, 'where drift_id in (?) order by drift_id', [driftIds]);
      }),
    saveCheck: async (result) => {
      const content = result.menus === null ? null : await packContent(result.menus);
      return units.transact((em) => saveCheck(em, result, content));
    },
    confirmCheck: ({ deviceId, check }) =>
      units.transact(async (em) => {
        const confirmed = await em.execute<unknown[]>(
          'update device_baseline set checked = ?::json where device_id = ? and revision = ? returning device_id',
          [storedJson(check), deviceId, check.revision],
        );
        if (confirmed.length === 0) return false;
        await em.execute('update drift set seen_at = ? where device_id = ? and gone_at is null', [
          new Date(check.at),
          deviceId,
        ]);
        return true;
      }),
    prune: (before) =>
      units.run(async (em) => {
        const gone = await em.execute<unknown[]>('delete from drift where gone_at < ? returning drift_id', [before]);
        return gone.length;
      }),
  };
}

async function saveCheck(em: EntityManager, result: CheckResult, content: string | null): Promise<DriftNews | null> {
  const { deviceId, revision, check, menus, moved, takenBack, differences } = result;
  const [held] = await em.execute<{ revision: number }[]>(
    'select revision from device_baseline where device_id = ? for update',
    [deviceId],
  );
  if (held?.revision !== revision) return null;
  const raised = content === null ? revision : revision + 1;
  await em.execute('update device_baseline set checked = ?::json where device_id = ?', [
    storedJson({ ...check, revision: raised }),
    deviceId,
  ]);
  if (content !== null) {
    await em.execute(
      `update device_baseline set content = decode(?, 'base64'), objects = ?, revision = ? where device_id = ?`,
      [content, countOf(menus ?? []), raised, deviceId],
    );
  }
  for (const { planId, moves } of moved) {
    await em.execute(
      `insert into baseline_move (device_id, plan_id, moved, moved_at) values (?, ?, ?::json, ?)
       on conflict (device_id, plan_id) do nothing`,
      [deviceId, planId, storedJson(moves), new Date(check.at)],
    );
  }
  if (takenBack.length > 0) {
    await em.execute('delete from baseline_move where device_id = ? and plan_id in (?)', [deviceId, takenBack]);
  }
  const known = await selectDrift(em, 'where device_id = ? and gone_at is null for update', [deviceId]);
  const news = reconcileDrift(known, differences, Date.parse(check.at));
  await writeNews(em, result, known, news);
  await insertFleetEvents(em, await eventsOf(em, result, news));
  return news;
}

async function writeNews(
  em: EntityManager,
  result: CheckResult,
  known: readonly Drift[],
  news: DriftNews,
): Promise<void> {
  const { deviceId, check, authorOf, isStillThere } = result;
  const at = new Date(check.at);
  for (const now of news.found) {
    await em.execute(
      `insert into drift (drift_id, device_id, menu, object_key, kind, before, after, found_at, seen_at, author)
       values (?, ?, ?, ?, ?, ?::json, ?::json, ?, ?, ?::json)`,
      [
        `drf_${ulid(currentMs())}`,
        deviceId,
        storedText(now.menu),
        storedText(now.objectKey),
        now.kind,
        ...jsonOf(now),
        at,
        at,
        jsonOrNull(authorOf(now)),
      ],
    );
  }
  for (const { driftId, now } of news.changed) {
    await em.execute(
      `update drift set kind = ?, before = ?::json, after = ?::json, seen_at = ?, author = ?::json, acknowledgement = null
       where drift_id = ?`,
      [now.kind, ...jsonOf(now), at, jsonOrNull(authorOf(now)), driftId],
    );
  }
  if (news.lapsed.length > 0) {
    await em.execute('update drift set acknowledgement = null, seen_at = ? where drift_id in (?)', [at, news.lapsed]);
  }
  if (news.stays.length > 0) await em.execute('update drift set seen_at = ? where drift_id in (?)', [at, news.stays]);
  for (const one of known) {
    if (!news.gone.includes(one.driftId)) continue;
    await em.execute('update drift set gone_at = ?, gone_because = ? where drift_id = ?', [
      at,
      isStillThere(one) ? 'baseline' : 'restored',
      one.driftId,
    ]);
  }
}

/** One event for all of a device that is new, and one when nothing is left that nobody acknowledged. */
async function eventsOf(em: EntityManager, { deviceId, check }: CheckResult, news: DriftNews): Promise<FleetEvent[]> {
  if (!isNews(news) && news.gone.length === 0) return [];
  const [device] = await em.execute<{ name: string; environment: FleetEvent['environment']; tags: string[] }[]>(
    'select name, environment, to_json(tags) as tags from device where device_id = ?',
    [deviceId],
  );
  if (device === undefined) throw new AppError('DEVICE_NOT_FOUND', { details: { deviceId } });
  const { name: deviceName, environment, tags } = device;
  const about = { at: check.at, deviceId, deviceName, environment, tags };
  if (isNews(news)) {
    const lapsed = await selectDrift(em, 'where drift_id in (?)', [news.lapsed.length === 0 ? [''] : news.lapsed]);
    const told = [...news.found, ...news.changed.map(({ now }) => now), ...lapsed];
    const menus = [...new Set(told.map(({ menu }) => menu))].sort();
    const details = { objects: told.length, menus };
    return [{ ...about, type: 'drift.found', key: `drift.found/${deviceId}/${check.snapshotId}`, details }];
  }
  const [open] = await em.execute<unknown[]>(
    `select 1 from drift where device_id = ? and gone_at is null and not ${IS_ACKNOWLEDGED} limit 1`,
    [deviceId, new Date(check.at)],
  );
  if (open !== undefined) return [];
  return [{ ...about, type: 'drift.cleared', key: `drift.cleared/${deviceId}/${check.snapshotId}`, details: {} }];
}

const IS_ACKNOWLEDGED = `(acknowledgement is not null and (acknowledgement ->> 'until')::timestamptz > ?)`;

function stateCondition(states: readonly DriftState[], nowMs: number): { sql: string; values: unknown[] } {
  const now = new Date(nowMs);
  const parts = states.map((state) => {
    if (state === 'gone') return { sql: 'gone_at is not null', values: [] };
    const not = state === 'open' ? 'not ' : '';
    return { sql: `(gone_at is null and ${not}${IS_ACKNOWLEDGED})`, values: [now] };
  });
  return { sql: `(${parts.map(({ sql }) => sql).join(' or ')})`, values: parts.flatMap(({ values }) => values) };
}

function jsonOf({ before, after }: FoundDrift): [string | null, string | null] {
  return [jsonOrNull(before), jsonOrNull(after)];
}

function jsonOrNull(value: unknown): string | null {
  return value === null ? null : storedJson(value);
}
