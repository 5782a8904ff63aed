import { AppError } from '../shared/errors/app-error.ts';
import { isDatabaseAway } from '../shared/platform/persistence/database-error.ts';
import type { LaneStore } from '../shared/platform/persistence/stores/lane-store.ts';

/** Which owner of a device's lane may write to the router. */
export interface LaneFence {
  /** The epoch of this owner; null while the database took none, so that the lane only reads. */
  epoch(): number | null;
  /** Fails with LANE_LOST unless this is the newest owner, and as the database does while that cannot be told. */
  assertOwner(): Promise<void>;
  /** Aborted once this is found not to be the newest owner: it never will be again. */
  lost: AbortSignal;
}

/**
 * Takes the newest epoch of a device. Where the database is away or read-only the lane is opened without one: the lease alone
 * keeps other processes from the device, which is enough to read it, and the first write takes the epoch or is refused.
 */
export async function takeFence(
  lanes: Pick<LaneStore, 'takeEpoch' | 'isCurrent'>,
  deviceId: string,
  owner: string,
): Promise<LaneFence> {
  const lost = new AbortController();
  let epoch: number | null = null;
  let taking: Promise<number> | null = null;
  // Once for all writes that wait for it: each taking would make the one before an old owner's.
  const take = (): Promise<number> => {
    taking ??= lanes
      .takeEpoch(deviceId, owner)
      .then((taken) => (epoch = taken))
      .finally(() => {
        taking = null;
      });
    return taking;
  };
  await take().catch((error: unknown) => {
    if (!isWithoutWrites(error)) throw error;
  });
  return {
    epoch: () => epoch,
    async assertOwner() {
      if (await lanes.isCurrent(deviceId, epoch ?? (await take()))) return;
      lost.abort();
      throw new AppError('LANE_LOST');
    },
    lost: lost.signal,
  };
}

/** Whether the database is away or takes no writes. */
function isWithoutWrites(error: unknown): boolean {
  return isDatabaseAway(error) || (error instanceof AppError && error.code === 'SERVICE_READ_ONLY');
}
