import type { Device } from '../../shared/domain/device.ts';
import { maySeeDevice, type Principal } from '../../shared/domain/principal.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';

/** The snapshot, when its device is in the caller's scope; else the answer is that of one that does not exist. */
export async function resolveSnapshot(
  { snapshots, devices }: Pick<Database, 'snapshots' | 'devices'>,
  principal: Principal,
  snapshotId: string,
): Promise<{ snapshot: Snapshot; device: Device }> {
  const snapshot = await snapshots.get(snapshotId);
  const device = snapshot === null ? null : await devices.get(snapshot.deviceId);
  if (snapshot !== null && device !== null && maySeeDevice(principal, device)) return { snapshot, device };
  throw new AppError('SNAPSHOT_NOT_FOUND', {
    message: `No snapshot "${snapshotId}" is visible to you.`,
    hint: 'Call list_snapshots for the snapshots you may see.',
    details: { snapshotId },
  });
}
