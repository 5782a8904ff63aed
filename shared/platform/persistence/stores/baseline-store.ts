import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { EntityManager } from '@mikro-orm/postgresql';
import { cohortOf } from '../../../domain/cohort.ts';
import type { Step } from '../../../domain/change.ts';
import type { Baseline, BaselineCheck } from '../../../domain/drift.ts';
import type { PlanDeviceStatus } from '../../../domain/plan.ts';
import { MAX_SNAPSHOT_BYTES } from '../../../domain/snapshot.ts';
import { AppError } from '../../../errors/app-error.ts';
import { BaselineContent, BaselineMove } from '../../../plans/drift/baseline-draft.ts';
import type { ConfigurationMenu } from '../../../routeros/configuration-objects.ts';
import { storedText } from '../stored-text.ts';
import { toIsoTime } from '../stored-time.ts';
import type { Units } from '../units.ts';

/** What devices should be. */
export interface BaselineStore {
  get(deviceId: string): Promise<Baseline | null>;
  /** As `get`, of several; devices without one are left out. */
  getMany(deviceIds: readonly string[]): Promise<Baseline[]>;
  /** What it holds, and whether that is all; fails with BASELINE_NOT_FOUND. */
  content(deviceId: string): Promise<{ menus: ConfigurationMenu[]; isComplete: boolean; revision: number }>;
  /** Sets or replaces it. With `isFirst` one that is there is kept. Answers the one that is there then. */
  set(baseline: NewBaseline): Promise<Baseline>;
  /** Plans that worked on the device after `asOf` of its baseline or do so now, and those that have moved the baseline. */
  plansSince(deviceId: string): Promise<PlanOnDevice[]>;
  /** Devices in service, by id: those of a cohort that have a baseline, or those that hold what a plan wrote. */
  devices(request: { of: { cohort: number } | { planId: string }; after: string; limit: number }): Promise<string[]>;
}

export interface NewBaseline {
  deviceId: string;
  snapshotId: string;
  /** When the snapshot was taken, ISO 8601. */
  asOf: string;
  setBy: string;
  reason: string;
  planId: string | null;
  version: string | null;
  isComplete: boolean;
  menus: readonly ConfigurationMenu[];
  isFirst?: boolean;
}

/** A plan's part in what a device is. */
export interface PlanOnDevice {
  planId: string;
  status: PlanDeviceStatus;
  /** When its last work on the device ended, ISO 8601; null when it has not, or before that was kept. */
  settledAt: string | null;
  /** When the device was saved before the plan's first write, ISO 8601. */
  savedAt: string | null;
  /** Those that it wrote, in their order; all of them when that is not known. */
  steps: Step[];
  /** What it has moved of the baseline; null: nothing yet. */
  moves: BaselineMove[] | null;
}

export function createBaselineStore(units: Units): BaselineStore {
  const getMany = (deviceIds: readonly string[]): Promise<Baseline[]> =>
    units.run(async (em) => {
      if (deviceIds.length === 0) return [];
      const rows = await em.execute<BaselineRow[]>(`select ${COLUMNS} from device_baseline where device_id in (?)`, [
        deviceIds,
      ]);
      return rows.map(toBaseline);
    });
  const get = async (deviceId: string): Promise<Baseline | null> => (await getMany([deviceId]))[0] ?? null;

  return {
    get,
    getMany,
    content: (deviceId) =>
      units.run(async (em) => {
        const [row] = await em.execute<{ content: string; is_complete: boolean; revision: number }[]>(
          `select encode(content, 'base64') as content, is_complete, revision from device_baseline where device_id = ?`,
          [deviceId],
        );
        if (row === undefined) throw new AppError('BASELINE_NOT_FOUND', { details: { deviceId } });
        return { menus: await unpack(row.content), isComplete: row.is_complete, revision: row.revision };
      }),
    async set({ deviceId, menus, isFirst = false, ...baseline }) {
      const content = await packContent(menus);
      await units.transact(async (em) => {
        const { snapshotId, asOf, setBy, reason, planId, version, isComplete } = baseline;
        const [set] = await em.execute<unknown[]>(
          `insert into device_baseline (device_id, cohort, snapshot_id, as_of, set_by, set_at, reason, plan_id, version,
             is_complete, content, objects, revision)
           values (?, ?, ?, ?, ?, now(), ?, ?, ?, ?, decode(?, 'base64'), ?, 1)
           on conflict (device_id) ${isFirst ? 'do nothing' : REPLACE} returning device_id`,
          [
            deviceId,
            cohortOf(deviceId),
            snapshotId,
            new Date(asOf),
            setBy,
            storedText(reason),
            planId,
            version,
            isComplete,
            content,
            countOf(menus),
          ],
        );
        if (set !== undefined) await em.execute('delete from baseline_move where device_id = ?', [deviceId]);
      });
      const stored = await get(deviceId);
      if (stored === null) throw new AppError('INTERNAL_ERROR', { message: 'The baseline was not stored.' });
      return stored;
    },
    plansSince: (deviceId) => units.run((em) => plansSince(em, deviceId)),
    devices: ({ of, after, limit }) =>
      units.run(async (em) => {
        const [from, condition, value] =
          'cohort' in of
            ? ['device_baseline', 'cohort = ?', of.cohort]
            : ['plan_device', `plan_id = ? and plan_device.settled_at is not null`, of.planId];
        const rows = await em.execute<{ device_id: string }[]>(
          `select device_id from ${from} join device using (device_id)
           where ${condition} and device.status <> 'decommissioned' and device_id > ? order by device_id limit ?`,
          [value, after, limit],
        );
        return rows.map(({ device_id: deviceId }) => deviceId);
      }),
  };
}

