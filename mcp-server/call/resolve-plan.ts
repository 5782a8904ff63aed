import { maySeeDevice, rolesOnFleet, type Principal, type Role } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { rolesOnDevices } from '../../shared/platform/persistence/roles-on-devices.ts';
import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PlanStore, StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';

interface Stores {
  plans: Pick<PlanStore, 'get'>;
  devices: Pick<DeviceStore, 'getMany'>;
}

/** The plan, when every device in it is in the caller's scope; else the answer is that of a plan that does not exist. */
export async function resolvePlan(stores: Stores, principal: Principal, planId: string): Promise<StoredPlan> {
  const plan = await stores.plans.get(planId);
  if (plan !== null && (await coversAll(stores.devices, principal, plan.devices.map(idOf)))) return plan;
  throw new AppError('PLAN_NOT_FOUND', {
    message: `No plan "${planId.slice(0, 64)}" is visible to you.`,
    hint: 'Call list_plans for the plans you may see.',
    details: { planId },
  });
}

/** Whether all of these devices exist for the principal. */
async function coversAll(
  devices: Pick<DeviceStore, 'getMany'>,
  principal: Pick<Principal, 'grants'>,
  deviceIds: readonly string[],
): Promise<boolean> {
  if (rolesOnFleet(principal).length > 0) return true;
  const found = await devices.getMany(deviceIds);
  return found.length === new Set(deviceIds).size && found.every((device) => maySeeDevice(principal, device));
}

/** Those of the wanted roles by which the principal may do something to the plan: one is held on each of its devices. */
export function rolesOnPlan(
  devices: Pick<DeviceStore, 'getMany'>,
  principal: Pick<Principal, 'grants'>,
  plan: Pick<StoredPlan, 'devices'>,
  wanted: readonly Role[],
): Promise<Role[]> {
  return rolesOnDevices(devices, principal, { deviceIds: plan.devices.map(idOf), wanted });
}

function idOf({ deviceId }: { deviceId: string }): string {
  return deviceId;
}
