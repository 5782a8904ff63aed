import type { Device } from '../../shared/domain/device.ts';
import type { Environment } from '../../shared/domain/environment.ts';
import { maySeeDevice, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';

/**
 * The device by id or unique name. One outside the caller's scope is answered exactly as one that does not exist, so that
 * names cannot be probed.
 */
export async function resolveDevice(
  devices: Pick<DeviceStore, 'find'>,
  principal: Principal,
  ref: string,
): Promise<Device> {
  const device = await devices.find(ref);
  if (device !== null && maySeeDevice(principal, device)) return device;
  throw deviceNotFound([ref]);
}

/** Fails with DEVICE_NOT_FOUND naming what was asked for. */
export function deviceNotFound(refs: readonly string[]): AppError {
  const shown = refs.slice(0, 10).map((ref) => `"${ref.slice(0, 64)}"`);
  return new AppError('DEVICE_NOT_FOUND', {
    message: `No device ${shown.join(', ')}${refs.length > shown.length ? ', …' : ''} is visible to you.`,
    hint: 'Call list_devices for the ids and names you may use.',
    details: { devices: refs.slice(0, 10) },
  });
}

/** Fails with DEVICE_ENVIRONMENT_RESTRICTED when the caller named another environment than the device's. */
export function refuseOtherEnvironment(device: Device, environment: Environment | undefined): void {
  if (environment === undefined || device.environment === environment) return;
  throw new AppError('DEVICE_ENVIRONMENT_RESTRICTED', {
    message: `${device.name} is in ${device.environment}, not in ${environment} as the call says.`,
    hint: 'Check that this is the device you mean; leave environment out or name the right one.',
    details: { deviceId: device.deviceId, environment: device.environment, given: environment },
  });
}

export function refuseDecommissioned(device: Device): void {
  if (device.status !== 'decommissioned') return;
  throw new AppError('DEVICE_DECOMMISSIONED', {
    message: `${device.name} has been decommissioned.`,
    details: { deviceId: device.deviceId },
  });
}
