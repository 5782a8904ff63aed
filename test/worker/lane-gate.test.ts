import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLaneGate } from '../../worker/lane-gate.ts';

function frozenTime(): void {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

describe('lane gate', () => {
  it('lets no more requests run at once than the device has slots', async () => {
    const gate = createLaneGate({ maxInFlight: 2, requestsPerSecond: 50 });
    let running = 0;
    let peak = 0;
    const release: (() => void)[] = [];
    const all = Array.from({ length: 6 }, () =>
      gate.pass(async () => {
        peak = Math.max(peak, (running += 1));
        await new Promise<void>((resolve) => release.push(resolve));
        running -= 1;
      }),
    );
    for (let done = 0; done < 6; done++) {
      await vi.waitUntil(() => release.length > done);
      release[done]?.();
    }
    await Promise.all(all);
    expect(peak).toBe(2);
    expect(gate.busy).toBe(0);
  });

  it('passes one second of requests at once and the rest at the rate of the device', async () => {
    frozenTime();
    const gate = createLaneGate({ maxInFlight: 3, requestsPerSecond: 5 });
    const passedAtMs: number[] = [];
    const startMs = Date.now();
    const all = Promise.all(
      Array.from({ length: 15 }, () => gate.pass(async () => void passedAtMs.push(Date.now() - startMs))),
    );
    await vi.advanceTimersByTimeAsync(10_000);
    await all;
    expect(passedAtMs.filter((ms) => ms === 0)).toHaveLength(5);
    for (const [index, ms] of passedAtMs.slice(5).entries()) expect(ms).toBeGreaterThanOrEqual((index + 1) * 200);
    expect(passedAtMs.at(-1)).toBeLessThan(2_200);
  });

  it('keeps the order of arrival', async () => {
    const gate = createLaneGate({ maxInFlight: 1, requestsPerSecond: 50 });
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((n) => gate.pass(async () => void order.push(n))));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('frees the slot of a request that failed', async () => {
    const gate = createLaneGate({ maxInFlight: 1, requestsPerSecond: 50 });
    await expect(gate.pass(async () => Promise.reject(new Error('refused')))).rejects.toThrow('refused');
    await expect(gate.pass(async () => 'next')).resolves.toBe('next');
  });
});
