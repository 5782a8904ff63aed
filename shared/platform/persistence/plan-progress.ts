import type { Plan, PlanDeviceStatus } from '../../domain/plan.ts';

type Count = Exclude<keyof Plan['progress'], 'total' | 'deferred'>;

const COUNTED_AS: Record<PlanDeviceStatus, Count | null> = {
  pending: 'pending',
  applying: 'pending',
  verifying: 'pending',
  rolling_back: 'pending',
  applied: 'applied',
  unhealthy: 'failed',
  failed: 'failed',
  unknown: 'failed',
  rollback_failed: 'failed',
  skipped: 'skipped',
  rolled_back: null,
};

/** What is counted of a device. */
export interface CountedDevice {
  status: PlanDeviceStatus;
  /** With `pending`: it could not be reached and is tried again later. Anything but undefined and null. */
  error?: unknown;
}

/** Counts of a plan's devices; rolled back ones are in `total` only, and deferred ones are pending too. */
export function progressOf(devices: Iterable<CountedDevice>): Plan['progress'] {
  const progress = { applied: 0, failed: 0, pending: 0, skipped: 0, deferred: 0, total: 0 };
  for (const { status, error } of devices) {
    progress.total += 1;
    const count = COUNTED_AS[status];
    if (count !== null) progress[count] += 1;
    if (status === 'pending' && error !== undefined && error !== null) progress.deferred += 1;
  }
  return progress;
}
