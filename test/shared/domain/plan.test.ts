import { describe, expect, it, test } from 'vitest';
import { RolloutOptions } from '../../../shared/domain/plan.ts';

describe('options of a rollout', () => {
  it('have a default each, so that none need be given', () => {
    expect(RolloutOptions.parse({})).toEqual({
      canary: 1,
      batchSize: 5,
      batchGrowth: 1,
      maxBatchSize: 50,
      maxParallel: 50,
      pauseSeconds: 30,
      maxFailures: 0,
      maxFailurePercent: 100,
      autoRollback: true,
      rollbackScope: 'batch',
      unreachableSeconds: 120,
      rollbackWindowSeconds: 86_400,
      apply: 'on_approval',
    });
  });

  test.each([
    [{ batchSize: 20, maxBatchSize: 10 }, 'maxBatchSize', 'at least batchSize, which is 20'],
    [{ maxParallel: 4, maxParallelPerSite: 5 }, 'maxParallelPerSite', 'at most maxParallel, which is 4'],
    [{ autoRollback: false, rollbackScope: 'all' }, 'rollbackScope', 'nothing is undone'],
  ])('that contradict each other are refused by name: %j', (given, key, says) => {
    const { issues = [] } = RolloutOptions.safeParse(given).error ?? {};
    expect(issues).toEqual([expect.objectContaining({ path: [key], message: expect.stringContaining(says) })]);
  });
});
