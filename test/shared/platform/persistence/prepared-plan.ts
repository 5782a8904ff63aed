import { sampleDevice } from './sample-device.ts';
import type { Device } from '../../../../shared/domain/device.ts';
import type { Database } from '../../../../shared/platform/persistence/database.ts';
import type { PreparedPlanRows } from '../../../../shared/platform/persistence/stores/plan-store.ts';
import type { Step } from '../../../../shared/domain/change.ts';
import { samplePlan } from './sample-plan.ts';

export const STEP: Step = { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '192.0.2.53' } };
export const CHANGE = { path: '/ip/dns', key: 'servers', before: null, after: '192.0.2.53', summary: 'servers' };

export const PREPARED: Omit<PreparedPlanRows, 'devices'> = {
  digest: '0123456789abcdef'.repeat(4),
  risk: 'medium',
  riskReasons: ['staging'],
  approvalsNeeded: 1,
};

type Several<T> = [T, T, T, ...T[]];

/** Registers devices of these names, with ids that ascend in their order. */
export async function registered(database: Database, names: readonly string[]): Promise<Several<Device>> {
  const devices = names.map((name, index) =>
    sampleDevice({ name, deviceId: `dev_0000000000000000000000000${index + 1}` }),
  );
  for (const device of devices) await database.devices.insert(device, 'sealed');
  return devices as Several<Device>;
}

/** A plan for devices of these names that is prepared: each of them gets one step. */
export async function prepared(
  database: Database,
  names: readonly string[],
): Promise<{ plan: ReturnType<typeof samplePlan>; rows: PreparedPlanRows; devices: Several<Device> }> {
  const devices = await registered(database, names);
  const plan = samplePlan(devices);
  await database.plans.create(plan);
  for (const { deviceId } of devices) await database.plans.saveCapture(plan.planId, deviceId, { servers: '' });
  const rows = {
    ...PREPARED,
    devices: devices.map(({ deviceId }) => ({
      deviceId,
      status: 'pending' as const,
      steps: [STEP],
      changes: [CHANGE],
    })),
  };
  await database.plans.savePrepared(plan.planId, rows);
  return { plan, rows, devices };
}
