import { COHORT_NUMBERS, COHORTS } from '../domain/cohort.ts';
import type { HealthSweepInput } from './health-messages.ts';
import type { DriftSweepInput } from './drift-messages.ts';
import type { DeviceMetricsInput, MetricRetention } from './metric-messages.ts';
import type { RetentionRun } from './retention-messages.ts';
import type { SnapshotRetention } from '../domain/snapshot.ts';
import type { CohortSnapshotsInput } from './snapshot-messages.ts';
import {
  AUDIT_CARE_WORKFLOW,
  DEVICE_METRICS_WORKFLOW,
  METRIC_CARE_WORKFLOW,
  RETENTION_WORKFLOW,
  DRIFT_SWEEP_WORKFLOW,
  HEALTH_SWEEP_WORKFLOW,
  NOTIFICATIONS_WORKFLOW,
  COHORT_SNAPSHOTS_WORKFLOW,
  SNAPSHOT_RETENTION_WORKFLOW,
} from './workflow-types.ts';

/**
 * When a schedule runs: at a distance, counted from the epoch plus `offsetSeconds`, at a time of each day (UTC), or by a cron
 * line and the clock of a time zone.
 */
export type ScheduleTime =
  | { everySeconds: number; offsetSeconds?: number }
  | { calendar: { hour: number; minute: number } }
  | { cron: string; timeZone: string };

/** Work that runs when nobody asks. One run at a time: what would begin during the run before is left out. */
export interface ScheduleRow {
  /** Also the beginning of its runs' workflow ids. */
  scheduleId: string;
  /** Null: it is switched off, and is removed where it exists. */
  when: ScheduleTime | null;
  workflowType: string;
  args: readonly unknown[];
  /** A run begins up to so many seconds late, at random. */
  jitterSeconds: number;
  /** A run that was missed, because the server was away, is made up for when it is not later than this. */
  catchupSeconds: number;
  /** A run that takes longer is ended. */
  timeoutSeconds: number;
  /** Whether the first run is as soon as the schedule is made. */
  runsAtOnce?: true;
  /** What it is for, as the Temporal UI shows it. */
  note: string;
}

/** What a deployment sets of its schedules; 0 switches one off. */
export interface ScheduleSettings {
  /** Between two sweeps over the fleet's health. */
  healthIntervalSeconds: number;
  /** Between two looks at what endpoints are to be told of the fleet. */
  notificationIntervalSeconds: number;
  deviceMetrics: DeviceMetricSettings;
  retention: RetentionScheduleSettings;
  /** Between two comparisons of a device with its baseline. */
  driftIntervalSeconds: number;
  snapshots: SnapshotScheduleSettings;
}

/** When snapshots of the whole fleet are taken, and how long they are kept. */
export interface SnapshotScheduleSettings extends SnapshotRetention {
  /** Five fields in numbers; null: none are taken. */
  cron: string | null;
  /** IANA name. */
  timeZone: string;
  /** Cohorts begin within so many seconds of that time. */
  spreadSeconds: number;
}

/** When what is old is removed. */
export interface RetentionScheduleSettings extends RetentionRun {
  /** Of the day, UTC; null: never. */
  hour: number | null;
}

/** How often what devices measure is collected, and for how many days it is kept. */
export interface DeviceMetricSettings {
  /** 0: nothing is collected. */
  intervalSeconds: number;
  retention: MetricRetention;
}

export const AUDIT_SCHEDULE_ID = 'audit-care';
export const NOTIFICATIONS_SCHEDULE_ID = 'notifications';
export const RETENTION_SCHEDULE_ID = 'retention';

/** Every schedule of a deployment. */
export function scheduleTable(settings: ScheduleSettings): ScheduleRow[] {
  return [
    {
      scheduleId: AUDIT_SCHEDULE_ID,
      when: { everySeconds: 600 },
      workflowType: AUDIT_CARE_WORKFLOW,
      args: [],
      jitterSeconds: 0,
      catchupSeconds: 600,
      timeoutSeconds: 1_800,
      runsAtOnce: true,
      note: 'Completes open audit records and anchors the chain.',
    },
    notificationRow(settings.notificationIntervalSeconds),
    ...healthSweeps(settings.healthIntervalSeconds),
    retentionRow(settings.retention),
    ...driftSweeps(settings.driftIntervalSeconds),
    ...snapshotRows(settings.snapshots),
    ...deviceMetricRows(settings.deviceMetrics),
  ];
}

