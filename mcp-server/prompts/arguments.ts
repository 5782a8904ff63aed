import { DeviceName, DeviceTag } from '../../shared/domain/device.ts';
import { Environment } from '../../shared/domain/environment.ts';
import { PlanId } from '../../shared/domain/ids.ts';

/** Arguments of prompts. Each becomes part of a text, so none can hold more than a name. */
export const DeviceArgument = DeviceName.describe('Name or id of a device');
export const EnvironmentArgument = Environment.describe('Environment of the devices');
export const TagArgument = DeviceTag.describe('Only devices with this tag');
export const PlanArgument = PlanId.describe('Id of a plan ("pln_…")');

interface Scope {
  environment?: string | undefined;
  tag?: string | undefined;
}

/** The devices meant, for a sentence. */
export function devicesOf({ environment, tag }: Scope): string {
  const where = environment === undefined ? 'of all environments' : `of the environment ${environment}`;
  return `the devices ${where}${tag === undefined ? '' : ` with the tag ${tag}`}`;
}

/** The device meant, or how to find out which one. */
export function deviceOf(deviceId: string | undefined): string {
  return deviceId === undefined
    ? 'a device. Find out first which one the person means, and offer those of list_devices that fit'
    : `the device ${deviceId}`;
}
