import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import {
  currentIso,
  currentMs,
  keepPlatformTime,
  type PlatformClock,
} from '../../../../shared/platform/process/platform-clock.ts';
import { createMetrics } from '../../../../shared/platform/telemetry/metrics.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const HOURS = 3_600_000;

beforeEach(() => vi.useFakeTimers({ now: START }));
afterEach(() => vi.useRealTimers());

const log = { info: vi.fn(), warn: vi.fn() };

interface Kept {
  clock: PlatformClock;
  told: [process: string, offsetMs: number][];
  database: { clockMs: () => Promise<number> };
}

/** Kept by a database whose clock goes on by itself and says another time than the machine's. */
async function keep(databaseAheadMs: number): Promise<Kept> {
  const beganAt = performance.now();
  const told: [string, number][] = [];
  const database = {
    clockMs: async () => START + databaseAheadMs + (performance.now() - beganAt),
    clocks: { tell: async (process: string, offsetMs: number) => void told.push([process, offsetMs]) },
  };
  const clock = await keepPlatformTime({ database, kind: 'worker', metrics: createMetrics(), log });
  onTestFinished(() => clock.close());
  return { clock, told, database };
}

it('is the machine’s clock where nobody asked a database', () => {
  expect(currentMs()).toBe(START);
});

it('goes by the database, however the machine’s clock is set, and says how far that is off', async () => {
  const { clock, told } = await keep(0);
  for (const byMs of [5 * HOURS, -30 * 24 * HOURS]) {
    vi.setSystemTime(START + byMs);
    expect(currentMs()).toBeCloseTo(START, -1);
    const condition = await clock.dependency.check();
    expect(condition).toMatchObject({ facts: { offsetSeconds: byMs / 1000 } });
    const where = byMs > 0 ? `${byMs / 1000} s ahead of` : `${-byMs / 1000} s behind`;
    expect(condition?.degraded).toContain(`The clock of its machine is ${where} the database's`);
    expect(told.at(-1)).toEqual([expect.stringMatching(/^worker .+\/\d+$/), byMs]);
  }
  expect(log.warn).toHaveBeenCalledTimes(1);
  vi.setSystemTime(START);
  await clock.look();
  expect(log.info).toHaveBeenCalledTimes(1);
  expect(await clock.dependency.check()).toEqual({ facts: { offsetSeconds: 0 }, degraded: undefined });
});

it('goes on while the database is away, and by what it says when it is back', async () => {
  const { clock, database } = await keep(7_000);
  expect(currentIso()).toBe('2026-03-01T12:00:07.000Z');
  const { clockMs } = database;
  database.clockMs = () => Promise.reject(new Error('away'));
  await vi.advanceTimersByTimeAsync(60_000);
  vi.setSystemTime(START - 9 * HOURS);
  await clock.look();
  expect(currentIso()).toBe('2026-03-01T12:01:07.000Z');
  database.clockMs = async () => (await clockMs()) + 2 * HOURS;
  await clock.look();
  expect(currentIso()).toBe('2026-03-01T14:01:07.000Z');
});

it('moves nothing for the time that an answer took', async () => {
  const { clock, database } = await keep(0);
  const { clockMs } = database;
  database.clockMs = async () => {
    const asked = await clockMs();
    await new Promise((resolve) => setTimeout(resolve, 400));
    return asked;
  };
  const looking = clock.look();
  await vi.advanceTimersByTimeAsync(400);
  await looking;
  expect(currentMs()).toBe(START + 400);
});
