import { expect, test } from 'vitest';
import { planEventOf } from '../../../shared/domain/plan-event.ts';
import { RolloutOptions, type PlanStatus } from '../../../shared/domain/plan.ts';
import { sayDuration, sayRollout } from '../../../shared/domain/say-rollout.ts';

function how(options: Partial<RolloutOptions>, deviceCount: number): string {
  return sayRollout(RolloutOptions.parse(options), deviceCount).how;
}

test.each<[Partial<RolloutOptions>, number, string]>([
  [{}, 1, 'One device is changed, and watched for 30 seconds.'],
  [{}, 2, 'A canary of 1 device, then 1 device at once, each watched for 30 seconds.'],
  [{}, 40, 'A canary of 1 device, then batches of 5, each watched for 30 seconds.'],
  [{ canary: 0, batchSize: 10, pauseSeconds: 0 }, 8, '8 devices at once.'],
  [{ canary: 0, batchSize: 10, pauseSeconds: 300 }, 40, 'Batches of 10, each watched for 5 minutes.'],
  [
    {
      canary: 2,
      batchSize: 5,
      batchGrowth: 2,
      maxBatchSize: 40,
      pauseSeconds: 0,
      maxParallel: 20,
      maxParallelPerSite: 2,
    },
    500,
    'A canary of 2 devices, then batches of 5, each 2 times the last, 40 at most; 20 devices at the same time at most, 2 of one site.',
  ],
  [{ canary: 5 }, 3, 'A canary of 3 devices, and watched for 30 seconds.'],
])('%o on %i devices: %s', (options, deviceCount, words) => {
  expect(how(options, deviceCount)).toBe(words);
});

test('what happens when devices fail, when it starts, and how long it can be taken back', () => {
  const words = sayRollout(RolloutOptions.parse({}), 10);
  expect(words.onFailure).toBe(
    'A device that fails is put back by itself. If any device fails, its batch is put back and the rollout pauses until a person decides. A device that cannot be reached is tried again for 2 minutes before it counts as failed.',
  );
  expect(words.start).toBe('It starts as soon as it is approved.');
  expect(words.takeBack).toContain('until 24 hours after it has ended');
  const lenient = sayRollout(
    RolloutOptions.parse({
      maxFailures: 3,
      maxFailurePercent: 10,
      autoRollback: false,
      unreachableSeconds: 0,
      rollbackWindowSeconds: 0,
      apply: 'on_request',
      notBefore: '2026-12-24T22:00:00Z',
    }),
    10,
  );
  expect(lenient.onFailure).toContain(
    'If more than 3 devices or 10 % of all fail, the rollout pauses; what is changed',
  );
  expect(lenient.start).toBe(
    'It starts when somebody asks for it after the approval, not before 2026-12-24T22:00:00Z.',
  );
  expect(lenient.takeBack).toBe('Once it has ended it cannot be taken back in one step.');
});

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [90, '90 seconds'],
  [60, '1 minute'],
  [7_200, '2 hours'],
  [86_400, '24 hours'],
  [604_800, '7 days'],
])('%i s is %s', (seconds, words) => {
  expect(sayDuration(seconds)).toBe(words);
});

test.each<[PlanStatus, PlanStatus, string | null]>([
  ['preparing', 'awaiting_approval', 'plan.approval_needed'],
  ['preparing', 'approved', 'plan.approved'],
  ['preparing', 'failed', null],
  ['awaiting_approval', 'awaiting_approval', null],
  ['awaiting_approval', 'expired', 'plan.expired'],
  ['awaiting_approval', 'cancelled', null],
  ['approved', 'rolling_out', 'rollout.started'],
  ['approved', 'failed', 'rollout.failed'],
  ['rolling_out', 'paused', 'rollout.paused'],
  ['paused', 'rolling_out', null],
  ['failed', 'rolling_out', 'rollout.started'],
  ['rolling_out', 'completed', 'rollout.completed'],
  ['completed', 'rolling_back', null],
  ['rolling_back', 'rolled_back', 'rollback.completed'],
  ['rolling_back', 'rollback_incomplete', 'rollback.incomplete'],
  ['rolling_back', 'failed', 'rollback.incomplete'],
])('from %s to %s endpoints are told %s', (from, to, event) => {
  expect(planEventOf(from, to)).toBe(event);
});
