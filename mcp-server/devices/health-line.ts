import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { DeviceHealthStatus } from '../../shared/domain/device-health.ts';
import type {
  DeviceStatusRecord,
  DeviceStatusStore,
} from '../../shared/platform/persistence/stores/device-status-store.ts';

/** How a device is, as its background checks tell. */
export const HealthLine = z.object({
  status: DeviceHealthStatus,
  since: z.iso.datetime().nullable(),
  lastSeenAt: z.iso.datetime().nullable(),
  isFlapping: z.boolean(),
});
export type HealthLine = z.output<typeof HealthLine>;

/** Statuses by device id. */
export type HealthLines = (deviceIds: readonly string[]) => Promise<ReadonlyMap<string, HealthLine>>;

/** Checks are minutes apart: a line that is a second old says the same, and many people look at the same devices. */
const REMEMBERED_MS = 1_000;
const REMEMBERED_DEVICES = 10_000;

/** Of devices that were never checked nothing is known; while the database is away, of none. */
export function createHealthLines(
  statuses: Pick<DeviceStatusStore, 'getMany'>,
  awaySince: () => string | null,
): HealthLines {
  const remembered = new LRUCache<string, HealthLine>({ max: REMEMBERED_DEVICES, ttl: REMEMBERED_MS });
  return async (deviceIds) => {
    if (awaySince() !== null) return new Map();
    const lines = new Map<string, HealthLine>();
    for (const deviceId of deviceIds) {
      const line = remembered.get(deviceId);
      if (line) lines.set(deviceId, line);
    }
    const others = deviceIds.filter((deviceId) => !lines.has(deviceId));
    if (others.length === 0) return lines;
    try {
      const found = await statuses.getMany(others);
      for (const deviceId of others) {
        const line = lineOf(found.get(deviceId));
        remembered.set(deviceId, line);
        lines.set(deviceId, line);
      }
      return lines;
    } catch (error) {
      // It went away just now: what is known of the registry is answered all the same.
      if (awaySince() !== null) return new Map();
      throw error;
    }
  };
}

function lineOf(record: DeviceStatusRecord | undefined): HealthLine {
  if (record === undefined) return { status: 'unknown', since: null, lastSeenAt: null, isFlapping: false };
  const { status, since, lastSeenAt, isFlapping } = record;
  return { status, since, lastSeenAt, isFlapping };
}
