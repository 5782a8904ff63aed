import { setTimeout as delay } from 'node:timers/promises';

const ASKED_EVERY_MS = 400;

/** Again while the stack is not there yet. */
export async function patiently<Value>(ask: () => Promise<Value>, timeoutMs = 60_000): Promise<Value> {
  const untilMs = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > untilMs) throw error;
    }
    await delay(ASKED_EVERY_MS);
  }
}
