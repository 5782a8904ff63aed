import { expect, it, onTestFinished, vi } from 'vitest';
import type { Progress } from '../../../mcp-server/call/action.ts';
import { reportWaiting } from '../../../mcp-server/operations/report-waiting.ts';

it('tells every second how long a router has been waited for, never more than it may take, and then no more', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const told: Progress[] = [];
  const { promise, resolve } = Promise.withResolvers<string>();
  const waited = reportWaiting(promise, 3, (progress) => told.push(progress));
  await vi.advanceTimersByTimeAsync(4_500);
  expect(told.map(({ done }) => done)).toEqual([1, 2, 3, 3]);
  expect(told[1]).toEqual({ done: 2, total: 3, message: '2 of at most 3 s' });
  resolve('pong');
  expect(await waited).toBe('pong');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(told).toHaveLength(4);
});

it('passes a failure on', async () => {
  await expect(reportWaiting(Promise.reject(new Error('unreachable')), 3, () => {})).rejects.toThrow('unreachable');
});
