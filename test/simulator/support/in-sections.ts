import { expect } from 'vitest';
import { type LabRouter, rows } from './lab-router.ts';

/** Lets the router's time pass until a command that takes its time is over. */
export async function inSections(
  router: LabRouter,
  durationMs: number,
  command: () => ReturnType<LabRouter['post']>,
): Promise<Record<string, string>[]> {
  const { counters } = router.device.router.journal;
  const before = counters.requests;
  const reply = command();
  await expect.poll(() => counters.requests).toBeGreaterThan(before);
  router.device.router.clock.advance(durationMs);
  return rows(await reply);
}
