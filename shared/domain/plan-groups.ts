import type { Change } from './change.ts';

/** Devices of a plan that get the very same changes. */
export interface PlanGroup {
  deviceCount: number;
  /** In the order of the plan's devices. */
  deviceIds: string[];
  /** Of the devices, in the same order. */
  names: string[];
  changes: Change[];
}

interface Grouped {
  deviceId: string;
  name: string;
  changes: Change[];
}

/** Equal diffs once, each with its devices; devices that are not changed are in no group. Pure. */
export function groupsOf(devices: readonly Grouped[]): PlanGroup[] {
  const groups = new Map<string, PlanGroup>();
  // Devices read from the store share what is equal.
  const keys = new Map<readonly Change[], string>();
  for (const { deviceId, name, changes } of devices) {
    if (changes.length === 0) continue;
    const key = keys.get(changes) ?? JSON.stringify(changes);
    keys.set(changes, key);
    const group = groups.get(key) ?? { deviceCount: 0, deviceIds: [], names: [], changes };
    group.deviceCount += 1;
    group.deviceIds.push(deviceId);
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}
