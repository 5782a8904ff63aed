import { LRUCache } from 'lru-cache';
import { AppError } from '../../shared/errors/app-error.ts';

/** Asks for what a menu holds; null where the device lacks it, or keeps it from us. */
export type AskMenu = <T>(menu: string, ask: () => Promise<T>) => Promise<T | null>;

/**
 * Remembers the menus that a device lacks, so that they are asked for once a boot and not at every visit: packages only
 * change with a restart.
 */
export interface KnownMenus {
  of(deviceId: string, boot: { version: string; uptimeSeconds: number }): AskMenu;
}

interface Known {
  version: string;
  uptimeSeconds: number;
  lacking: Set<string>;
}

/** Devices of which one process remembers it; one that is forgotten is asked again. */
const MOST_DEVICES = 20_000;

const LACKING: ReadonlySet<string> = new Set(['DEVICE_UNSUPPORTED', 'DEVICE_PERMISSION_DENIED']);

export function createKnownMenus(): KnownMenus {
  const devices = new LRUCache<string, Known>({ max: MOST_DEVICES });
  return {
    of(deviceId, { version, uptimeSeconds }) {
      const before = devices.get(deviceId);
      const isSameBoot = before !== undefined && before.version === version && before.uptimeSeconds <= uptimeSeconds;
      const lacking = isSameBoot ? before.lacking : new Set<string>();
      devices.set(deviceId, { version, uptimeSeconds, lacking });
      return async (menu, ask) => {
        if (lacking.has(menu)) return null;
        try {
          return await ask();
        } catch (error) {
          if (!(error instanceof AppError) || !LACKING.has(error.code)) throw error;
          lacking.add(menu);
          return null;
        }
      };
    },
  };
}
