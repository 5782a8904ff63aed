import { mayUseDevice, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
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

/** Whether all of these devices are in the principal's scope. */
export async function coversAll(
  devices: Pick<DeviceStore, 'getMany'>,
  principal: Principal,
  deviceIds: readonly string[],
): Promise<boolean> {
  if (principal.devices.some((grant) => 'all' in grant)) return true;
  const found = await devices.getMany(deviceIds);
  return found.length === new Set(deviceIds).size && found.every((device) => mayUseDevice(principal, device));
}

function idOf({ deviceId }: { deviceId: string }): string {
  return deviceId;
}