const COLUMNS = 'device_id, snapshot_id, as_of, set_by, set_at, reason, plan_id, version, objects, revision, checked';

const REPLACE = `do update set snapshot_id = excluded.snapshot_id, as_of = excluded.as_of, set_by = excluded.set_by,
  set_at = excluded.set_at, reason = excluded.reason, plan_id = excluded.plan_id, version = excluded.version,
  is_complete = excluded.is_complete, content = excluded.content, objects = excluded.objects,
  revision = device_baseline.revision + 1, checked = null`;

async function plansSince(em: EntityManager, deviceId: string): Promise<PlanOnDevice[]> {
  const rows = await em.execute<PlanRow[]>(
    `select part.plan_id, part.status, part.settled_at, snapshot.taken_at, part.steps, part.written_steps, move.moved
     from plan_device part join device_baseline baseline on baseline.device_id = part.device_id
       left join baseline_move move on move.device_id = part.device_id and move.plan_id = part.plan_id
       left join snapshot on snapshot.snapshot_id = part.snapshot_id
     where part.device_id = ? and (part.settled_at > baseline.as_of or move.moved is not null
       or (part.status in ('applying', 'verifying', 'rolling_back')
         -- Of a plan that ended from outside nothing goes on.
         and exists (select from plan where plan.plan_id = part.plan_id
           and plan.status in ('rolling_out', 'paused', 'rolling_back'))))
     order by part.settled_at nulls last, part.plan_id`,
    [deviceId],
  );
  return rows.map(({ plan_id: planId, status, settled_at, taken_at, steps, written_steps, moved }) => ({
    planId,
    status,
    settledAt: settled_at === null ? null : toIsoTime(settled_at),
    savedAt: taken_at === null ? null : toIsoTime(taken_at),
    steps: (steps ?? []).filter((_, index) => written_steps?.includes(index) ?? true),
    moves: moved === null ? null : BaselineMove.array().parse(moved),
  }));
}

interface PlanRow {
  plan_id: string;
  status: PlanDeviceStatus;
  settled_at: string | Date | null;
  taken_at: string | Date | null;
  steps: Step[] | null;
  written_steps: number[] | null;
  moved: unknown;
}

interface BaselineRow {
  device_id: string;
  snapshot_id: string;
  as_of: string | Date;
  set_by: string;
  set_at: string | Date;
  reason: string;
  plan_id: string | null;
  version: string | null;
  objects: number;
  revision: number;
  checked: BaselineCheck | null;
}

function toBaseline(row: BaselineRow): Baseline {
  return {
    deviceId: row.device_id,
    snapshotId: row.snapshot_id,
    asOf: toIsoTime(row.as_of),
    setBy: row.set_by,
    setAt: toIsoTime(row.set_at),
    reason: row.reason,
    planId: row.plan_id,
    version: row.version,
    objects: row.objects,
    revision: row.revision,
    check: row.checked,
  };
}

/** Objects of a configuration. */
export function countOf(menus: readonly ConfigurationMenu[]): number {
  return menus.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** Compressed, as base64: raw queries carry no bytes. */
export async function packContent(menus: readonly ConfigurationMenu[]): Promise<string> {
  return (await compress(storedText(JSON.stringify(menus)))).toString('base64');
}

async function unpack(content: string): Promise<ConfigurationMenu[]> {
  const text = (await decompress(Buffer.from(content, 'base64'), { maxOutputLength: MAX_SNAPSHOT_BYTES * 4 })).toString(
    'utf8',
  );
  return BaselineContent.parse(JSON.parse(text));
}

const compress = promisify<string, Buffer>(gzip);
const decompress = promisify(gunzip);
