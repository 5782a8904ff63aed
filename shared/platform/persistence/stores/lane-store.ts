import { BreakerRecord } from '../../../domain/breaker.ts';
import { AppError } from '../../../errors/app-error.ts';
import { storedText } from '../stored-text.ts';
import type { Units } from '../units.ts';

/** Fencing of lanes: the newest epoch of a device is the only one that may still write to it. */
export interface LaneStore {
  /** Makes `owner` the current owner and answers the new epoch. Fails with DEVICE_NOT_FOUND. */
  takeEpoch(deviceId: string, owner: string): Promise<number>;
  /** Whether nobody took the lane since `epoch` was taken. */
  isCurrent(deviceId: string, epoch: number): Promise<boolean>;
  /** What the last owner remembered of the device's failures. */
  breaker(deviceId: string): Promise<BreakerRecord | null>;
  /**
   * Keeps it, and the device's status with it: unreachable from the first cool-down until an answer. An owner that is no
   * longer current changes nothing.
   */
  saveBreaker(deviceId: string, epoch: number, breaker: BreakerRecord | null): Promise<void>;
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
    breaker: (deviceId) =>
      units.run(async (em) => {
        const [row] = await em.execute<{ breaker: unknown }[]>('select breaker from device where device_id = ?', [
          deviceId,
        ]);
        return BreakerRecord.nullable().parse(row?.breaker ?? null);
      }),
    saveBreaker: (deviceId, epoch, breaker) =>
      units.run(async (em) => {
        const status = (breaker?.openings ?? 0) > 0 ? 'unreachable' : 'healthy';
        await em.execute(
          `update device set breaker = ?::jsonb, status = case status when 'decommissioned' then status else ? end
           where device_id = ? and exists (select 1 from device_lane lane where lane.device_id = ? and lane.epoch = ?)`,
          [breaker === null ? null : JSON.stringify(breaker), status, deviceId, deviceId, epoch],
        );
      }),
  };
}
