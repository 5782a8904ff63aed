import type { RolloutOptions } from '../shared/domain/plan.ts';

type Sizes = Pick<RolloutOptions, 'canary' | 'batchSize' | 'batchGrowth' | 'maxBatchSize'>;

/** How many devices the batch may hold that is begun after so many others: it grows by a factor, up to a limit. Pure. */
export function batchSizeAfter(batches: number, { batchSize, batchGrowth, maxBatchSize }: Sizes): number {
  return Math.min(maxBatchSize, Math.floor(batchSize * batchGrowth ** batches));
}

/** How far a rollout is. */
export interface Position {
  /** A canary was reached; batches follow. */
  isProven: boolean;
  /** Batches begun. */
  batches: number;
}

/** How many devices the next wave holds: the canary as long as none was reached, then batches. Pure. */
export function nextWaveSize({ isProven, batches }: Position, sizes: Sizes): number {
  return isProven || sizes.canary === 0 ? batchSizeAfter(batches, sizes) : sizes.canary;
}

/** Sizes of the waves in which so many devices will be changed when all goes well. Pure. */
export function wavesAhead(devices: number, position: Position, sizes: Sizes): number[] {
  const ahead: number[] = [];
  let { isProven, batches } = position;
  for (let left = devices; left > 0; left -= ahead.at(-1) ?? left) {
    const isCanary = !isProven && sizes.canary > 0;
    ahead.push(Math.min(left, nextWaveSize({ isProven, batches }, sizes)));
    if (!isCanary) batches += 1;
    isProven = true;
  }
  return ahead;
}

/**
 * Which of the waiting devices is written next beside those that are being written, as an index: the first whose site has
 * room. Null when none has, or as many are being written as may be. Pure.
 */
export function nextToStart(
  waiting: readonly string[],
  running: Iterable<string>,
  siteOf: (deviceId: string) => string | null,
  { maxParallel, maxParallelPerSite }: Pick<RolloutOptions, 'maxParallel' | 'maxParallelPerSite'>,
): number | null {
  const atSite = new Map<string, number>();
  let count = 0;
  for (const deviceId of running) {
    count += 1;
    const site = siteOf(deviceId);
    if (site !== null) atSite.set(site, (atSite.get(site) ?? 0) + 1);
  }
  if (count >= maxParallel) return null;
  const index = waiting.findIndex((deviceId) => {
    const site = siteOf(deviceId);
    return site === null || maxParallelPerSite === undefined || (atSite.get(site) ?? 0) < maxParallelPerSite;
  });
  return index < 0 ? null : index;
}

/** Whether more devices failed than the plan tolerates: the stricter of count and percentage holds. Pure. */
export function exceedsBudget(
  failed: number,
  total: number,
  { maxFailures, maxFailurePercent }: Pick<RolloutOptions, 'maxFailures' | 'maxFailurePercent'>,
): boolean {
  return failed > maxFailures || (failed * 100) / total > maxFailurePercent;
}
