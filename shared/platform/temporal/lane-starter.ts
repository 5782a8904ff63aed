import type { ActivityClient } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import { HOLD_LANE, type HoldLaneInput } from '../../contract/lane-messages.ts';
import { LANE_QUEUE, laneId } from '../../contract/task-queues.ts';

/** Makes sure that somebody serves a device's queue. */
export interface LaneStarter {
  /** Resolves when a lease is running or queued. `evenIfRemembered` asks the server even when it was asked just now. */
  ensure(deviceId: string, options?: { evenIfRemembered?: boolean }): Promise<void>;
  /** Whether a lease was confirmed recently enough to rely on. */
  isRemembered(deviceId: string): boolean;
  forget(deviceId: string): void;
}

export interface LaneStarterOptions {
  /** How long a lane stays open without work, seconds; a lease is remembered for a quarter of it. */
  idleSeconds: number;
  /** After this long without a sign of life a lane's owner counts as dead, seconds. */
  heartbeatSeconds: number;
}

/**
 * Starts leases as standalone activities: the server runs at most one of an id, so a device has at most one owner, in
 * whichever process.
 */
export function createLaneStarter(
  activities: Pick<ActivityClient, 'start'>,
  { idleSeconds, heartbeatSeconds }: LaneStarterOptions,
): LaneStarter {
  const remembered = new LRUCache<string, true>({ max: 20_000, ttl: (idleSeconds * 1000) / 4 });
  const starting = new Map<string, Promise<void>>();
  const start = async (deviceId: string): Promise<void> => {
    await activities.start(HOLD_LANE, {
      id: laneId(deviceId),
      taskQueue: LANE_QUEUE,
      args: [{ deviceId } satisfies HoldLaneInput],
      heartbeatTimeout: heartbeatSeconds * 1000,
      startToCloseTimeout: '24h',
      retry: { initialInterval: '500ms', backoffCoefficient: 1 },
      idConflictPolicy: 'USE_EXISTING',
      idReusePolicy: 'ALLOW_DUPLICATE',
      summary: `lane of ${deviceId}`,
    });
    remembered.set(deviceId, true);
  };
  return {
    async ensure(deviceId, { evenIfRemembered = false } = {}) {
      if (!evenIfRemembered && remembered.has(deviceId)) return;
      let pending = starting.get(deviceId);
      if (!pending) {
        pending = start(deviceId).finally(() => starting.delete(deviceId));
        starting.set(deviceId, pending);
      }
      await pending;
    },
    isRemembered: (deviceId) => remembered.has(deviceId),
    forget: (deviceId) => void remembered.delete(deviceId),
  };
}
