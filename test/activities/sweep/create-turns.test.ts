import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createTurns } from '../../../activities/sweep/create-turns.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('turns begin one after another, so many at once, and the one that waits longest is the next', async () => {
  const inTurn = createTurns({ most: 2, spacingMs: 10 });
  const begun: string[] = [];
  const ends: Record<string, () => void> = {};
  const run = (name: string) =>
    inTurn(() => {
      begun.push(`${name} at ${performance.now() - startMs}`);
      return new Promise<void>((resolve) => (ends[name] = resolve));
    });
  const startMs = performance.now();
  const all = ['a', 'b', 'c', 'd'].map(run);
  await vi.advanceTimersByTimeAsync(100);
  expect(begun).toEqual(['a at 0', 'b at 10']);
  ends['b']?.();
  await vi.advanceTimersByTimeAsync(100);
  expect(begun.slice(2)).toEqual(['c at 100']);
  ends['a']?.();
  ends['c']?.();
  await vi.advanceTimersByTimeAsync(100);
  ends['d']?.();
  await Promise.all(all);
  expect(begun).toHaveLength(4);
});

test('a turn that fails makes room', async () => {
  const inTurn = createTurns({ most: 1, spacingMs: 0 });
  await expect(inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await inTurn(() => Promise.resolve('yes'))).toBe('yes');
});
