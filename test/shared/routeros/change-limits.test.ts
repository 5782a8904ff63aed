import { expect, test } from 'vitest';
import { guardMinutesOf, MOST_GUARDED_STEPS } from '../../../shared/domain/change-guard.ts';
import type { Step } from '../../../shared/domain/change.ts';
import { assertWithinLimits, guardedParts, MOST_STEPS_PER_DEVICE } from '../../../shared/routeros/change-limits.ts';
import { deadManScripts, LONGEST_SCRIPT } from '../../../shared/routeros/dead-man-script.ts';
import { undoCommands } from '../../../shared/routeros/undo-script.ts';

const rule = (comment: string): Step => ({
  op: 'remove',
  menu: '/ip/firewall/filter',
  key: { comment },
  values: { chain: 'forward', action: 'accept', comment },
  placeBefore: { comment: `next to ${comment}` },
});
const rules = (count: number, length = 8): Step[] =>
  Array.from({ length: count }, (_, index) => rule(`${index} ${'я'.repeat(length)}`));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function* partsOf(steps: readonly Step[]): Generator<Step[]> {
  let from = 0;
  for (const count of guardedParts(steps)) yield steps.slice(from, (from += count));
}

test.each([1, MOST_GUARDED_STEPS, MOST_GUARDED_STEPS + 1, MOST_STEPS_PER_DEVICE])(
  '%d steps are guarded in parts that each fit into one script',
  (count) => {
    for (const length of [0, 8, 250]) {
      const steps = rules(count, length);
      expect(sum(guardedParts(steps))).toBe(count);
      for (const part of partsOf(steps)) {
        expect(part.length).toBeLessThanOrEqual(MOST_GUARDED_STEPS);
        const scripts = deadManScripts('a'.repeat(32), undoCommands(part, new Set(['/ip/firewall/filter'])));
        expect(Math.max(scripts.timer.length, scripts.startup.length)).toBeLessThanOrEqual(LONGEST_SCRIPT);
        expect(guardMinutesOf(part)).toBeLessThanOrEqual(5);
      }
    }
  },
);

test('steps that cannot cut the way to the device are made in one go', () => {
  const step: Step = { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '9.9.9.9' } };
  expect(guardedParts(Array.from({ length: 200 }, () => step))).toEqual([200]);
});

test('more steps than a change takes, and a step that no script takes, are refused', () => {
  expect(() => assertWithinLimits(rules(MOST_STEPS_PER_DEVICE))).not.toThrow();
  expect(() => assertWithinLimits(rules(MOST_STEPS_PER_DEVICE + 1))).toThrow(/needs 1001 writes .* at most 1000/);
  expect(() => assertWithinLimits([rule('я'.repeat(16_000))])).toThrow(/more than 30000 characters/);
});
