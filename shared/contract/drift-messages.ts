/** A wish to compare one device with its baseline. */
export interface DriftCheckInput {
  /** The id of the snapshot that will be compared. */
  snapshotId: string;
  deviceId: string;
  /** Subject of the person, or of whoever asked for the plan. */
  requestedBy: string;
  /** Shown with the snapshot. */
  reason: string;
  /** The plan after which a device without a baseline gets one. Default: it is BASELINE_NOT_FOUND. */
  firstBaselineOf?: string;
}

/** What a comparison found, in numbers of objects. */
export interface DriftCheckResult {
  /** `set`: the device had no baseline, and what it is now became its first one. */
  outcome: 'compared' | 'set';
  snapshotId: string;
  /** New, otherwise than before, or acknowledged until a time that is over. */
  news: number;
  gone: number;
  /** That differ now, and are not acknowledged. */
  open: number;
}

/** Devices that are compared one after another: those of a cohort, or those that a plan has changed. */
export interface DriftSweepInput {
  of: { cohort: number } | { planId: string };
  reason: string;
  /** Devices at the same time. */
  concurrency: number;
  /** Where a run goes on that was continued as new. */
  progress?: DriftSweepProgress;
}

/** How far a sweep is. */
export interface DriftSweepProgress {
  /** The last device of the pages that are done. */
  after: string;
  compared: number;
  failed: number;
}

/** Who asks for comparisons that a schedule makes. */
export const DRIFT_SCHEDULE_ACTOR = 'svc-worker';

/** Activity on a device's own queue. */
export interface DriftChecks {
  /**
   * Exports the configuration and compares it with the device's baseline, which follows what plans did since. Repeating it
   * with the same snapshot is the same as once. Fails with DEVICE_BUSY while a plan is being carried out on the device.
   */
  checkDrift(request: DriftCheckInput): Promise<DriftCheckResult>;
}

/** Activities of comparisons on the shared queue. */
export interface DriftRecords {
  /** A page of devices to compare, by id. */
  driftTargets(request: { of: DriftSweepInput['of']; after: string }): Promise<{
    deviceIds: string[];
    /** With a plan: who asked for it, for devices that get their first baseline. */
    requestedBy: string | null;
    hasMore: boolean;
  }>;
  /** Forgets drift that went away long ago; answers how many objects. */
  pruneDrift(): Promise<number>;
}
