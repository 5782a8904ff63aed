import type { Plan, PlanDeviceStatus } from '../../domain/plan.ts';

type Count = Exclude<keyof Plan['progress'], 'total'>;

const COUNTED_AS: Record<PlanDeviceStatus, Count | null> = {
  pending: 'pending',
  applying: 'pending',
  verifying: 'pending',
  rolling_back: 'pending',
  applied: 'applied',
  failed: 'failed',
  unknown: 'failed',
  rollback_failed: 'failed',
  skipped: null,
  rolled_back: null,
};

/** Counts of a plan's devices; skipped and rolled back ones are in `total` only. */
export function progressOf(statuses: Iterable<PlanDeviceStatus>): Plan['progress'] {
  const progress = { applied: 0, failed: 0, pending: 0, total: 0 };
  for (const status of statuses) {
    progress.total += 1;
    const count = COUNTED_AS[status];
    if (count !== null) progress[count] += 1;
  }
  return progress;
}
