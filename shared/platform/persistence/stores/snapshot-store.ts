import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { DeviceGrant } from '../../../domain/principal.ts';
import { MAX_SNAPSHOT_BYTES, type Snapshot } from '../../../domain/snapshot.ts';
import { AppError } from '../../../errors/app-error.ts';
import { all, grantsCondition } from '../device-filter.ts';
import { SnapshotTextEntity } from '../entities/snapshot-entity.ts';
import { storedText } from '../stored-text.ts';
import type { Units } from '../units.ts';
import { createSnapshotPruning, type SnapshotPruning } from './snapshot-retention.ts';

/** Configurations of routers as they were. */
export interface SnapshotStore extends SnapshotPruning {
  /** Stores the snapshot; its text only when no snapshot has the same. Repeated with the same id it changes nothing. */
  save(snapshot: NewSnapshot): Promise<Snapshot>;
  get(snapshotId: string): Promise<Snapshot | null>;
  /** The newest of a device. */
  latest(deviceId: string): Promise<Snapshot | null>;
  /** Newest first, of devices that a grant covers, also of those that are decommissioned. */
  list(request: SnapshotListRequest): Promise<Snapshot[]>;
  /** The text of snapshots with this hash. Fails with NOT_FOUND when there is none, INTERNAL_ERROR when it was altered. */
  text(sha256: string): Promise<string>;
  /** The plan for which a device is to be saved, and the snapshot its device names; null when there is no such plan. */
  ofPlan(planId: string, deviceId: string): Promise<SnapshotOfPlan | null>;
}

export interface SnapshotOfPlan {
  kind: string;
  /** Subject of whoever asked for the plan. */
  requestedBy: string;
  snapshot: Snapshot | null;
}

export interface NewSnapshot extends Omit<Snapshot, 'sha256' | 'bytes' | 'lines'> {
  /** Without secrets. */
  text: string;
  /** The plan before whose first write it is taken: the plan's device then names it. */
  planId?: string;
}

export interface SnapshotListRequest {
  grants: readonly DeviceGrant[];
  deviceId?: string | undefined;
  limit: number;
  /** Id of the last snapshot of the page before. */
  before?: string | undefined;
}

export function createSnapshotStore(units: Units): SnapshotStore {
  const rows = (condition: string, values: readonly unknown[]): Promise<Snapshot[]> =>
    units.run(async (em) => {
      const found = await em.execute<SnapshotRow[]>(
        `select snapshot.*, bytes, lines from snapshot join snapshot_text using (sha256) where ${condition}`,
        [...values],
      );
      return found.map(toSnapshot);
    });
  const get = async (snapshotId: string): Promise<Snapshot | null> =>
    (await rows('snapshot_id = ?', [snapshotId]))[0] ?? null;

  return {
    ...createSnapshotPruning(units),
    get,
    async save({ text, planId, ...snapshot }) {
      const content = storedText(text);
      const sha256 = hashOf(content);
      const packed = await compress(content);
      await units.transact(async (em) => {
        await em.upsert(
          SnapshotTextEntity,
          { sha256, gzip: packed, bytes: Buffer.byteLength(content), lines: content.split('\n').length - 1 },
          { onConflictAction: 'ignore' },
        );
        const { snapshotId, deviceId, takenAt, requestedBy, reason, version, isComplete } = snapshot;
        await em.execute(
          `insert into snapshot (snapshot_id, device_id, sha256, taken_at, requested_by, reason, version, is_complete)
           values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
          [snapshotId, deviceId, sha256, new Date(takenAt), requestedBy, storedText(reason), version, isComplete],
        );
        if (planId === undefined) return;
        await em.execute('update plan_device set snapshot_id = ? where plan_id = ? and device_id = ?', [
          snapshotId,
          planId,
          deviceId,
        ]);
      });
      const stored = await get(snapshot.snapshotId);
      if (stored === null) throw new AppError('INTERNAL_ERROR', { message: 'The snapshot was not stored.' });
      return stored;
    },
    async latest(deviceId) {
      return (await rows('device_id = ? order by snapshot_id desc limit 1', [deviceId]))[0] ?? null;
    },
    list({ grants, deviceId, limit, before }) {
      const visible = grantsCondition(grants);
      const { sql, values } = all([
        { sql: `device_id in (select device_id from device where ${visible.sql})`, values: visible.values },
        deviceId === undefined ? null : { sql: 'device_id = ?', values: [deviceId] },
        before === undefined ? null : { sql: 'snapshot_id < ?', values: [before] },
      ]);
      return rows(`${sql} order by snapshot_id desc limit ?`, [...values, limit]);
    },
    ofPlan: async (planId, deviceId) => {
      const [row] = await units.run((em) =>
        em.execute<{ kind: string; requested_by: string; snapshot_id: string | null }[]>(
          `select kind, requested_by, snapshot_id from plan join plan_device using (plan_id)
           where plan_id = ? and device_id = ?`,
          [planId, deviceId],
        ),
      );
      if (row === undefined) return null;
      const snapshot = row.snapshot_id === null ? null : await get(row.snapshot_id);
      return { kind: row.kind, requestedBy: row.requested_by, snapshot };
    },
    text: (sha256) =>
      units.run(async (em) => {
        const row = await em.findOne(SnapshotTextEntity, { sha256 });
        if (row === null) throw new AppError('NOT_FOUND');
        const text = (await decompress(row.gzip, { maxOutputLength: MAX_SNAPSHOT_BYTES * 2 })).toString('utf8');
        if (hashOf(text) === sha256) return text;
        throw new AppError('INTERNAL_ERROR', { message: 'A stored configuration is not what was stored.' });
      }),
  };
}

const compress = promisify<string, Buffer>(gzip);
const decompress = promisify(gunzip);

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

interface SnapshotRow {
  snapshot_id: string;
  device_id: string;
  sha256: string;
  taken_at: string | Date;
  requested_by: string;
  reason: string;
  version: string | null;
  is_complete: boolean;
  bytes: number;
  lines: number;
}

function toSnapshot(row: SnapshotRow): Snapshot {
  return {
    snapshotId: row.snapshot_id,
    deviceId: row.device_id,
    takenAt: new Date(row.taken_at).toISOString(),
    requestedBy: row.requested_by,
    reason: row.reason,
    version: row.version,
    sha256: row.sha256,
    bytes: row.bytes,
    lines: row.lines,
    isComplete: row.is_complete,
  };
}
