const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls `first` on the first Ctrl-C (or SIGTERM, SIGHUP) and `second` on the next. Returns a function that gives the
 * signals back. Does nothing unless `isOn`.
 */
export function watchInterrupts(isOn: boolean, on: { first: () => void; second: () => void }): () => void {
  if (!isOn) return () => undefined;
  let count = 0;
  const listener = (): void => {
    count += 1;
    if (count === 1) on.first();
    if (count === 2) on.second();
  };
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
