/** A router's configuration as it was at one moment, without secrets and without what changes by itself. */
export interface Snapshot {
  /** `snp_` + ULID. */
  snapshotId: string;
  deviceId: string;
  takenAt: string;
  /** Subject of the person. */
  requestedBy: string;
  reason: string;
  /** RouterOS, as the export says; null when it does not. */
  version: string | null;
  /** SHA-256 of the text, hex: two snapshots of an idle router have the same. */
  sha256: string;
  /** Of the text, UTF-8. */
  bytes: number;
  lines: number;
  /** False: the router left menus out. */
  isComplete: boolean;
}

/** Longest text that is kept, bytes. */
export const MAX_SNAPSHOT_BYTES = 16 * 1024 * 1024;

/** How long snapshots are kept; what exceeds either goes. */
export interface SnapshotRetention {
  /** Days since it was taken. */
  keepDays: number;
  /** Snapshots of one device. */
  keepCount: number;
}
