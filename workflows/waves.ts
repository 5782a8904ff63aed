import type { RolloutOptions } from '../shared/domain/plan.ts';

/** The devices of the next wave: the canary alone first, then batches. Pure. */
export function nextWave(
  deviceIds: readonly string[],
  nextIndex: number,
  { canary, batchSize }: Pick<RolloutOptions, 'canary' | 'batchSize'>,
): string[] {
  const size = nextIndex === 0 && canary > 0 ? canary : batchSize;
  return deviceIds.slice(nextIndex, nextIndex + size);
}

/** How many waves there are in all, the canary counted as one. Pure. */
export function countWaves(total: number, { canary, batchSize }: Pick<RolloutOptions, 'canary' | 'batchSize'>): number {
  const first = Math.min(total, canary);
  return (first > 0 ? 1 : 0) + Math.ceil((total - first) / batchSize);
}

/** Whether more devices failed than the plan tolerates: the stricter of count and percentage holds. Pure. */
export function exceedsBudget(
  failed: number,
  total: number,
  { maxFailures, maxFailurePercent }: Pick<RolloutOptions, 'maxFailures' | 'maxFailurePercent'>,
): boolean {
  return failed > maxFailures || (failed * 100) / total > maxFailurePercent;
}
