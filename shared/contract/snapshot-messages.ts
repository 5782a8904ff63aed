import type { SnapshotRetention } from '../domain/snapshot.ts';
import type { ErrorCode } from '../errors/codes.ts';

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
  /** Nobody waits for it: it gives way to everything else on the device's lane, and may take long. Default false. */
  isScheduled?: true;
  /** A device that cannot be reached is tried again later, so that not having reached it is no failure yet. Default false. */
  isTriedAgain?: true;
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

/** Who asks for snapshots that a schedule takes. */
export const SNAPSHOT_SCHEDULE_ACTOR = 'svc-worker';

/** A round over the devices of one cohort. */
export interface CohortSnapshotsInput {
  cohort: number;
  reason: string;
  /** Devices at the same time. */
  concurrency: number;
  /** When those that were away are tried again, seconds after the try before; as often as there are numbers. */
  retryAfterSeconds: number[];
  /** Where a run goes on that was continued as new. */
  progress?: CohortSnapshotsProgress;
}

/** How far a round is. */
export interface CohortSnapshotsProgress {
  /** When the round began, ISO 8601. */
  startedAt: string;
  /** The last device of the pages that are done; null when all are. */
  after: string | null;
  /** Tries of those that were away that are over. */
  retries: number;
  taken: number;
  left: LeftOut[];
}

/** A device whose configuration could not be kept yet, and why. */
export interface LeftOut {
  deviceId: string;
  name: string;
  code: ErrorCode;
}

/** What became of a round. */
export interface CohortSnapshotsResult {
  taken: number;
  failed: number;
}

/** Work of scheduled snapshots on the shared queue. */
export interface SnapshotRecords {
  /** A page of a cohort's devices as they are registered now. */
  snapshotTargets(request: { cohort: number; after: string | null }): Promise<{
    devices: { deviceId: string; name: string }[];
    /** The last device of the page; null when there are no more. */
    last: string | null;
  }>;
  /** Devices that are being changed now and are better left alone. */
  devicesInChange(): Promise<string[]>;
  /** Has endpoints told of a device whose configuration could not be kept in a round; once, however often it is asked for. */
  tellSnapshotFailed(request: { startedAt: string; deviceId: string; code: ErrorCode }): Promise<void>;
  /** Removes snapshots that are kept no longer, and texts that none has; goes on where an attempt before it ended. */
  pruneSnapshots(retention: SnapshotRetention): Promise<PrunedTotals>;
}

/** What a cleaning removed. */
export interface PrunedTotals {
  snapshots: number;
  texts: number;
}
