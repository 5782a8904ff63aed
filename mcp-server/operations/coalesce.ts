/** Runs `work` once for all who ask for the same key while it is running; nothing is kept afterwards. */
export type Coalesce<T> = (key: string, work: () => Promise<T>) => Promise<T>;

/** Identical reads in flight are one read at the router. */
export function createCoalescer<T>(): Coalesce<T> {
  const running = new Map<string, Promise<T>>();
  return (key, work) => {
    const same = running.get(key);
    if (same !== undefined) return same;
    const started = work().finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
