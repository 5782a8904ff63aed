import {
  ActivityFailure,
  ApplicationFailure,
  patched,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { DeviceActivities } from '../shared/contract/device-messages.ts';
import type { FleetActivities } from '../shared/contract/fleet-activities.ts';
import type { RetentionActivities } from '../shared/contract/retention-messages.ts';
import type { RotationActivities, RotationRecords } from '../shared/contract/rotation-messages.ts';
import type { SnapshotRecords } from '../shared/contract/snapshot-messages.ts';
import { deviceQueue, FLEET_QUEUE } from '../shared/contract/task-queues.ts';
import type { ErrorBody } from '../shared/errors/app-error.ts';
import { ERROR_CODES, isErrorCode, type ErrorCode } from '../shared/errors/codes.ts';

/** Database, audit and Temporal work; repeated until it succeeds, because each is keyed or idempotent. */
export const fleet = proxyActivities<FleetActivities & RotationRecords>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** As `fleet`, for what a schedule does. */
export const snapshotRecords = proxyActivities<Omit<SnapshotRecords, 'pruneSnapshots'>>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
});

/** A cleaning of the whole fleet's snapshots, which says how far it is. */
export const snapshotCleaning = proxyActivities<Pick<SnapshotRecords, 'pruneSnapshots'>>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: '2m',
  retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '5m', maximumAttempts: 8 },
});

/** Work that a mistake in a plan kind could make fail for ever: given up after a few minutes. */
export const boundedFleet = proxyActivities<Pick<FleetActivities, 'composePlan' | 'settleOpenActions' | 'anchorAudit'>>(
  {
    taskQueue: FLEET_QUEUE,
    startToCloseTimeout: '60s',
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 8 },
  },
);

/** Removal of what is old, batch by batch. */
export const oldRows = proxyActivities<RetentionActivities>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: '60s',
  retry: { initialInterval: '5s', backoffCoefficient: 2, maximumInterval: '60s', maximumAttempts: 8 },
});

/** As `fleet`, for somebody who waits while nothing was written yet. */
export const promptFleet = proxyActivities<Pick<FleetActivities, 'mayProceed'>>({
  taskQueue: FLEET_QUEUE,
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

/** Short work that each change of a device needs. */
type AtHand = Pick<FleetActivities, 'loadPlanSteps' | 'mayProceed' | 'audit'>;

/**
 * The same as in `fleet`, by the process that decides, beside its decision: without a task of its own it costs the server
 * nothing. While the database is away it is repeated between decisions, so that others can be made.
 */
const atHand = proxyLocalActivities<AtHand>({
  startToCloseTimeout: '30s',
  localRetryThreshold: '1s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Who does the short work of a device's change; versions without it had all of it done as tasks. */
export function shortWork(): AtHand {
  return patched('short-work-at-hand') ? atHand : fleet;
}

/** No owner took the device's lane in time; nothing was started. */
const SCHEDULE_TO_START = '20s';
/** The lane's owner died or hangs. Not longer than the lane's own lease, so that old and new owner do not overlap. */
const HEARTBEAT = '10s';

const READ_RETRY = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Reads of one device: repeated by the server while the device's answer says that repeating can help. */
export function deviceReads(deviceId: string, attempts = 4): DeviceActivities {
  return proxyActivities<DeviceActivities>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...READ_RETRY, maximumAttempts: attempts },
    cancellationType: 'TRY_CANCEL',
  });
}

/**
 * As `deviceReads`, for somebody who waits while nothing was written yet: tried twice, and a device that is left alone
 * after failures is reported at once instead of waited for.
 */
export function promptReads(deviceId: string): DeviceActivities {
  return proxyActivities<DeviceActivities>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...READ_RETRY, maximumAttempts: 2, nonRetryableErrorTypes: ['DEVICE_COOLING_DOWN'] },
    cancellationType: 'TRY_CANCEL',
  });
}

/** An export, which on a large configuration takes long, and over SSH once more when REST could not give it. */
export function deviceExports(deviceId: string): Pick<DeviceActivities, 'capturePlanSnapshot'> {
  return proxyActivities<Pick<DeviceActivities, 'capturePlanSnapshot'>>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '4m',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...READ_RETRY, maximumAttempts: 4 },
    cancellationType: 'TRY_CANCEL',
  });
}

/** As `deviceExports`, for nobody who waits: whatever else the device's lane has to do comes first. */
export function quietExports(deviceId: string): Pick<DeviceActivities, 'captureSnapshot'> {
  return proxyActivities<Pick<DeviceActivities, 'captureSnapshot'>>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '4m',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...READ_RETRY, maximumAttempts: 2, nonRetryableErrorTypes: ['DEVICE_COOLING_DOWN'] },
    cancellationType: 'TRY_CANCEL',
    priority: { priorityKey: LOWEST_PRIORITY },
  });
}

/** Of five; work without one has 3 (https://docs.temporal.io/develop/task-queue-priority-fairness). */
const LOWEST_PRIORITY = 5;

/**
 * Reads that settle an unclear write: a router that rebooted or was cut off is asked for five minutes, and for as long as
 * its guard takes to fire.
 */
