import type { PlanStatus } from '../../../shared/domain/plan.ts';
import type { Invariant, PlanEvidence } from '../evidence.ts';
import { attributeWrites } from './attribute-writes.ts';
import { sayEntry } from './say-entry.ts';

/** Plans of which nothing may ever be written. */
const NEVER_WRITES: ReadonlySet<PlanStatus> = new Set([
  'preparing',
  'awaiting_approval',
  'rejected',
  'expired',
  'cancelled',
]);

/** Nothing is written before as many people as the plan needs had voted for it, as these people themselves know. */
export const approvedBeforeWritten: Invariant = ({ devices, plans }) =>
  devices.flatMap((device) =>
    attributeWrites(device, plans).planned.flatMap(({ entry, plan }) => {
      const approvedAt = approvalOf(plan);
      const isTooEarly = approvedAt === null || Date.parse(entry.time) < Date.parse(approvedAt);
      if (!isTooEarly && !NEVER_WRITES.has(plan.status)) return [];
      const why = approvedAt === null ? 'which nobody approved' : `approved at ${approvedAt}, ${plan.status}`;
      const message = `${device.name}: ${sayEntry(entry)} is of ${plan.name}, ${why}`;
      return [{ invariant: 'approved before written', message, planId: plan.planId, deviceId: device.deviceId }];
    }),
  );

function approvalOf({ votes, approvalsNeeded }: PlanEvidence): string | null {
  const firstOf = new Map<string, string>();
  for (const { by, at } of votes) if (!firstOf.has(by)) firstOf.set(by, at);
  return [...firstOf.values()].toSorted()[approvalsNeeded - 1] ?? null;
}
