import { AppError } from '../../../errors/app-error.ts';
import { storedText } from '../stored-text.ts';
import type { Units } from '../units.ts';

/** Fencing of lanes: the newest epoch of a device is the only one that may still write to it. */
export interface LaneStore {
  /** Makes `owner` the current owner and answers the new epoch. Fails with DEVICE_NOT_FOUND. */
  takeEpoch(deviceId: string, owner: string): Promise<number>;
  /** Whether nobody took the lane since `epoch` was taken. */
  isCurrent(deviceId: string, epoch: number): Promise<boolean>;
}

export function createLaneStore(units: Units): LaneStore {
  return {
    takeEpoch: (deviceId, owner) =>
      units.run(async (em) => {
        const [row] = await em.execute<{ epoch: string }[]>(
          `insert into device_lane as lane (device_id, epoch, owner, taken_at)
           select device_id, 1, ?, now() from device where device_id = ?
           on conflict (device_id) do update set epoch = lane.epoch + 1, owner = excluded.owner, taken_at = now()
           returning epoch`,
          [storedText(owner), deviceId],
        );
        if (row === undefined) throw new AppError('DEVICE_NOT_FOUND');
        return Number(row.epoch);
      }),
    isCurrent: (deviceId, epoch) =>
      units.run(async (em) => {
        const rows = await em.execute('select 1 from device_lane where device_id = ? and epoch = ?', [deviceId, epoch]);
        return rows.length > 0;
      }),
  };
}
