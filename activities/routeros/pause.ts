import { setTimeout as delay } from 'node:timers/promises';

/** Waits; fails with the signal's reason when it is aborted meanwhile. Nothing to wait for returns at once. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return;
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    // Node wraps the reason in an AbortError of its own.
    signal?.throwIfAborted();
    throw error;
  }
}

/** The promise's result, unless the signal is aborted first: then its reason, and the work goes on unwatched. */
export function abortable<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work;
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
