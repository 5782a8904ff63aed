import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countWaves, exceedsBudget, nextWave } from '../../workflows/waves.ts';

describe('waves', () => {
  it('takes the canary alone, then batches', () => {
    const devices = ['a', 'b', 'c', 'd', 'e', 'f'];
    const options = { canary: 1, batchSize: 2 };
    expect(nextWave(devices, 0, options)).toEqual(['a']);
    expect(nextWave(devices, 1, options)).toEqual(['b', 'c']);
    expect(nextWave(devices, 5, options)).toEqual(['f']);
  });

  it('starts with a batch when there is no canary', () => {
    expect(nextWave(['a', 'b', 'c'], 0, { canary: 0, batchSize: 2 })).toEqual(['a', 'b']);
  });

  it('reaches every device exactly once, in as many waves as it announces', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.nat(50),
        fc.integer({ min: 1, max: 50 }),
        (n, canary, batchSize) => {
          const devices = Array.from({ length: n }, (_, index) => `d${index}`);
          const reached: string[] = [];
          let waves = 0;
          while (reached.length < n) {
            reached.push(...nextWave(devices, reached.length, { canary, batchSize }));
            waves += 1;
          }
          expect(reached).toEqual(devices);
          expect(waves).toBe(countWaves(n, { canary, batchSize }));
        },
      ),
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
