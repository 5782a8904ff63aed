import type { DeviceSelector, Device } from '../../shared/domain/device.ts';
import { MOST_PLAN_DEVICES } from '../../shared/domain/plan.ts';
import { DeviceId } from '../../shared/domain/ids.ts';
import { maySeeDevice, visibleDevices, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import { deviceNotFound } from './resolve-device.ts';

export interface FleetInput {
  deviceIds?: string[] | undefined;
  selector?: DeviceSelector | undefined;
}

/**
 * The devices of one plan, frozen at this moment: named one by one, or selected, inside the caller's scope. Refuses none,
 * too many, duplicates and unknown devices.
 */
export async function resolveFleet(
  devices: Pick<DeviceStore, 'getMany' | 'find' | 'select'>,
  principal: Principal,
  input: FleetInput,
): Promise<Device[]> {
  const found = await devicesOf(devices, principal, input);
  if (found.length === 0 && input.selector !== undefined) throw nothingSelected();
  refuseCount(found.length);
  return found;
}

async function devicesOf(
  devices: Pick<DeviceStore, 'getMany' | 'find' | 'select'>,
  principal: Principal,
  { deviceIds, selector }: FleetInput,
): Promise<Device[]> {
  if ((deviceIds === undefined) === (selector === undefined)) {
    throw new AppError('VALIDATION_ERROR', {
      message: `Give either deviceIds or selector; ${deviceIds === undefined ? 'neither was' : 'both were'} given.`,
    });
  }
  if (selector !== undefined) return devices.select(selector, visibleDevices(principal));
  const refs = deviceIds ?? [];
  refuseCount(refs.length);
  return devicesByRef(devices, principal, refs);
}

async function devicesByRef(
  devices: Pick<DeviceStore, 'getMany' | 'find'>,
  principal: Principal,
  refs: string[],
): Promise<Device[]> {
  const ids = refs.filter((ref) => DeviceId.safeParse(ref).success);
  const byId = new Map((await devices.getMany(ids)).map((device) => [device.deviceId, device]));
  const found: Device[] = [];
  const unknown: string[] = [];
  for (const ref of refs) {
    const device = byId.get(ref) ?? (await devices.find(ref));
    if (device !== null && maySeeDevice(principal, device)) found.push(device);
    else unknown.push(ref);
  }
  if (unknown.length > 0) throw deviceNotFound(unknown);
  refuseDuplicates(found);
  return found;
}

function nothingSelected(): AppError {
  return new AppError('DEVICE_COUNT_OUT_OF_RANGE', {
    message: 'No device that you may see meets the selector, so the plan would cover 0 devices.',
    hint: 'Call list_devices with the same criteria to see what there is.',
    details: { count: 0, min: 1, max: MOST_PLAN_DEVICES },
  });
}

function refuseCount(count: number): void {
  if (count >= 1 && count <= MOST_PLAN_DEVICES) return;
  throw new AppError('DEVICE_COUNT_OUT_OF_RANGE', {
    message: `A plan covers 1 to ${MOST_PLAN_DEVICES} devices; this one would cover ${count}.`,
    hint: count === 0 ? 'Call list_devices to see what you may use.' : 'Split the change into several plans.',
    details: { count, min: 1, max: MOST_PLAN_DEVICES },
  });
}

/** Also meets a device named once by id and once by name. */
function refuseDuplicates(devices: Device[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { deviceId, name } of devices) {
    if (seen.has(deviceId)) twice.add(name);
    seen.add(deviceId);
  }
  if (twice.size === 0) return;
  throw new AppError('DEVICE_DUPLICATE', {
    message: `Named more than once: ${[...twice].slice(0, 10).join(', ')}.`,
    hint: 'Name each device once, by id or by name.',
    details: { devices: [...twice] },
  });
}

/** Fails with MIXED_ENVIRONMENTS unless all are in one. */
export function refuseMixedEnvironments(devices: readonly Device[]): void {
  const counts: Record<string, number> = {};
  for (const { environment } of devices) counts[environment] = (counts[environment] ?? 0) + 1;
  if (Object.keys(counts).length === 1) return;
  const list = Object.entries(counts).map(([environment, count]) => `${count} in ${environment}`);
  throw new AppError('MIXED_ENVIRONMENTS', {
    message: `All devices of a plan must be of one environment; these are ${list.join(', ')}.`,
    hint: 'Make one plan for each environment.',
    details: { environments: counts },
  });
}
