import type { LanePolicy } from '../shared/domain/device.ts';

/** The one place every request to a device passes, whichever door it came through. */
export interface LaneGate {
  /** Waits for a free slot and a token, then runs. Requests pass in the order they came. */
  readonly pass: <T>(run: () => Promise<T>) => Promise<T>;
  /** Requests running or waiting. */
  readonly busy: number;
}

/**
 * A semaphore of `maxInFlight` and a token bucket of `requestsPerSecond` that holds one second's worth, so that a quiet
 * device answers a burst at once and a busy one is never asked faster than its rate.
 */
export function createLaneGate(
  { maxInFlight, requestsPerSecond }: LanePolicy,
  { onWait, now = () => performance.now() }: { onWait?: (seconds: number) => void; now?: () => number } = {},
): LaneGate {
  const capacity = Math.max(1, requestsPerSecond);
  const waiting: (() => void)[] = [];
  let inFlight = 0;
  let tokens = capacity;
  let filledAtMs = now();
  let timer: NodeJS.Timeout | null = null;

  const refill = (): void => {
    const atMs = now();
    tokens = Math.min(capacity, tokens + ((atMs - filledAtMs) / 1000) * requestsPerSecond);
    filledAtMs = atMs;
  };

  const admit = (): void => {
    refill();
    while (waiting.length > 0 && inFlight < maxInFlight && tokens >= 1) {
      tokens -= 1;
      inFlight += 1;
      waiting.shift()?.();
    }
    if (waiting.length === 0 || inFlight >= maxInFlight || timer) return;
    timer = setTimeout(
      () => {
        timer = null;
        admit();
      },
      Math.ceil(((1 - tokens) / requestsPerSecond) * 1000),
    );
  };

  return {
    async pass(run) {
      const arrivedAtMs = now();
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      onWait?.((now() - arrivedAtMs) / 1000);
      try {
        return await run();
      } finally {
        inFlight -= 1;
        admit();
      }
    },
    get busy() {
      return inFlight + waiting.length;
    },
  };
}
