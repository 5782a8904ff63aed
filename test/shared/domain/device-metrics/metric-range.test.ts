import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  MOST_POINTS,
  MOST_STEP_SECONDS,
  planRange,
  resolutionOf,
} from '../../../../shared/domain/device-metrics/metric-range.ts';

const NOW = Date.parse('2027-03-04T05:06:07Z');

test('without a range it is the last day, in steps that are easy to read', () => {
  expect(planRange({}, NOW)).toEqual({
    from: '2027-03-03T05:00:00.000Z',
    to: '2027-03-04T05:06:07.000Z',
    stepSeconds: 900,
    resolution: 'raw',
  });
  expect(planRange({ from: '2027-02-02T00:00:00Z' }, NOW)).toMatchObject({ stepSeconds: 21_600, resolution: 'hour' });
  expect(planRange({ from: '2026-03-04T00:00:00Z' }, NOW)).toMatchObject({ stepSeconds: 604_800, resolution: 'day' });
});

test('whole days are made of days, whole hours of hours, and all others of what was collected', () => {
  expect([60, 300, 3_599, 3_600, 5_400, 7_200, 86_400, 172_800, 90_000].map(resolutionOf)).toEqual([
    'raw',
    'raw',
    'raw',
    'hour',
    'raw',
    'hour',
    'day',
    'day',
    'hour',
  ]);
});

test('a range that is inverted or empty is refused, and one that is too long for its step names a step that fits', () => {
  const at = '2027-03-01T00:00:00Z';
  expect(() => planRange({ from: at, to: at }, NOW)).toThrow(
    'from: 2027-03-01T00:00:00.000Z is not before to (2027-03-01T00:00:00.000Z).',
  );
  expect(() => planRange({ from: '2027-03-05T00:00:00Z' }, NOW)).toThrow('is not before to');
  const tooLong = { from: '2027-01-01T00:00:00Z', to: at, stepSeconds: 300 };
  expect(() => planRange(tooLong, NOW)).toThrow('16992 points of 300 seconds; an answer has at most 1000');
  expect(planRange({ ...tooLong, stepSeconds: 10_800 }, NOW)).toMatchObject({ stepSeconds: 10_800 });
});

test('whatever is asked for, an answer covers the range and has no more points than it may', () => {
  const time = fc.integer({ min: 0, max: NOW }).map((ms) => new Date(ms).toISOString());
  const step = fc.option(fc.integer({ min: 60, max: MOST_STEP_SECONDS }), { nil: undefined });
  fc.assert(
    fc.property(time, time, step, (from, to, stepSeconds) => {
      fc.pre(from < to);
      try {
        const planned = planRange({ from, to, stepSeconds }, NOW);
        expect(Date.parse(planned.from)).toBeLessThanOrEqual(Date.parse(from));
        expect(planned.to).toBe(to);
        const points = (Date.parse(to) - Date.parse(planned.from)) / 1000 / planned.stepSeconds;
        expect(points).toBeLessThanOrEqual(MOST_POINTS);
      } catch (error) {
        expect(error).toMatchObject({ code: 'VALIDATION_ERROR' });
        expect(stepSeconds).toBeDefined();
        const [, fitting] = /stepSeconds (\d+)/.exec((error as { hint: string }).hint) ?? [];
        expect(planRange({ from, to, stepSeconds: Number(fitting) }, NOW).stepSeconds).toBe(Number(fitting));
      }
    }),
  );
});
