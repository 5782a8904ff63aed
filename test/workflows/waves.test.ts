import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { batchSizeAfter, exceedsBudget, nextToStart, nextWaveSize, wavesAhead } from '../../workflows/waves.ts';

const SIZES = { canary: 1, batchSize: 5, batchGrowth: 1, maxBatchSize: 50 };

describe('sizes of waves', () => {
  test.each([
    ['as they are', {}, [1, 5, 5, 5]],
    ['without a canary', { canary: 0 }, [5, 5, 5, 1]],
    ['doubling', { batchGrowth: 2 }, [1, 5, 10]],
    ['growing by half, in whole devices', { batchGrowth: 1.5, batchSize: 3 }, [1, 3, 4, 6, 2]],
    ['up to a limit', { batchGrowth: 10, maxBatchSize: 6 }, [1, 5, 6, 4]],
  ])('%s', (_, given, expected) => {
    expect(wavesAhead(16, { isProven: false, batches: 0 }, { ...SIZES, ...given })).toEqual(expected);
  });

  it('are a canary again as long as none was reached', () => {
    expect(nextWaveSize({ isProven: false, batches: 0 }, { ...SIZES, canary: 2 })).toBe(2);
    expect(nextWaveSize({ isProven: true, batches: 0 }, { ...SIZES, canary: 2 })).toBe(5);
  });

  it('never shrink, never exceed the limit, and together are all devices', () => {
    const sizes = fc.record({
      canary: fc.nat(50),
      batchSize: fc.integer({ min: 1, max: 50 }),
      batchGrowth: fc.double({ min: 1, max: 10, noNaN: true }),
      maxBatchSize: fc.integer({ min: 50, max: 500 }),
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), sizes, (devices, options) => {
        const ahead = wavesAhead(devices, { isProven: false, batches: 0 }, options);
        expect(ahead.reduce((sum, size) => sum + size, 0)).toBe(devices);
        const batches = ahead.slice(options.canary > 0 ? 1 : 0, -1);
        expect(batches).toEqual(batches.toSorted((one, other) => one - other));
        expect(Math.max(0, ...batches)).toBeLessThanOrEqual(options.maxBatchSize);
        expect(batchSizeAfter(1000, options)).toBeLessThanOrEqual(options.maxBatchSize);
      }),
    );
  });
});

describe('which device is written next', () => {
  const siteOf = (deviceId: string): string | null => (deviceId.startsWith('x') ? null : deviceId.slice(0, 1));

  test.each([
    ['the first, while there is room', ['a1', 'b1'], [], { maxParallel: 1 }, 0],
    ['none, when as many are written as may be', ['a1'], ['b1'], { maxParallel: 1 }, null],
    ['the first whose site has room', ['a2', 'a3', 'b1'], ['a1'], { maxParallel: 9, maxParallelPerSite: 1 }, 2],
    ['none, when no site has', ['a2'], ['a1'], { maxParallel: 9, maxParallelPerSite: 1 }, null],
    [
      'one without a site, whatever the sites',
      ['a2', 'x2'],
      ['a1', 'x1'],
      { maxParallel: 9, maxParallelPerSite: 1 },
      1,
    ],
    ['any, without a limit per site', ['a2'], ['a1'], { maxParallel: 9 }, 0],
  ])('%s', (_, waiting, running, limits, expected) => {
    expect(nextToStart(waiting, running, siteOf, limits)).toBe(expected);
  });

  it('keeps both limits, and begins every device once', () => {
    const device = fc.tuple(fc.constantFrom('a', 'b', 'c', 'x'), fc.nat(99)).map(([site, n]) => `${site}${n}`);
    const limits = fc.record({
      maxParallel: fc.integer({ min: 1, max: 5 }),
      maxParallelPerSite: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(fc.uniqueArray(device, { maxLength: 40 }), limits, (devices, options) => {
        const waiting = [...devices];
        const running = new Set<string>();
        const begun: string[] = [];
        while (waiting.length > 0) {
          const index = nextToStart(waiting, running, siteOf, options);
          if (index === null) {
            const [first = ''] = running;
            running.delete(first);
            continue;
          }
          const [next = ''] = waiting.splice(index, 1);
          running.add(next);
          begun.push(next);
          expect(running.size).toBeLessThanOrEqual(options.maxParallel);
          const site = siteOf(next);
          const beside = [...running].filter((deviceId) => siteOf(deviceId) === site);
          if (site !== null) expect(beside.length).toBeLessThanOrEqual(options.maxParallelPerSite);
        }
        expect(begun.toSorted()).toEqual(devices.toSorted());
      }),
    );
  });
});

describe('failure budget', () => {
  it.each([
    [1, 10, { maxFailures: 0, maxFailurePercent: 100 }, true],
    [1, 10, { maxFailures: 1, maxFailurePercent: 100 }, false],
    [2, 10, { maxFailures: 5, maxFailurePercent: 10 }, true],
    [1, 10, { maxFailures: 5, maxFailurePercent: 10 }, false],
    [0, 10, { maxFailures: 0, maxFailurePercent: 0 }, false],
  ])('%i failed of %i with %j: exceeded is %s', (failed, total, limits, exceeded) => {
    expect(exceedsBudget(failed, total, limits)).toBe(exceeded);
  });
});
