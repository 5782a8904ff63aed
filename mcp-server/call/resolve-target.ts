import type { Device, DeviceSelector } from '../../shared/domain/device.ts';
import type { Environment } from '../../shared/domain/environment.ts';
import type { Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { Database } from '../../shared/platform/persistence/database.ts';
import type { Action, Target } from './action.ts';
import { refuseDecommissioned, refuseOtherEnvironment, resolveDevice } from './resolve-device.ts';
import { resolveFleet } from './resolve-fleet.ts';
import { resolvePlan } from './resolve-plan.ts';

type Stores = Pick<Database, 'devices' | 'plans'>;

interface TargetFields {
  deviceId?: string;
  deviceIds?: string[];
  selector?: DeviceSelector;
  environment?: Environment;
  planId?: string;
}

/** Finds what the call is about inside the caller's scope, then checks environment and capability flags, in this order. */
export async function resolveTarget(
  stores: Stores,
  action: Action,
  principal: Principal,
  input: TargetFields,
): Promise<Target> {
  const { target } = action;
  switch (target.on) {
    case 'device': {
      const device = await resolveDevice(stores.devices, principal, input.deviceId ?? '');
      if (target.evenDecommissioned !== true) refuseDecommissioned(device);
      refuseOtherEnvironment(device, input.environment);
      for (const flag of target.flags) refuseMissingFlag([device], flag);
      return { on: 'device', device };
    }
    case 'fleet': {
      const devices = await resolveFleet(stores.devices, principal, input);
      for (const flag of target.flags) refuseMissingFlag(devices, flag);
      return { on: 'fleet', devices };
    }
    case 'plan':
      return { on: 'plan', plan: await resolvePlan(stores, principal, input.planId ?? '') };
    default:
      return { on: 'nothing' };
  }
}

/** Fails with DEVICE_CAPABILITY_MISSING naming the devices that must not be used for this. */
export function refuseMissingFlag(devices: Device[], flag: keyof Device['flags']): void {
  const without = devices.filter((device) => !device.flags[flag]).map((device) => device.name);
  if (without.length === 0) return;
  const shown = without.slice(0, 10).join(', ');
  throw new AppError('DEVICE_CAPABILITY_MISSING', {
    message: `The flag ${flag} is not set on ${shown}${without.length > 10 ? ` and ${without.length - 10} more` : ''}.`,
    hint: 'An administrator can set it, or leave these devices out.',
    details: { flag, devices: without },
  });
}
