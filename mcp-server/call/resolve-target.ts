import type { CapabilityFlag, Device, DeviceSelector } from '../../shared/domain/device.ts';
import type { Environment } from '../../shared/domain/environment.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Action, Target } from './action.ts';
import { refuseDecommissioned, refuseOtherEnvironment, resolveDevice } from './resolve-device.ts';
import { refuseMixedEnvironments, resolveFleet } from './resolve-fleet.ts';
import { resolvePlan } from './resolve-plan.ts';

type Stores = Pick<Database, 'devices' | 'plans'>;

/** The fields by which a call says what it is about. */
export interface TargetFields {
  deviceId?: string;
  deviceIds?: string[];
  selector?: DeviceSelector;
  environment?: Environment;
  planId?: string;
}

/** Finds what the call is about; what the principal may not see is not found, as if it did not exist. */
export async function resolveTarget(
  stores: Stores,
  { target }: Action,
  principal: Principal,
  input: TargetFields,
): Promise<Target> {
  switch (target.on) {
    case 'device':
      return { on: 'device', device: await resolveDevice(stores.devices, principal, input.deviceId ?? '') };
    case 'fleet':
      return { on: 'fleet', devices: await resolveFleet(stores.devices, principal, input) };
    case 'plan':
      return { on: 'plan', plan: await resolvePlan(stores, principal, input.planId ?? '') };
    default:
      return { on: 'nothing' };
  }
}

/** Fails with DEVICE_DECOMMISSIONED, unless the action is for those too. */
export function refuseOutOfService({ target: rule }: Action, target: Target): void {
  if (rule.on === 'device' && rule.evenDecommissioned === true) return;
  for (const device of devicesOf(target)) refuseDecommissioned(device);
}

/** Fails when the call names another environment than its target has, or devices of several. */
export function refuseWrongEnvironment(target: Target, { environment }: TargetFields): void {
  if (target.on === 'fleet') refuseMixedEnvironments(target.devices);
  for (const device of devicesOf(target)) refuseOtherEnvironment(device, environment);
  if (target.on !== 'plan' || environment === undefined || environment === target.plan.environment) return;
  const { planId, environment: actual } = target.plan;
  throw new AppError('DEVICE_ENVIRONMENT_RESTRICTED', {
    message: `The plan's devices are in ${actual}, not in ${environment} as the call says.`,
    details: { planId, environment: actual, given: environment },
  });
}

/** Fails with DEVICE_CAPABILITY_MISSING when a device lacks a flag that the action needs. */
export function refuseMissingFlags(action: Action, target: Target, input: Readonly<Record<string, unknown>>): void {
  for (const flag of flagsOfCall(action, input)) refuseMissingFlag(devicesOf(target), flag);
}

/** Capability flags that each device of a call must have. */
export function flagsOfCall({ target: rule }: Action, input: Readonly<Record<string, unknown>>): CapabilityFlag[] {
  if (!('flags' in rule)) return [];
  return [...new Set([...rule.flags, ...('flagsOf' in rule ? (rule.flagsOf?.(input) ?? []) : [])])];
}

/** Fails with DEVICE_CAPABILITY_MISSING naming the devices that must not be used for this. */
export function refuseMissingFlag(devices: readonly Device[], flag: keyof Device['flags']): void {
  const without = devices.filter((device) => !device.flags[flag]).map((device) => device.name);
  if (without.length === 0) return;
  const shown = without.slice(0, 10).join(', ');
  throw new AppError('DEVICE_CAPABILITY_MISSING', {
    message: `The flag ${flag} is not set on ${shown}${without.length > 10 ? ` and ${without.length - 10} more` : ''}.`,
    hint: 'An administrator can set it, or leave these devices out.',
    details: { flag, devices: without },
  });
}

function devicesOf(target: Target): readonly Device[] {
  if (target.on === 'device') return [target.device];
  return target.on === 'fleet' ? target.devices : [];
}
