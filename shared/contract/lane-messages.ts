/** Argument of `holdLane`, the lease of a device. */
export interface HoldLaneInput {
  deviceId: string;
}
export const HOLD_LANE = 'holdLane';

/** The Nexus service a lane serves on its device's queue: the fast door for interactive reads. */
export const LANE_SERVICE = 'convoy-lane';
export const LANE_READ_OPERATION = 'read';
