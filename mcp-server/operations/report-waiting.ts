import type { Progress } from '../call/action.ts';

const INTERVAL_MS = 1000;

/**
 * What `work` comes to; meanwhile tells every second how long it has been waited for. A router that pings or measures
 * answers once, at the end, so that time is all there is to tell.
 */
export async function reportWaiting<T>(
  work: Promise<T>,
  mostSeconds: number,
  report: (progress: Progress) => void,
): Promise<T> {
  const startedAtMs = performance.now();
  const timer = setInterval(() => {
    const done = Math.min(Math.round((performance.now() - startedAtMs) / 1000), mostSeconds);
    report({ done, total: mostSeconds, message: `${done} of at most ${mostSeconds} s` });
  }, INTERVAL_MS);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