/** Collections one cohort after another, and what is made of their values once an hour. */
function deviceMetricRows({ intervalSeconds, retention }: DeviceMetricSettings): ScheduleRow[] {
  const collections = perCohort(intervalSeconds, (cohort) => {
    const input: DeviceMetricsInput = { cohort, intervalSeconds };
    return {
      scheduleId: `device-metrics/${cohort}`,
      workflowType: DEVICE_METRICS_WORKFLOW,
      args: [input],
      jitterSeconds: 0,
      catchupSeconds: 10,
      timeoutSeconds: Math.max(600, intervalSeconds),
      note: 'Collects what the routers of a cohort measure.',
    };
  });
  const care: ScheduleRow = {
    scheduleId: 'device-metric-care',
    // After the last values of an hour have come, and before those of the next are many.
    when: intervalSeconds === 0 ? null : { everySeconds: 3_600, offsetSeconds: 1_200 },
    workflowType: METRIC_CARE_WORKFLOW,
    args: [retention],
    jitterSeconds: 60,
    catchupSeconds: 3_600,
    timeoutSeconds: 3_600,
    note: 'Down-samples what was collected, and removes what is kept no longer.',
  };
  return [...collections, care];
}

/** Snapshots of every router, and the removal of old ones, which also those are that people and plans take. */
export function snapshotRows({
  cron,
  timeZone,
  spreadSeconds,
  keepDays,
  keepCount,
}: SnapshotScheduleSettings): ScheduleRow[] {
  const ofCohorts = COHORT_NUMBERS.map((cohort): ScheduleRow => {
    const input: CohortSnapshotsInput = {
      cohort,
      reason: 'scheduled',
      concurrency: 5,
      retryAfterSeconds: [600, 1_800, 3_600],
    };
    return {
      scheduleId: `snapshots/${cohort}`,
      when: cron === null ? null : { cron, timeZone },
      workflowType: COHORT_SNAPSHOTS_WORKFLOW,
      args: [input],
      jitterSeconds: spreadSeconds,
      catchupSeconds: 3_600,
      timeoutSeconds: 43_200,
      note: 'Saves the configuration of every router of a cohort.',
    };
  });
  const retention: SnapshotRetention = { keepDays, keepCount };
  return [
    ...ofCohorts,
    {
      scheduleId: 'snapshot-retention',
      when: { calendar: { hour: 5, minute: 17 } },
      workflowType: SNAPSHOT_RETENTION_WORKFLOW,
      args: [retention],
      jitterSeconds: 600,
      catchupSeconds: 43_200,
      timeoutSeconds: 14_400,
      note: 'Removes snapshots that are kept no longer.',
    },
  ];
}

/** Of one cohort. */
export function healthScheduleId(cohort: number): string {
  return `health-sweep/${cohort}`;
}

/** A sweep that takes longer than its interval is not overtaken by the next one. */
function healthSweeps(intervalSeconds: number): ScheduleRow[] {
  return perCohort(intervalSeconds, (cohort) => ({
    scheduleId: healthScheduleId(cohort),
    workflowType: HEALTH_SWEEP_WORKFLOW,
    args: [{ cohort, intervalSeconds } satisfies HealthSweepInput],
    jitterSeconds: Math.floor(intervalSeconds / 10),
    catchupSeconds: Math.max(10, Math.floor(intervalSeconds / 2)),
    timeoutSeconds: Math.max(1_800, intervalSeconds * 4),
    note: `Checks the health of the devices of cohort ${cohort}.`,
  }));
}

function driftSweeps(everySeconds: number): ScheduleRow[] {
  return perCohort(everySeconds, (cohort) => {
    const input: DriftSweepInput = { of: { cohort }, reason: 'compared with its baseline', concurrency: 5 };
    return {
      scheduleId: `drift/${cohort}`,
      workflowType: DRIFT_SWEEP_WORKFLOW,
      args: [input],
      jitterSeconds: 60,
      catchupSeconds: 3_600,
      timeoutSeconds: 43_200,
      note: 'Compares every router of a cohort that has a baseline with it.',
    };
  });
}

/** What is over and kept no longer. */
function retentionRow({ hour, keepDays }: RetentionScheduleSettings): ScheduleRow {
  return {
    scheduleId: RETENTION_SCHEDULE_ID,
    when: hour === null ? null : { calendar: { hour, minute: 11 } },
    workflowType: RETENTION_WORKFLOW,
    args: [{ keepDays } satisfies RetentionRun],
    jitterSeconds: 600,
    catchupSeconds: 43_200,
    timeoutSeconds: 14_400,
    note: 'Removes what is over and kept no longer.',
  };
}

function notificationRow(everySeconds: number): ScheduleRow {
  return {
    scheduleId: NOTIFICATIONS_SCHEDULE_ID,
    when: everySeconds === 0 ? null : { everySeconds },
    workflowType: NOTIFICATIONS_WORKFLOW,
    args: [],
    jitterSeconds: 0,
    catchupSeconds: 10,
    timeoutSeconds: 900,
    note: 'Tells endpoints of what happened in the fleet.',
  };
}

/** One row per cohort, which begin one after another over the interval; an interval of 0 switches them off. */
export function perCohort(everySeconds: number, rowOf: (cohort: number) => Omit<ScheduleRow, 'when'>): ScheduleRow[] {
  return COHORT_NUMBERS.map((cohort) => ({
    ...rowOf(cohort),
    when: everySeconds === 0 ? null : { everySeconds, offsetSeconds: Math.floor((everySeconds * cohort) / COHORTS) },
  }));
}
