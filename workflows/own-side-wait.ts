import { log, patched, sleep } from '@temporalio/workflow';
import type { ErrorCode } from '../shared/errors/codes.ts';
import { errorBodyOf } from './activity-options.ts';

/** What our own side lacked before a write left: a database that takes writes, or the device's lane. Nothing reached the device. */
const OWN_SIDE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['SERVICE_UNAVAILABLE', 'SERVICE_READ_ONLY', 'LANE_LOST']);

/** Whether nothing was written because our own side was away. */
export function isOwnSide(code: ErrorCode): boolean {
  return OWN_SIDE.has(code);
}

/** Long enough for a database that is started anew or brought back; a step is not left half-way for less. */
const PATIENCE_MS = 30 * 60_000;
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How a change that has begun waits for its own side: half of a change is worse than one that ends later, and taking it
 * back would need the same database. `passes` answers whether a write that failed with this code is to be made again, after
 * a pause; false as well once that was waited for so long, milliseconds.
 */
export function ownSideWait(patienceMs = PATIENCE_MS): { passes(code: ErrorCode): Promise<boolean> } {
  const untilMs = Date.now() + patienceMs;
  let pauseMs = FIRST_PAUSE_MS;
  return {
    async passes(code) {
      if (!isOwnSide(code) || Date.now() >= untilMs || !patched('own-side-awaited')) return false;
      log.warn('a write waits for our own side', { code });
      await sleep(pauseMs, { summary: 'wait for the database, or for the lane of the device' });
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      return true;
    },
  };
}

/** Makes it again for as long as our own side is what it failed of. */
export async function onOwnSide<T>(run: () => Promise<T>, patienceMs?: number): Promise<T> {
  const wait = ownSideWait(patienceMs);
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(await wait.passes(errorBodyOf(error, 'DEVICE_TIMEOUT').code))) throw error;
    }
  }
}
