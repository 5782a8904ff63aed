import type { EntityManager } from '@mikro-orm/postgresql';
import type { SnapshotRetention } from '../../../domain/snapshot.ts';
import { SETTLED_PLAN_STATUSES } from '../../../domain/plan.ts';
import type { Units } from '../units.ts';

/** Removing what is kept no longer. */
export interface SnapshotPruning {
  /**
   * Removes old snapshots of a page of devices, in the order of their ids. The newest one of a device stays, and so does one
   * that a baseline is made of, or that a plan names which runs or can be taken back.
   */
  prune(request: PruneSnapshots): Promise<PrunedSnapshots>;
  /** Removes texts that no snapshot has, at most so many; answers how many. Snapshots that are stored meanwhile wait. */
  removeOrphanTexts(limit: number): Promise<number>;
}

export interface PruneSnapshots extends SnapshotRetention {
  now: Date;
  /** The last device of the page before; null for the first page. */
  afterDevice: string | null;
  /** Devices of the page. */
  limit: number;
  /** Only count. Default false. */
  isDryRun?: boolean;
}

export interface PrunedSnapshots {
  /** How many went, or would go. */
  removed: number;
  /** The last device of the page; null when there are no more. */
  lastDevice: string | null;
}

export function createSnapshotPruning(units: Units): SnapshotPruning {
  return {
    prune: (request) => units.transact((em) => prune(em, request)),
    async removeOrphanTexts(limit) {
      // Looked for without a lock, because that reads the whole table; once more under it, because one may be used again.
      const found = await units.run((em) =>
        em.execute<{ sha256: string }[]>(`select sha256 from snapshot_text where ${IS_ORPHAN} limit ?`, [limit]),
      );
      if (found.length === 0) return 0;
      return units.transact(async (em) => {
        // A snapshot that found its text in place has this table's row lock until it is stored.
        await em.execute('lock table snapshot_text in share row exclusive mode');
        const removed = await em.execute<unknown[]>(
          `delete from snapshot_text where sha256 in (${found.map(() => '?').join(', ')}) and ${IS_ORPHAN} returning sha256`,
          found.map(({ sha256 }) => sha256),
        );
        return removed.length;
      });
    },
  };
}

const IS_ORPHAN = 'not exists (select from snapshot where snapshot.sha256 = snapshot_text.sha256)';

async function prune(em: EntityManager, request: PruneSnapshots): Promise<PrunedSnapshots> {
  const { afterDevice, limit, now, keepDays, keepCount, isDryRun = false } = request;
  const page = await em.execute<{ device_id: string }[]>(
    'select device_id from device where device_id > ? order by device_id limit ?',
    [afterDevice ?? '', limit],
  );
  const lastDevice = page.length < limit ? null : (page.at(-1)?.device_id ?? null);
  if (page.length === 0) return { removed: 0, lastDevice };
  const condition = `snapshot_id in (
    select snapshot_id from (
      select snapshot_id, taken_at, row_number() over (partition by device_id order by snapshot_id desc) as place
      from snapshot where device_id in (${page.map(() => '?').join(', ')})
    ) as placed
    where place > 1 and (place > ? or taken_at < ?))
    and not exists (select from device_baseline where device_baseline.snapshot_id = snapshot.snapshot_id)
    and not exists (
      select from plan_device join plan using (plan_id)
      where plan_device.snapshot_id = snapshot.snapshot_id
        and (plan.rollback_until > ? or plan.status not in (${SETTLED_PLAN_STATUSES.map(() => '?').join(', ')})))`;
  const values = [
    ...page.map(({ device_id: deviceId }) => deviceId),
    keepCount,
    new Date(now.getTime() - keepDays * DAY_MS),
    now,
    ...SETTLED_PLAN_STATUSES,
  ];
  const gone = await em.execute<unknown[]>(
    isDryRun
      ? `select snapshot_id from snapshot where ${condition}`
      : `delete from snapshot where ${condition} returning snapshot_id`,
    values,
  );
  return { removed: gone.length, lastDevice };
}

const DAY_MS = 86_400_000;
