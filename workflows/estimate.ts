import type { RolloutOptions } from '../shared/domain/plan.ts';

export interface Ahead {
  nowMs: number;
  /** What devices took so far: their number and the sum of their seconds. */
  measured: { devices: number; seconds: number };
  /** Sizes of the waves to come, first the rest of the one that runs. */
  waves: readonly number[];
  /** Sites that devices are at. */
  sites: number;
  /** End of the pause that runs; null when none does. */
  pauseUntilMs: number | null;
  /** When the last of the devices that cannot be reached is tried again; null when there is none. */
  lastTryAtMs: number | null;
}

/**
 * When a rollout will end, milliseconds since the epoch, if its devices go on taking as long as those before them and the
 * pauses after waves are kept. Null before the first device is done. Pure.
 */
export function estimateEnd(
  { nowMs, measured, waves, sites, pauseUntilMs, lastTryAtMs }: Ahead,
  {
    maxParallel,
    maxParallelPerSite,
    pauseSeconds,
  }: Pick<RolloutOptions, 'maxParallel' | 'maxParallelPerSite' | 'pauseSeconds'>,
): number | null {
  if (measured.devices === 0) return null;
  const secondsEach = measured.seconds / measured.devices;
  const atOnce = maxParallelPerSite === undefined ? maxParallel : Math.min(maxParallel, sites * maxParallelPerSite);
  const writing = waves.reduce((sum, size) => sum + secondsEach * Math.max(1, size / atOnce), 0);
  const pausing = waves.length * pauseSeconds;
  const startMs = Math.max(nowMs, pauseUntilMs ?? nowMs);
  const endMs = startMs + (writing + pausing) * 1000;
  return lastTryAtMs === null ? endMs : Math.max(endMs, lastTryAtMs + secondsEach * 1000);
}
