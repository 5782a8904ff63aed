/** A wish for a snapshot of one device's configuration. */
export interface SnapshotInput {
  /** The id it will have. */
  snapshotId: string;
  deviceId: string;
  /** For people: shown in the workflow's summary. */
  deviceName: string;
  /** Subject of the person. */
  requestedBy: string;
  reason: string;
}

/** The snapshot that a plan takes of a device before it first writes to it. */
export interface PlanSnapshotInput {
  planId: string;
  deviceId: string;
  /** The id it will have, the same however often it is asked for. */
  snapshotId: string;
  /** Nothing of the plan is on the device, so that an earlier snapshot for the plan is of no more use. */
  isUntouched: boolean;
}

/** What travels of a snapshot; its text stays in the database. */
export interface SnapshotTaken {
  snapshotId: string;
  /** Hex, of the text. */
  sha256: string;
}
