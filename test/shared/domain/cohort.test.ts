import { expect, test } from 'vitest';
import { ulid } from 'ulid';
import { COHORT_NUMBERS, COHORTS, cohortOf } from '../../../shared/domain/cohort.ts';

test('a device stays in its cohort, whatever else is registered', () => {
  expect(cohortOf('dev_01J9ZK7Q4R8T2V5X6Y7Z8A9B0C')).toBe(cohortOf('dev_01J9ZK7Q4R8T2V5X6Y7Z8A9B0C'));
  expect(cohortOf('dev_01J9ZK7Q4R8T2V5X6Y7Z8A9B0C')).toBe(6);
  expect(cohortOf('x')).toBe(0);
});

test('devices spread evenly over the cohorts', () => {
  const counts = COHORT_NUMBERS.map(() => 0);
  const devices = 20_000;
  for (let index = 0; index < devices; index++) {
    const cohort = cohortOf(`dev_${ulid()}`);
    counts[cohort] = (counts[cohort] ?? 0) + 1;
  }
  for (const count of counts) expect(Math.abs(count - devices / COHORTS)).toBeLessThan(devices / COHORTS / 4);
});
