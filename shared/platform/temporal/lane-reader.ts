import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ActivityExecutionFailedError, type ActivityClient } from '@temporalio/client';
import { TimeoutFailure } from '@temporalio/common';
import type { ReadReply, ReadRequest } from '../../contract/device-messages.ts';
import { deviceQueue } from '../../contract/task-queues.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { AppError } from '../../errors/app-error.ts';
import { appErrorOf } from './failure-codes.ts';
import type { ReadOptions } from './fleet-client.ts';
import type { LaneStarter } from './lane-starter.ts';
import type { NexusDoor } from './nexus-door.ts';

/** Default time a caller waits for a router's answer, milliseconds. */
const READ_TIMEOUT_MS = 30_000;
/** Silences after which a lane is made sure of and asked again, milliseconds. */
const ASK_AGAIN_AFTER_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** The same of a lane that is only being opened: where many are at once, asking sooner would make it later for all. */
const ASK_NEW_AGAIN_AFTER_MS = [2_000, 4_000, 8_000];
const SILENCE = Symbol('silence');
/** How often a standalone activity is put up again when nobody takes it. */
const FALLBACK_ATTEMPTS = 3;
/** A read that comes to the other way late still gets a fair try, milliseconds. */
const LEAST_LEFT_MS = 5_000;
/** How long the fast door stays shut after it failed, milliseconds. */
const DOOR_SHUT_MS = 5_000;

export interface LaneReader {
  read(request: ReadRequest, options?: ReadOptions): Promise<ReadReply & { door: 'nexus' | 'activity' }>;
}

export interface LaneReaderOptions {
  /** Null: every read takes the slower way. */
  door: NexusDoor | null;
  /** Called when the door is found shut, and when it answers again; not for every read between. */
  onDoor?: (state: 'shut' | 'open') => void;
}

/** Live reads through a device's lane: by the fast door while it works, else as a standalone activity. */
export function createLaneReader(
  activities: ActivityClient,
  lanes: LaneStarter,
  { door, onDoor = () => undefined }: LaneReaderOptions,
): LaneReader {
  let shutUntilMs = 0;
  let isShut = false;
  const found = (state: 'shut' | 'open'): void => {
    if (state === 'shut') shutUntilMs = steadyMs() + DOOR_SHUT_MS;
    if (isShut !== (state === 'shut')) onDoor(state);
    isShut = state === 'shut';
  };

  /**
   * Asks through the fast door, and again while no answer comes: a request that was handed to a lane in the very moment
   * its owner went away is lost. The lane answers identical reads in flight together, so asking again costs nothing.
   */
  const throughDoor = async (
    open: NexusDoor,
    request: ReadRequest,
    timeoutMs: number,
    given: AbortSignal | undefined,
  ): Promise<ReadReply | 'shut' | 'unanswered'> => {
    const giveUp = new AbortController();
    const onGivenUp = () => giveUp.abort();
    given?.addEventListener('abort', onGivenUp);
    const deadlineMs = steadyMs() + timeoutMs;
    const silences = lanes.isRemembered(request.deviceId) ? ASK_AGAIN_AFTER_MS : ASK_NEW_AGAIN_AFTER_MS;
    // Start and lane in parallel: the request waits at the queue until the lane's first poll. When the start fails the
    // lane may be there all the same; it is tried again, and then heard, only if no answer comes.
    lanes.ensure(request.deviceId).catch(() => lanes.forget(request.deviceId));
    const ask = (): Promise<ReadReply | 'shut' | 'unanswered'> =>
      open.read(request, Math.max(1, deadlineMs - steadyMs()), giveUp.signal).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'LANE_LOST') return 'unanswered';
        throw error;
      });
    const asked = [ask()];
    try {
      for (const afterMs of silences) {
        const first = await Promise.race([...asked, silence(afterMs)]);
        if (first !== SILENCE) return first;
        await lanes.ensure(request.deviceId, { evenIfRemembered: true });
        asked.push(ask());
      }
      return await Promise.race(asked);
    } finally {
      given?.removeEventListener('abort', onGivenUp);
      // An only one has ended by itself.
      if (asked.length > 1) giveUp.abort();
      // The others end with the abort; what they end with no longer matters.
      for (const other of asked) other.catch(() => undefined);
    }
  };

  const throughActivity = async (request: ReadRequest, timeoutMs: number): Promise<ReadReply> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const [reply] = await Promise.all([
          activities.execute<ReadReply>('invokeRead', {
            id: `read/${request.deviceId}/${request.operation}/${sha256(canonicalJson(request.input))}`,
            taskQueue: deviceQueue(request.deviceId),
            args: [request],
            scheduleToStartTimeout: '3s',
            scheduleToCloseTimeout: timeoutMs,
            heartbeatTimeout: '10s',
            // Whoever waits for a read is told at once that the device is left alone.
            retry: { maximumAttempts: 2, initialInterval: '200ms', nonRetryableErrorTypes: ['DEVICE_COOLING_DOWN'] },
            // An identical read in flight answers both.
            idConflictPolicy: 'USE_EXISTING',
            idReusePolicy: 'ALLOW_DUPLICATE',
            priority: { priorityKey: 2 },
          }),
          lanes.ensure(request.deviceId, { evenIfRemembered: attempt > 1 }),
        ]);
        return reply;
      } catch (error) {
        if (attempt >= FALLBACK_ATTEMPTS || !wasNeverTaken(error)) throw error;
      }
    }
  };

  return {
    async read(request, { timeoutMs = READ_TIMEOUT_MS, signal } = {}) {
      refuseGivenUp(signal);
      const deadlineMs = steadyMs() + timeoutMs;
      try {
        if (door && steadyMs() >= shutUntilMs) {
          const reply = await throughDoor(door, request, timeoutMs, signal);
          if (reply !== 'unanswered') found(reply === 'shut' ? 'shut' : 'open');
          if (typeof reply === 'object') return { ...reply, door: 'nexus' };
        }
        refuseGivenUp(signal);
        const leftMs = Math.max(LEAST_LEFT_MS, deadlineMs - steadyMs());
        return { ...(await throughActivity(request, leftMs)), door: 'activity' };
      } catch (error) {
        throw appErrorOf(error);
      }
    },
  };
}

/** Not the time of day: a clock that is set back must not keep the door shut, nor a caller waiting. */
function steadyMs(): number {
  return performance.now();
}

function refuseGivenUp(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('TIMEOUT', { message: 'Nobody waits for the answer any more.' });
}

async function silence(ms: number): Promise<typeof SILENCE> {
  return delay(ms, SILENCE, { ref: false });
}

function wasNeverTaken(error: unknown): boolean {
  return (
    error instanceof ActivityExecutionFailedError &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === 'SCHEDULE_TO_START'
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
