import { listed } from '../../shared/domain/name-list.ts';
import { SETTLED_PLAN_STATUSES, type PlanStatus } from '../../shared/domain/plan.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import type { ClaimStore } from '../../shared/platform/persistence/stores/claim-store.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { FleetClient } from '../../shared/platform/temporal/fleet-client.ts';
import type { ControlSignal } from './control-rules.ts';

/** What writes to devices that the plan let go of when it ended. */
const WRITES_AGAIN: ReadonlySet<ControlSignal> = new Set(['rollback', 'retry'] as ControlSignal[]);
const ENDED: ReadonlySet<PlanStatus> = new Set(SETTLED_PLAN_STATUSES);

/**
 * Fails with PLAN_DEVICES_HELD when another plan is being carried out on devices of one that has ended. Whoever asks learns
 * it at once; the workflow looks again when it takes them, also at what outlived a plan that was ended from outside.
 */
export async function refuseHeld(
  { claims, fleet }: { claims: Pick<ClaimStore, 'holders'>; fleet: Pick<FleetClient, 'isPlanRunning'> },
  signal: ControlSignal,
  { planId, status, devices }: StoredPlan,
): Promise<void> {
  if (!WRITES_AGAIN.has(signal) || !ENDED.has(status)) return;
  const deviceIds = devices.filter((device) => device.status !== 'skipped').map(({ deviceId }) => deviceId);
  const found = await claims.holders({ planId, deviceIds });
  const run = await Promise.all(found.map((holder) => fleet.isPlanRunning(holder.planId)));
  const holders = found.filter((_, index) => run[index]);
  if (holders.length === 0) return;
  const whose = holders.map((holder) => {
    const names = holder.devices.map(({ name }) => name);
    return `plan ${holder.planId} (${holder.status.replaceAll('_', ' ')}) on ${listed(names)}`;
  });
  throw new AppError('PLAN_DEVICES_HELD', {
    message: `Nothing was begun: ${listed(whose)} is carried out now.`,
    hint: 'Wait until that plan has ended, or abort it, and ask again.',
    details: { planIds: holders.map((holder) => holder.planId) },
  });
}
