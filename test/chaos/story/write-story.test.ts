import { expect, it } from 'vitest';
import { findPlanKind } from '../../../shared/plans/index.ts';
import { RolloutOptions } from '../../../shared/domain/plan.ts';
import { WISHED_KINDS } from './wishes.ts';
import { writeStory } from './write-story.ts';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

it('tells the same story for the same seed, and another for another', () => {
  expect(writeStory(17)).toEqual(writeStory(17));
  expect(writeStory(17)).not.toEqual(writeStory(18));
});

it('asks only for what the plan kinds take', () => {
  for (const { plans } of SEEDS.map(writeStory)) {
    for (const { kind, input, rollout, devices } of plans) {
      const found = findPlanKind(kind);
      const parsed = found?.input.parse(input) ?? {};
      expect(found?.refuse?.(parsed) ?? null, JSON.stringify(input)).toBeNull();
      RolloutOptions.parse(rollout);
      expect(new Set(devices).size).toBe(devices.length);
    }
  }
});

it('has every kind, every fault of routers and every process among few seeds', () => {
  const stories = SEEDS.map(writeStory);
  expect(new Set(stories.flatMap(({ plans }) => plans.map(({ kind }) => kind)))).toEqual(new Set(WISHED_KINDS));
  const processes = stories.flatMap(({ processFaults }) => processFaults.map(({ target, how }) => `${how} ${target}`));
  expect(new Set(processes).size).toBe(8);
  const acts = stories.flatMap((story) => story.acts);
  expect(new Set(acts.map(({ act }) => act))).toEqual(
    new Set(['propose', 'decide', 'control', 'faults', 'power', 'edit']),
  );
  const faults = acts.flatMap((act) => (act.act === 'faults' ? act.faults.map(({ kind }) => kind) : []));
  expect(new Set(faults).size).toBe(9);
});
