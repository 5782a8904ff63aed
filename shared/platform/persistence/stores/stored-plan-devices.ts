import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { StoredPlanDevice } from './plan-store.ts';
import { Change } from '../../../domain/change.ts';
import type { PlanDeviceStatus } from '../../../domain/plan.ts';
import type { ErrorBody } from '../../../errors/app-error.ts';

interface Row {
  device_id: string;
  name: string;
  status: PlanDeviceStatus;
  wave: number;
  changes: string | null;
  error: ErrorBody | null;
  snapshot_id: string | null;
}

/**
 * A plan's devices in rollout order. Plans of a thousand devices are looked at often while they are carried out, so rows
 * are read without entities, and of equal diffs one is parsed: its devices share it.
 */
export async function storedPlanDevices(em: EntityManager, planId: string): Promise<StoredPlanDevice[]> {
  const rows = await em.execute<Row[]>(
    `select device_id, name, status, wave, changes::text as changes, error, snapshot_id
     from plan_device where plan_id = ? order by position`,
    [planId],
  );
  const parsed = new Map<string, Change[]>();
  const changesIn = (text: string | null): Change[] => {
    if (text === null) return [];
    const known = parsed.get(text) ?? z.array(Change).parse(JSON.parse(text));
    parsed.set(text, known);
    return known;
  };
  return rows.map(({ device_id: deviceId, name, status, wave, changes, error, snapshot_id: snapshotId }) => ({
    deviceId,
    name,
    status,
    changes: changesIn(changes),
    wave,
    ...(error === null ? {} : { error }),
    ...(snapshotId === null ? {} : { snapshotId }),
  }));
}
