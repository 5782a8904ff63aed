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

/** What travels of a snapshot; its text stays in the database. */
export interface SnapshotTaken {
  snapshotId: string;
  /** Hex, of the text. */
  sha256: string;
}
