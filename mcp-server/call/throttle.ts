/** Passes on the newest value, the first at once and then one an interval at most. */
export interface Throttle<T> {
  push: (value: T) => void;
  /** Passes on what is still waiting, and nothing after it. */
  stop: () => void;
}

export function createThrottle<T>(intervalMs: number, pass: (value: T) => void): Throttle<T> {
  let waiting: { value: T } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;

  function flush(): void {
    timer = null;
    if (waiting === null) return;
    const { value } = waiting;
    waiting = null;
    timer = setTimeout(flush, intervalMs).unref();
    pass(value);
  }

  return {
    push(value) {
      if (isStopped) return;
      waiting = { value };
      if (timer === null) flush();
    },
    stop() {
      isStopped = true;
      if (timer !== null) clearTimeout(timer);
      if (waiting !== null) pass(waiting.value);
      waiting = null;
    },
  };
}
