import { describe, expect, it } from 'vitest';
import type { RolloutResult } from '../../shared/contract/plan-messages.ts';
import type { PlanDeviceStatus, PlanStatus } from '../../shared/domain/plan.ts';
import { endingOf, retryEnding } from '../../workflows/plan-ending.ts';

const DONE: RolloutResult = { outcome: 'completed', applied: 2, failed: 0, rolledBack: 0, reason: null };

describe('the end of a plan', () => {
  it('is that of its rollout', () => {
    expect(endingOf(DONE, 0)).toEqual({ status: 'completed', reason: null });
    expect(endingOf({ ...DONE, failed: 1, rolledBack: 2, skipped: 1 }, 2)).toEqual({
      status: 'completed',
      reason:
        '1 device(s) failed; 2 device(s) of failed waves were put back and not changed again; 3 device(s) were left out.',
    });
    expect(endingOf({ ...DONE, outcome: 'aborted', reason: 'abort asked by olga' }, 0)).toEqual({
      status: 'failed',
      reason: 'abort asked by olga',
    });
  });
});

function retried(statuses: PlanDeviceStatus[], was: PlanStatus, maxFailures = 0): ReturnType<typeof retryEnding> {
  return retryEnding(DONE, { statuses, total: 10, was, rollout: { maxFailures, maxFailurePercent: 100 } });
}

describe('the end of a plan whose failed devices were tried again', () => {
  it('is no completion while devices had no turn, or more failed than it tolerates', () => {
    expect(retried(['pending', 'pending'], 'failed')).toEqual({
      status: 'failed',
      reason: '2 device(s) had no turn before the rollout was ended.',
    });
    expect(retried(['unhealthy'], 'failed')).toEqual({ status: 'failed', reason: '1 device(s) failed.' });
    expect(retried(['unhealthy'], 'failed', 1).status).toBe('completed');
    expect(retried([], 'failed')).toEqual({ status: 'completed', reason: null });
  });

  it('stays a completion that somebody had accepted', () => {
    expect(retried(['failed', 'unknown'], 'completed')).toEqual({ status: 'completed', reason: '2 device(s) failed.' });
  });
});
