/** Fencing of lanes: the newest epoch of a device is the only one that may still write to it. */
export interface LaneStore {
  /** Makes `owner` the current owner and answers the new epoch. Fails with DEVICE_NOT_FOUND. */
  takeEpoch(deviceId: string, owner: string): Promise<number>;
  /** Whether nobody took the lane since `epoch` was taken. */
  isCurrent(deviceId: string, epoch: number): Promise<boolean>;
}
