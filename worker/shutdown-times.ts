/** Of the time to drain: from the cancelling of what still runs to its end, and for closing everything after that. */
const END_SECONDS = 4;
const CLOSING_SECONDS = 4;

/**
 * When a worker that is shut down cancels what still runs, and when it leaves it behind, so that the process is gone
 * `drainSeconds` after it was told to end. A write that is left behind is settled by reading, by whoever has the lane next.
 */
export function shutdownTimes(drainSeconds: number): { shutdownGraceTime: number; shutdownForceTime: number } {
  const forceSeconds = drainSeconds - CLOSING_SECONDS;
  return { shutdownGraceTime: (forceSeconds - END_SECONDS) * 1000, shutdownForceTime: forceSeconds * 1000 };
}