export function reconcilingReads(deviceId: string, guardMinutes = 0): Pick<DeviceActivities, 'inspectSteps'> {
  return proxyActivities<Pick<DeviceActivities, 'inspectSteps'>>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    scheduleToCloseTimeout: `${5 + guardMinutes}m`,
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: READ_RETRY,
    cancellationType: 'TRY_CANCEL',
  });
}

/**
 * Arming and disarming a guard. A cancelled change waits for the end of what runs: an entry that is made after the change
 * looked for it would stay.
 */
export function deviceGuards(deviceId: string): Pick<DeviceActivities, 'armGuard' | 'disarmGuard'> {
  return proxyActivities<Pick<DeviceActivities, 'armGuard' | 'disarmGuard'>>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...READ_RETRY, maximumAttempts: 4 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
}

/** A write to one device: never repeated blindly, so exactly one attempt. */
export function deviceWrites(deviceId: string): Pick<DeviceActivities, 'writeStep' | 'runOperation'> {
  return proxyActivities<Pick<DeviceActivities, 'writeStep' | 'runOperation'>>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: { maximumAttempts: 1 },
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
}

/** Work on a login before anything is written, for somebody who waits. */
export function promptLoginWork(deviceId: string): Pick<RotationActivities, 'clearLeftLogins' | 'prepareLogin'> {
  return proxyActivities<Pick<RotationActivities, 'clearLeftLogins' | 'prepareLogin'>>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: { ...READ_RETRY, maximumAttempts: 4, nonRetryableErrorTypes: ['DEVICE_COOLING_DOWN'] },
  });
}

/**
 * Work on a login that is on its way. Every piece looks before it writes, so the server repeats it; a router that rebooted
 * or was cut off is waited for, ten minutes.
 */
export function loginWork(deviceId: string): RotationActivities {
  return proxyActivities<RotationActivities>({
    taskQueue: deviceQueue(deviceId),
    scheduleToStartTimeout: SCHEDULE_TO_START,
    scheduleToCloseTimeout: '10m',
    startToCloseTimeout: '90s',
    heartbeatTimeout: HEARTBEAT,
    retry: READ_RETRY,
  });
}

/** How often a device task is put up again after nobody took it, about twenty minutes in all. */
const LANE_ATTEMPTS = 60;

/** When somebody last served, or was asked to serve, a device in this run of a workflow, milliseconds since the epoch. */
const servedAtMs = new Map<string, number>();
/** For so long after it nobody needs to be asked: lanes stay open longer than that between two steps of a change. */
const SERVED_MS = 10_000;

/** Its lane was used, or asked for beside something else. */
export function noteServed(deviceId: string): void {
  servedAtMs.set(deviceId, Date.now());
}

async function askForLane(deviceId: string): Promise<void> {
  const isServed = Date.now() - (servedAtMs.get(deviceId) ?? -Infinity) < SERVED_MS;
  if (isServed && patched(FEWER_ACTIVITIES)) return;
  await fleet.ensureLanes({ deviceIds: [deviceId] });
}

/** What changes of versions without it ask for one by one is asked for together. */
export const FEWER_ACTIVITIES = 'fewer-activities';

/**
 * Runs a device activity and, when nobody serves the device's queue, gets somebody to and schedules it again: a task
 * that was never started is safe to repeat, also a write. `before` is asked each time before that, and ends it by failing.
 */
export async function onLane<T>(deviceId: string, run: () => Promise<T>, before?: () => Promise<void>): Promise<T> {
  await askForLane(deviceId);
  for (let attempt = 1; ; attempt++) {
    try {
      const result = await run();
      noteServed(deviceId);
      return result;
    } catch (error) {
      if (attempt >= LANE_ATTEMPTS || !wasNeverStarted(error)) throw error;
      await fleet.ensureLanes({ deviceIds: [deviceId] });
      await sleep('200ms', { summary: 'nobody served the device; ask again' });
      await before?.();
    }
  }
}

/** Whether nobody took the task, so that nothing was begun. */
export function wasNeverStarted(error: unknown): boolean {
  if (!(error instanceof ActivityFailure)) return false;
  const { cause } = error;
  if (cause instanceof TimeoutFailure) return cause.timeoutType === 'SCHEDULE_TO_START';
  return cause instanceof ApplicationFailure && cause.type === 'LANE_LOST';
}

/** The refusal inside an activity's or child's failure; an attempt that was cut off is OUTCOME_UNKNOWN for a write. */
export function errorBodyOf(error: unknown, whenCutOff: ErrorCode): ErrorBody {
  let cause: unknown = error;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && !(cause instanceof TimeoutFailure)) {
    cause = cause.cause;
  }
  if (cause instanceof ApplicationFailure && isErrorCode(cause.type)) {
    const [extra] = (cause.details ?? []) as [Pick<ErrorBody, 'hint' | 'details'>?];
    return { code: cause.type, message: cause.message, retryable: ERROR_CODES[cause.type].retryable, ...extra };
  }
  const code = cause instanceof TimeoutFailure ? whenCutOff : 'INTERNAL_ERROR';
  return { code, message: ERROR_CODES[code].public, retryable: ERROR_CODES[code].retryable };
}

/** A workflow's own refusal, with the same shape an activity's has. */
export function failureOf(body: ErrorBody): ApplicationFailure {
  const { code, message, hint, details } = body;
  return ApplicationFailure.create({ type: code, message, nonRetryable: true, details: [{ hint, details }] });
}
