import { describe, expect, it } from 'vitest';
import type { RolloutCarried } from '../../shared/contract/plan-messages.ts';
import { RolloutOptions } from '../../shared/domain/plan.ts';
import { RolloutRun } from '../../workflows/rollout-run.ts';

const LEFT_OUT = { code: 'DEVICE_SKIPPED', message: '', retryable: false } as const;
const START: RolloutCarried = { nextIndex: 0, wave: 0, applied: 0, failed: 0, rolledBack: 0, acceptedFailures: 0 };

function run(options: Partial<RolloutOptions> = {}, carried: Partial<RolloutCarried> = {}): RolloutRun {
  return new RolloutRun({
    planId: 'pln_1',
    digest: '',
    deviceIds: ['a', 'b', 'c', 'd', 'e', 'f'],
    rollout: RolloutOptions.parse({ canary: 1, batchSize: 2, ...options }),
    carried: { ...START, ...carried },
  });
}

/** The devices of the next wave, which are then done. */
function wave(rollout: RolloutRun): string[] | null {
  if (!rollout.beginWave()) return null;
  const left = rollout.state.current?.left ?? [];
  delete rollout.state.current;
  return left;
}

describe('the devices of a rollout', () => {
  it('have their turns in order, the canary first', () => {
    const rollout = run();
    expect(wave(rollout)).toEqual(['a']);
    rollout.state.isProven = true;
    expect([wave(rollout), wave(rollout), wave(rollout)]).toEqual([['b', 'c'], ['d', 'e'], ['f']]);
    expect(rollout.isUnfinished).toBe(false);
  });

  it('wait for a canary that cannot be reached, and then for the next one', () => {
    const rollout = run();
    expect(wave(rollout)).toEqual(['a']);
    rollout.state.deferred = [{ deviceId: 'a', firstTriedAtMs: 0, tries: 1, dueAtMs: Infinity }];
    expect(wave(rollout)).toBeNull();
    rollout.state.deferred = [{ deviceId: 'a', firstTriedAtMs: 0, tries: 1, dueAtMs: 0 }];
    expect(wave(rollout)).toEqual(['a']);
    rollout.takeDeferral('a');
    // Its time was over without anybody having seen the change on a device.
    expect(wave(rollout)).toEqual(['b']);
  });

  it('that can be reached again come with the next batch, inside of its size', () => {
    const rollout = run({}, { nextIndex: 3, wave: 2, isProven: true });
    rollout.state.deferred = [
      { deviceId: 'b', firstTriedAtMs: 0, tries: 1, dueAtMs: 0 },
      { deviceId: 'c', firstTriedAtMs: 0, tries: 1, dueAtMs: Infinity },
    ];
    expect(wave(rollout)).toEqual(['b', 'd']);
    rollout.takeDeferral('b');
    expect(rollout.open).toEqual(['c', 'e', 'f']);
  });

  it('are left out wherever they wait, but not when they were begun', () => {
    const rollout = run({}, { nextIndex: 3, wave: 2, isProven: true, current: { left: ['c'], changed: [] } });
    rollout.state.deferred = [{ deviceId: 'b', firstTriedAtMs: 0, tries: 1, dueAtMs: Infinity }];
    rollout.atWork.add('a');
    expect(rollout.skip({ deviceIds: ['a', 'b', 'c', 'e', 'nobody'], error: LEFT_OUT }).toSorted()).toEqual([
      'b',
      'c',
      'e',
    ]);
    expect(rollout.open).toEqual(['d', 'f']);
    expect(rollout.state).toMatchObject({ skipped: 3, skips: ['e'] });
    // Should it not be written after all, it is left out then.
    expect(rollout.unwanted.get('a')).toBe(LEFT_OUT);
    rollout.state.current = undefined as never;
    expect(wave(rollout)).toEqual(['d', 'f']);
  });

  it('go on counting as failed when they are left out and may hold something of the plan', () => {
    const rollout = run({}, { nextIndex: 3, wave: 2, isProven: true, failed: 1 });
    rollout.retry({ devices: [{ deviceId: 'a', status: 'unknown' }] });
    expect(rollout.state).toMatchObject({ failed: 0, front: ['a'] });
    expect(rollout.skip({ deviceIds: ['a', 'd'], error: LEFT_OUT })).toEqual(['d']);
    expect(rollout.state).toMatchObject({ failed: 1, skipped: 1, front: [], mayHold: {} });
    expect(rollout.open).toEqual(['e', 'f']);
  });

  it('that failed are put in front, and are no failures any more', () => {
    const rollout = run({}, { nextIndex: 4, wave: 3, isProven: true, failed: 2, rolledBack: 1 });
    const clean = rollout.retry({
      devices: [
        { deviceId: 'a', status: 'failed' },
        { deviceId: 'b', status: 'unknown' },
        { deviceId: 'c', status: 'rolled_back' },
        { deviceId: 'f', status: 'failed' },
      ],
    });
    // One that is in the queue already stays where it is.
    expect(clean).toEqual(['a', 'c']);
    expect(rollout.state).toMatchObject({ failed: 0, rolledBack: 0, mayHold: { b: 'unknown' } });
    expect(wave(rollout)).toEqual(['a', 'b']);
    expect(wave(rollout)).toEqual(['c', 'e']);
  });

  it('grow in number from batch to batch', () => {
    const rollout = run({ canary: 0, batchSize: 1, batchGrowth: 2 });
    expect([wave(rollout), wave(rollout), wave(rollout)]).toEqual([['a'], ['b', 'c'], ['d', 'e', 'f']]);
  });
});

describe('what a rollout says of itself', () => {
  it('counts and numbers waves, and knows no end before it measured', () => {
    expect(run().progress()).toMatchObject({ total: 6, left: 6, wave: 0, waves: 4, estimatedEndAt: null });
  });

  it('knows no end while it is paused', () => {
    const rollout = run({}, { nextIndex: 1, wave: 1, isProven: true, measured: { devices: 1, seconds: 2 } });
    expect(Date.parse(rollout.progress().estimatedEndAt ?? '')).toBeGreaterThan(Date.now());
    rollout.isPaused = true;
    expect(rollout.progress().estimatedEndAt).toBeNull();
  });

  it('goes on where a rollout of whole batches continued as new', () => {
    const rollout = run({}, { nextIndex: 3, wave: 2, held: ['b'] });
    expect(rollout.state).toMatchObject({ isProven: true, batches: 1, current: { left: ['b'], changed: [] } });
    expect(rollout.open).toEqual(['b', 'd', 'e', 'f']);
  });

  it('that are tried again leave no more failures to be had than the plan allows', () => {
    const rollout = run({ maxFailures: 1 }, { nextIndex: 2, failed: 2, acceptedFailures: 2 });
    rollout.retry({ devices: ['a', 'b'].map((deviceId) => ({ deviceId, status: 'failed' as const })) });
    rollout.keepBudget();
    expect(rollout.isOverBudget).toBe(false);
    rollout.state.failed += 2;
    expect(rollout.isOverBudget).toBe(true);
  });
});
