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

/** Of devices that were never checked nothing is known; while the database is away, of none. */
export function createHealthLines(
  statuses: Pick<DeviceStatusStore, 'getMany'>,
  awaySince: () => string | null,
): HealthLines {
  return async (deviceIds) => {
    if (awaySince() !== null || deviceIds.length === 0) return new Map();
    try {
      const found = await statuses.getMany(deviceIds);
      return new Map(deviceIds.map((deviceId) => [deviceId, lineOf(found.get(deviceId))]));
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
