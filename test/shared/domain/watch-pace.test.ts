import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextWait, watchPace } from '../../../shared/domain/watch-pace.ts';

test('a device that keeps failing is looked at after 30 seconds, and ever more rarely, up to every 15 minutes', () => {
  const pace = watchPace(300);
  const waits = [pace.firstSeconds];
  for (let look = 0; look < 7; look++) waits.push(nextWait(waits.at(-1)!, true, pace));
  expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900, 900]);
  expect(nextWait(900, false, pace)).toBe(30);
});

test('law: whatever the distance of sweeps, waits grow up to the most and never beyond, and begin anew once it is not settled', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10, max: 86_400 }),
      fc.array(fc.boolean(), { maxLength: 50 }),
      (interval, settled) => {
        const pace = watchPace(interval);
        expect(pace.firstSeconds).toBeGreaterThanOrEqual(1);
        expect(pace.mostSeconds).toBeLessThanOrEqual(900);
        let wait = pace.firstSeconds;
        for (const isSettled of settled) {
          const next = nextWait(wait, isSettled, pace);
          expect(next).toBeGreaterThanOrEqual(isSettled ? wait : pace.firstSeconds);
          expect(next).toBeLessThanOrEqual(isSettled ? pace.mostSeconds : pace.firstSeconds);
          wait = next;
        }
      },
    ),
  );
});
