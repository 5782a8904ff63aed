import { expect, test } from 'vitest';
import { atMostEvery } from '../../../activities/sweep/at-most-every.ts';

test('tells the first time, and again only after the spacing', () => {
  let nowMs = 0;
  const toldAtMs: number[] = [];
  const tell = atMostEvery(
    1_000,
    () => toldAtMs.push(nowMs),
    () => nowMs,
  );
  for (; nowMs <= 2_500; nowMs += 100) tell();
  expect(toldAtMs).toEqual([0, 1_000, 2_000]);
});

test('without anybody to tell nothing happens', () => {
  expect(() => atMostEvery(1_000)()).not.toThrow();
});
