import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, DAYS, dayOf, localTime } from '../../../shared/domain/policy/local-time.ts';
import { endOf, isQuiet, QuietHours, wasQuiet } from '../../../shared/domain/quiet-hours.ts';

function hours(given: object): QuietHours {
  return QuietHours.parse({ timeZone: 'Europe/Berlin', from: '22:00', to: '07:00', ...given });
}

const at = (iso: string): number => Date.parse(iso);

test('a night is quiet by the clock on the wall, also when clocks are changed in it', () => {
  const nights = hours({});
  // On 2026-03-29 the clock goes from 02:00 to 03:00: the night is an hour shorter, and ends at 07:00 all the same.
  expect(isQuiet(nights, at('2026-03-28T20:59:59Z'))).toBe(false);
  expect(isQuiet(nights, at('2026-03-28T21:00:00Z'))).toBe(true);
  expect(isQuiet(nights, at('2026-03-29T04:59:59Z'))).toBe(true);
  expect(endOf(nights, at('2026-03-28T21:00:00Z'))).toBe(at('2026-03-29T05:00:00Z'));
  // On 2026-10-25 it goes back from 03:00 to 02:00.
  expect(endOf(nights, at('2026-10-24T20:00:00Z'))).toBe(at('2026-10-25T06:00:00Z'));
});

test('quiet hours that begin in the hour that is left out, begin when the clock jumps; repeated ones are quiet twice', () => {
  const short = hours({ from: '02:30', to: '04:00' });
  expect(isQuiet(short, at('2026-03-29T00:59:59Z'))).toBe(false);
  expect(isQuiet(short, at('2026-03-29T01:00:00Z'))).toBe(true);
  const twice = hours({ from: '02:00', to: '02:30' });
  expect([0, 30, 60, 90].map((minutes) => isQuiet(twice, at('2026-10-25T00:00:00Z') + minutes * 60_000))).toEqual([
    true,
    false,
    true,
    false,
  ]);
});

test('days are those on which quiet hours begin', () => {
  const weekend = hours({ days: ['fri'], from: '18:00', to: '08:00', timeZone: 'UTC' });
  expect(isQuiet(weekend, at('2026-03-06T18:00:00Z'))).toBe(true);
  expect(isQuiet(weekend, at('2026-03-07T07:59:00Z'))).toBe(true);
  expect(isQuiet(weekend, at('2026-03-07T18:00:00Z'))).toBe(false);
});

test.each<[object, RegExp]>([
  [{ timeZone: 'Europe/Atlantis' }, /IANA name/],
  [{ timeZone: '+01:00' }, /IANA name/],
  [{ from: '07:00' }, /the same as "from", so that it would never be quiet/],
  [{ from: '00:00', to: '24:00' }, /never end, so that nothing would be told/],
  [{ days: [] }, /with at least one entry/],
  [{ days: ['monday'] }, /one of sun, mon/],
  [{ from: '24:00' }, /a time such as "22:00"/],
  [{ from: '7:00' }, /a time such as "22:00"/],
  [{ except: ['rollout.stopped'] }, /one of plan\.approval_needed/],
  [{ until: '07:00' }, /one of the keys timeZone, days/],
])('%j is refused with the reason', (given, reason) => {
  const { success, error } = QuietHours.safeParse({
    timeZone: 'Europe/Berlin',
    from: '22:00',
    to: '07:00',
    ...given,
  });
  expect(success).toBe(false);
  expect(error?.issues.map(({ message }) => message).join('\n')).toMatch(reason);
});

const Clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const Hours = fc
  .record({
    timeZone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'UTC'),
    days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }),
    from: Clock,
    to: Clock,
  })
  .filter(({ from, to }) => from !== to)
  .map(hours);
/** Around both changes of the clock in 2026. */
const Time = fc
  .tuple(fc.constantFrom(at('2026-03-29T01:00:00Z'), at('2026-10-25T01:00:00Z')), fc.integer({ min: -4e8, max: 4e8 }))
  .map(([change, away]) => change + away);

test('it is quiet exactly when the clock on the wall says so', () => {
  fc.assert(
    fc.property(Hours, Time, (given, time) => {
      const { date, minute } = localTime(given.timeZone, time);
      const [from = 0, to = 0] = [given.from, given.to].map((clock) => {
        const [hour = 0, minutes = 0] = clock.split(':').map(Number);
        return hour * 60 + minutes;
      });
      const begins = (day: string): boolean => given.days.includes(dayOf(day));
      const expected =
        from < to
          ? begins(date) && minute >= from && minute < to
          : (begins(date) && minute >= from) || (begins(addDays(date, -1)) && minute < to);
      expect(isQuiet(given, time)).toBe(expected);
    }),
    { numRuns: 200 },
  );
});

test('quiet hours end, it is quiet until then and not at their end, and afterwards it is known that it was quiet', () => {
  fc.assert(
    fc.property(Hours, Time, (given, time) => {
      const end = endOf(given, time);
      if (end === null) throw new Error('they do not end');
      expect(isQuiet(given, end)).toBe(false);
      expect(isQuiet(given, end - 1_000)).toBe(true);
      expect(wasQuiet(given, time, end)).toBe(true);
      if (isQuiet(given, time)) expect(wasQuiet(given, time, time + 1)).toBe(true);
      expect(wasQuiet(given, time, time)).toBe(false);
      expect(wasQuiet(given, end, end + 1)).toBe(false);
    }),
    { numRuns: 60 },
  );
});
