import { LRUCache } from 'lru-cache';
import type { Device } from '../shared/domain/device.ts';
import type { BreakerRecord } from '../shared/domain/breaker.ts';
import { AppError } from '../shared/errors/app-error.ts';
import type { Database } from '../shared/platform/persistence/database.ts';
import { isDatabaseAway } from '../shared/platform/persistence/database-error.ts';

/** What a lane is opened with. */
export interface LaneSettings {
  device: Device;
  /** The login, sealed by a master key. */
  sealed: string;
  breaker: BreakerRecord | null;
}

/** Reads the settings of lanes, and remembers those it read for the time in which the database is away. */
export interface KnownLanes {
  /** Fails with DEVICE_NOT_FOUND or DEVICE_DECOMMISSIONED, and as the database does for a device that is not remembered. */
  settingsOf(deviceId: string): Promise<LaneSettings>;
}

export interface KnownLanesOptions {
  database: Pick<Database, 'devices' | 'credentials' | 'lanes'>;
  /** Lanes that are remembered. Default 2000. */
  most?: number;
  /** For so long, milliseconds. Default 3 600 000. */
  keepMs?: number;
}

/** Remembers logins only as the database has them, sealed, and of each device only the newest. */
export function createKnownLanes({ database, most = 2_000, keepMs = 3_600_000 }: KnownLanesOptions): KnownLanes {
  const known = new LRUCache<string, LaneSettings>({ max: most, ttl: keepMs });

  async function read(deviceId: string): Promise<LaneSettings> {
    const device = await database.devices.get(deviceId);
    const sealed = await database.credentials.get(deviceId);
    if (device?.status === 'decommissioned') throw new AppError('DEVICE_DECOMMISSIONED');
    if (!device || sealed === null) throw new AppError('DEVICE_NOT_FOUND');
    return { device, sealed, breaker: await database.lanes.breaker(deviceId) };
  }

  return {
    async settingsOf(deviceId) {
      try {
        const settings = await read(deviceId);
        known.set(deviceId, settings);
        return settings;
      } catch (error) {
        if (!isDatabaseAway(error)) known.delete(deviceId);
        const remembered = known.get(deviceId);
        if (remembered === undefined) throw error;
        return remembered;
      }
    },
  };
}
