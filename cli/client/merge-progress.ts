import type { PlanProgressView, PlanView } from './shapes.ts';

/** The plan as it is now: what is new in place of what was, and of it what is told once only, with the whole plan. */
export function mergeProgress(plan: PlanView, { devices, ...news }: PlanProgressView): PlanView {
  const changed = new Map(devices.map((device) => [device.deviceId, device]));
  return {
    ...news,
    groups: plan.groups,
    preChecks: plan.preChecks,
    devices: plan.devices.map((device) => {
      const now = changed.get(device.deviceId);
      // Nothing of what it was stays but its diff: a failure that was tried again is none any more.
      return now === undefined ? device : { ...now, changes: device.changes };
    }),
  };
}
