import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks again and again until the answer is neither undefined, null nor false, and returns it. Fails after `timeoutMs`
 * (default 20 000) with the last answer or error, so that a test never sleeps for a guessed time.
 */
export async function waitUntil<Value>(
  what: string,
  ask: () => Promise<Value> | Value,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<Exclude<Value, false>>> {
  const deadline = Date.now() + (options.timeoutMs ?? 20_000);
  for (;;) {
    let last: unknown;
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== null && answer !== false) {
        return answer as NonNullable<Exclude<Value, false>>;
      }
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}; last: ${String(last)}`, { cause: last });
    await delay(options.everyMs ?? 50);
  }
}
