export interface TurnLimits {
  /** Runs at the same time. */
  most: number;
  /** Between the beginnings of two runs, milliseconds. */
  spacingMs: number;
}

/**
 * Lets so many run at once, and has them begin one after another; the others wait for their turn. Many that begin together
 * would all want to compute at the same moment, and keep everybody else of the process waiting.
 */
export function createTurns({ most, spacingMs }: TurnLimits): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  let nextMs = 0;
  const toBegin = async (): Promise<void> => {
    const nowMs = performance.now();
    const atMs = Math.max(nowMs, nextMs);
    nextMs = atMs + spacingMs;
    if (atMs > nowMs) await new Promise((resolve) => setTimeout(resolve, atMs - nowMs));
  };
  return async (run) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      await toBegin();
      return await run();
    } finally {
      const next = waiting.shift();
      // The place goes to the one that waits longest.
      if (next) next();
      else running -= 1;
    }
  };
}
