import type { Device, DeviceSelector } from '../../shared/domain/device.ts';
import type { Environment } from '../../shared/domain/environment.ts';
import { DeviceId } from '../../shared/domain/ids.ts';
import { maySeeDevice, visibleDevices, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import { deviceNotFound, refuseOtherEnvironment } from '../call/resolve-device.ts';

/** Devices asked by one call. */
export const MAX_FLEET_DEVICES = 1000;

export interface FleetAsked {
  /** Ids or unique names. */
  deviceIds?: string[] | undefined;
  selector?: DeviceSelector | undefined;
  environment?: Environment | undefined;
}

export interface FleetPage {
  /** By name. */
  devices: Device[];
  /** Devices on all pages. */
  total: number;
}

type Devices = Pick<DeviceStore, 'getMany' | 'select' | 'list'>;
type Position = Pick<Device, 'name' | 'deviceId'>;

/**
 * One page of the devices a question is for, inside the caller's scope, in an order that stays the same: those named, those
 * selected, or without either all of them. Decommissioned devices are left out; one that is unknown, or in another
 * environment than the one named, is refused.
 */
export async function fleetPage(
  devices: Devices,
  principal: Principal,
  asked: FleetAsked,
  { after, limit }: { after: string | null; limit: number },
): Promise<FleetPage> {
  if (asked.deviceIds !== undefined && asked.selector !== undefined) {
    throw new AppError('VALIDATION_ERROR', { message: 'Give either deviceIds or selector; both were given.' });
  }
  const page = await (asked.deviceIds === undefined
    ? selectedPage(devices, principal, asked.selector, { after, limit })
    : namedPage(devices, principal, asked.deviceIds, { after, limit }));
  for (const device of page.devices) refuseOtherEnvironment(device, asked.environment);
  return page;
}

/** Behind which device the next page begins. No name has a space in it. */
export function positionText({ name, deviceId }: Position): string {
  return `${name} ${deviceId}`;
}

function positionOf(after: string): Position {
  const [name = '', deviceId = ''] = after.split(' ');
  return { name, deviceId };
}

async function selectedPage(
  devices: Pick<DeviceStore, 'list'>,
  principal: Principal,
  selector: DeviceSelector = {},
  { after, limit }: { after: string | null; limit: number },
): Promise<FleetPage> {
  if (selector.status === 'decommissioned') {
    throw new AppError('VALIDATION_ERROR', {
      message: 'selector.status: decommissioned devices are not asked anything.',
      hint: 'Call list_devices for what the registry knows of them.',
    });
  }
  return devices.list({
    grants: visibleDevices(principal),
    selector,
    limit,
    ...(after === null ? {} : { after: positionOf(after) }),
  });
}

async function namedPage(
  devices: Pick<DeviceStore, 'getMany' | 'select'>,
  principal: Principal,
  refs: readonly string[],
  { after, limit }: { after: string | null; limit: number },
): Promise<FleetPage> {
  const ids = refs.filter((ref) => DeviceId.safeParse(ref).success);
  const names = refs.filter((ref) => !ids.includes(ref));
  const byId = (await devices.getMany(ids)).filter((device) => maySeeDevice(principal, device));
  const byName = names.length === 0 ? [] : await devices.select({ names }, visibleDevices(principal));
  const unknown = refs.filter(
    (ref) => !byId.some(({ deviceId }) => deviceId === ref) && !byName.some(({ name }) => name === ref),
  );
  if (unknown.length > 0) throw deviceNotFound(unknown);
  const once = new Map([...byId, ...byName].map((device) => [device.deviceId, device]));
  const found = [...once.values()]
    .filter(({ status }) => status !== 'decommissioned')
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.deviceId, b.deviceId));
  const start = after === null ? 0 : found.findIndex((device) => isBehind(device, positionOf(after)));
  return { devices: start === -1 ? [] : found.slice(start, start + limit), total: found.length };
}

function isBehind(device: Position, { name, deviceId }: Position): boolean {
  return (compare(device.name, name) || compare(device.deviceId, deviceId)) > 0;
}

/** By code units, as the database orders names. */
function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
