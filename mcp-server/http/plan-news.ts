import type { z } from 'zod';
import { PlanShape } from '../plans/plan-shape.ts';

type ShownPlan = z.output<typeof PlanShape>;
type ShownDevice = ShownPlan['devices'][number];

/**
 * What is new of a plan: without what stays once it is prepared, and of its devices those that are not as they were told,
 * without their diffs.
 */
export const PlanNews = PlanShape.omit({ groups: true, preChecks: true, omitted: true }).extend({
  devices: PlanShape.shape.devices.element.omit({ changes: true }).array(),
});
export type PlanNews = z.output<typeof PlanNews>;

/** What a client was told last. */
export interface ToldPlan {
  digest: string;
  preChecks: number;
  /** Each device without its diff, as JSON, by its id. */
  devices: ReadonlyMap<string, string>;
}

export function toldOf({ digest, preChecks, devices }: ShownPlan): ToldPlan {
  return {
    digest,
    preChecks: preChecks.length,
    devices: new Map(devices.map((device) => [device.deviceId, JSON.stringify(withoutDiff(device))])),
  };
}

/** What is new since; null when that is the plan as a whole, because it was prepared meanwhile. */
export function newsOf(told: ToldPlan, now: ShownPlan): PlanNews | null {
  const { groups: _, preChecks, omitted: __, ...plan } = now;
  if (told.digest !== plan.digest || told.preChecks !== preChecks.length) return null;
  const devices = plan.devices.map(withoutDiff);
  return { ...plan, devices: devices.filter((device) => told.devices.get(device.deviceId) !== JSON.stringify(device)) };
}

function withoutDiff(device: ShownDevice): Omit<ShownDevice, 'changes'> {
  const { changes: _, ...rest } = device;
  return rest;
}
