/** How often a device that deviates is looked at, seconds. */
export interface WatchPace {
  firstSeconds: number;
  mostSeconds: number;
}

const FACTOR = 2;

/** A watch begins ten times as often as sweeps come by, and ends at a third of that often; never below 1 s or above 15 min. */
export function watchPace(sweepSeconds: number): WatchPace {
  const firstSeconds = Math.min(30, Math.max(1, Math.floor(sweepSeconds / 10)));
  return { firstSeconds, mostSeconds: Math.max(firstSeconds, Math.min(900, sweepSeconds * 3)) };
}

/**
 * Seconds until the next look. While what is found and the status do not agree yet it stays as often as at first, so that
 * both getting worse and getting well are settled soon; from then on it is rarer each time. Pure.
 */
export function nextWait(beforeSeconds: number, isSettled: boolean, { firstSeconds, mostSeconds }: WatchPace): number {
  return isSettled ? Math.min(mostSeconds, Math.max(firstSeconds, beforeSeconds * FACTOR)) : firstSeconds;
}
