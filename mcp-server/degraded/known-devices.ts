import type { Device, DeviceSelector } from '../../shared/domain/device.ts';
import { maySeeDevice, type DeviceGrant } from '../../shared/domain/principal.ts';
import { DatabaseAway } from '../../shared/platform/persistence/database-error.ts';
import type { DeviceList, DeviceListRequest } from '../../shared/platform/persistence/stores/device-store.ts';
import type { RegistryStore } from '../../shared/platform/persistence/stores/registry-store.ts';

/** A copy of the registry, for the time in which the database is away. It never says what a device may be changed by. */
export interface KnownDevices {
  /** Reads what has changed; the first time, and now and then, all of it. */
  refresh(): Promise<void>;
  /** As the store's. Fails with SERVICE_UNAVAILABLE while the copy is not whole. */
  find(ref: string): Device | null;
  list(request: DeviceListRequest): DeviceList;
}

export interface KnownDevicesOptions {
  registry: RegistryStore;
  /** A registry with more devices is not copied. Default 20 000. */
  mostDevices?: number;
  /** Between two readings of all devices, milliseconds. Default 300 000: status changes without a change of the record. */
  wholeEveryMs?: number;
  /** Default: a clock that nobody sets. */
  now?: () => number;
}

const PAGE_ROWS = 500;
/** A change may be committed after a later one was seen, and clocks of processes differ, milliseconds. */
const OVERLAP_MS = 10_000;

/**
 * Keeps the copy. It holds no credential. What a person may see is judged by the tags and environments in it, so it is used
 * whole or not at all: of half a copy one could tell devices that do not exist from those one may not see.
 */
export function createKnownDevices(options: KnownDevicesOptions): KnownDevices {
  const { registry, mostDevices = 20_000, wholeEveryMs = 300_000, now = () => performance.now() } = options;
  let devices = new Map<string, Device>();
  let isWhole = false;
  let wholeAt = -Infinity;
  let newest = 0;

  /** Answers whether all there was to read was read. */
  async function read(since: Date | null, into: Map<string, Device>): Promise<boolean> {
    for (let after: Device | undefined; into.size <= mostDevices;) {
      // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
      const page = await registry.changed({ since, limit: PAGE_ROWS, after });
      for (const device of page) into.set(device.deviceId, device);
      after = page.at(-1);
      if (after !== undefined) newest = Math.max(newest, Date.parse(after.updatedAt));
      if (page.length < PAGE_ROWS) return into.size <= mostDevices;
    }
    return false;
  }

  function whole(): Device[] {
    if (!isWhole) throw new DatabaseAway('the registry was never read as a whole');
    return [...devices.values()];
  }

  return {
    async refresh() {
      const startedAt = now();
      if (startedAt - wholeAt < wholeEveryMs) {
        isWhole = (await read(new Date(newest - OVERLAP_MS), devices)) && isWhole;
        return;
      }
      const all = new Map<string, Device>();
      isWhole = await read(null, all);
      // What is not kept whole is not kept.
      devices = isWhole ? all : new Map();
      wholeAt = startedAt;
    },
    find(ref) {
      const found = whole().filter(({ deviceId, name }) => deviceId === ref || name === ref);
      // Of several devices that had the name, the one that has it now, else the last one.
      const named = found.toSorted((one, other) => (one.deviceId < other.deviceId ? 1 : -1));
      return (
        found.find(({ deviceId }) => deviceId === ref) ??
        named.find(({ status }) => status !== 'decommissioned') ??
        named[0] ??
        null
      );
    },
    list({ selector = {}, grants, limit, after }) {
      const visible = whole()
        .filter((device) => isCovered(device, grants) && meets(device, selector))
        .toSorted(byName);
      const page = after === undefined ? visible : visible.filter((device) => byName(device, after) > 0);
      return { devices: page.slice(0, limit), total: visible.length };
    },
  };
}

function isCovered(device: Device, grants: readonly DeviceGrant[]): boolean {
  return maySeeDevice({ grants: [{ roles: ['viewer'], devices: [...grants] }] }, device);
}

/** As `selectorCondition` of the database has it. */
function meets(device: Device, { environment, tags = [], ids, names, status }: DeviceSelector): boolean {
  return (
    (environment === undefined || device.environment === environment) &&
    tags.every((tag) => device.tags.includes(tag)) &&
    (ids === undefined || ids.includes(device.deviceId)) &&
    (names === undefined || names.includes(device.name)) &&
    (status === undefined ? device.status !== 'decommissioned' : device.status === status)
  );
}

function byName(one: Pick<Device, 'name' | 'deviceId'>, other: Pick<Device, 'name' | 'deviceId'>): number {
  if (one.name !== other.name) return one.name < other.name ? -1 : 1;
  if (one.deviceId === other.deviceId) return 0;
  return one.deviceId < other.deviceId ? -1 : 1;
}
