import { assert, constantFrom, integer, property, subarray, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  dayOf,
  DAYS,
  instantsOf,
  isTimeZone,
  localTime,
} from '../../../../shared/domain/policy/local-time.ts';
import { isInWindow, type MaintenanceWindow } from '../../../../shared/domain/policy/window-rules.ts';
import { nextOpening, windowStateAt } from '../../../../shared/domain/policy/windows.ts';
import { CORE, EDGE, LAB, policyOf } from './policy-of.ts';

const PROD = { environments: ['prod'] };
const at = (text: string): number => Date.parse(text);

function nights(more: Record<string, unknown> = {}) {
  return policyOf({
    windows: {
      night: { appliesTo: PROD, timeZone: 'Europe/Berlin', days: ['sat'], from: '22:00', to: '05:00', ...more },
    },
  });
}

test('is always open for devices that no window applies to', () => {
  expect(windowStateAt(nights(), LAB, at('2026-06-03T12:00:00Z'))).toEqual({ open: true, closesAt: null });
});

test('opens and closes by the clock of the zone, also over midnight', () => {
  const policy = nights();
  expect(windowStateAt(policy, CORE, at('2026-06-03T12:00:00Z'))).toEqual({
    open: false,
    opensAt: '2026-06-06T20:00:00.000Z',
    rule: 'windows.night',
    reason: 'The maintenance window "night" (sat, 22:00 to 05:00 in Europe/Berlin) is closed.',
  });
  expect(windowStateAt(policy, CORE, at('2026-06-06T20:00:00Z'))).toEqual({
    open: true,
    closesAt: '2026-06-07T03:00:00.000Z',
  });
  expect(windowStateAt(policy, CORE, at('2026-06-07T03:00:00Z'))).toMatchObject({ open: false });
});

test('is shorter in the night in which clocks are put forward, and longer in the one in which they are put back', () => {
  const policy = nights();
  const hours = (opens: string): number => {
    const state = windowStateAt(policy, CORE, at(opens));
    return state.open ? (at(state.closesAt!) - at(opens)) / 3_600_000 : 0;
  };
  expect(hours('2026-03-28T21:00:00Z')).toBe(6);
  expect(hours('2026-10-24T20:00:00Z')).toBe(8);
  expect(hours('2026-06-06T20:00:00Z')).toBe(7);
});

test('does not open when clocks are put forward over all of it, and opens twice when they are put back into it', () => {
  const policy = nights({ days: ['sun'], from: '02:15', to: '02:45' });
  expect(windowStateAt(policy, CORE, at('2026-03-28T12:00:00Z'))).toMatchObject({
    opensAt: '2026-04-05T00:15:00.000Z',
  });
  const openings = ['2026-10-24T12:00:00Z', '2026-10-25T00:50:00Z'].map((from) =>
    windowStateAt(policy, CORE, at(from)),
  );
  expect(openings).toMatchObject([{ opensAt: '2026-10-25T00:15:00.000Z' }, { opensAt: '2026-10-25T01:15:00.000Z' }]);
});

test('opens in the moment in which clocks jump into it', () => {
  const policy = nights({ days: ['sun'], from: '02:30', to: '04:00' });
  expect(windowStateAt(policy, CORE, at('2026-03-28T12:00:00Z'))).toMatchObject({
    opensAt: '2026-03-29T01:00:00.000Z',
  });
});

test('stays closed on the days of an exception, and everywhere in a freeze, which gives its reason', () => {
  const policy = nights({ exceptions: [{ firstDay: '2026-06-07', lastDay: '2026-06-13' }] });
  expect(windowStateAt(policy, CORE, at('2026-06-06T21:00:00Z'))).toEqual({
    open: true,
    closesAt: '2026-06-06T22:00:00.000Z',
  });
  // The night from Saturday the 13th begins on a day that is left out, so that none of it is left.
  expect(windowStateAt(policy, CORE, at('2026-06-07T12:00:00Z'))).toMatchObject({
    opensAt: '2026-06-20T20:00:00.000Z',
  });

  const frozen = policyOf({
    freezes: {
      sales: {
        appliesTo: { all: true },
        timeZone: 'UTC',
        firstDay: '2026-11-20',
        lastDay: '2026-11-30',
        reason: 'the sales',
      },
    },
  });
  expect(windowStateAt(frozen, LAB, at('2026-11-25T12:00:00Z'))).toEqual({
    open: false,
    opensAt: '2026-12-01T00:00:00.000Z',
    rule: 'freezes.sales',
    reason: 'The freeze "sales" (the sales) lasts from 2026-11-20 to 2026-11-30 in UTC.',
  });
  expect(windowStateAt(frozen, LAB, at('2026-11-19T12:00:00Z'))).toEqual({
    open: true,
    closesAt: '2026-11-20T00:00:00.000Z',
  });
});

test('several devices are open together only while each has an open window', () => {
  const window = { timeZone: 'UTC', from: '01:00', to: '03:00' };
  const policy = policyOf({
    windows: {
      core: { ...window, appliesTo: { tags: ['core'] } },
      edge: { ...window, appliesTo: { tags: ['edge'] }, from: '02:00', to: '04:00' },
    },
  });
  const state = (time: string) => windowStateAt(policy, [CORE, EDGE], at(`2026-06-03T${time}Z`));
  expect(state('00:00:00')).toMatchObject({ open: false, opensAt: '2026-06-03T02:00:00.000Z' });
  expect(state('02:30:00')).toEqual({ open: true, closesAt: '2026-06-03T03:00:00.000Z' });
  expect(state('03:30:00')).toMatchObject({ open: false, rule: 'windows.core' });
});

test('tells names of time zones from offsets and from nonsense', () => {
  expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'].every(isTimeZone)).toBe(true);
  expect(['+01:00', 'Mars/Base', '', 'Europe/Berlin ', '../etc'].some(isTimeZone)).toBe(false);
});

/** With summer time north and south, half hours, a change of half an hour, one at midnight, none, and a day left out. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'America/St_Johns',
  'Africa/Cairo',
  'Asia/Beirut',
  'America/Santiago',
  'Pacific/Apia',
  'Pacific/Kiritimati',
  'UTC',
] as const;

const zone = constantFrom(...ZONES);
const instant = integer({ min: at('2009-01-01T00:00:00Z') / 60_000, max: at('2035-01-01T00:00:00Z') / 60_000 }).map(
  (minutes) => minutes * 60_000,
);
const clock = integer({ min: 0, max: 1439 }).map(
  (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
);
const window = tuple(zone, subarray([...DAYS], { minLength: 1 }), clock, clock)
  .filter(([, , from, to]) => from !== to)
  .map(([timeZone, days, from, to]): MaintenanceWindow => ({
    appliesTo: { all: true },
    timeZone,
    days,
    from,
    to,
    exceptions: [],
  }));

test('every minute has its place on the wall and is found there again', () => {
  assert(
    property(zone, instant, (timeZone, atMs) => {
      const { date, minute } = localTime(timeZone, atMs);
      expect(instantsOf(timeZone, date, minute)).toContain(atMs);
      expect(new Date(`${date}T00:00:00Z`).getUTCDay()).toBe(DAYS.indexOf(dayOf(date)));
      expect(addDays(addDays(date, 40), -40)).toBe(date);
    }),
  );
});

test('a window is open exactly while the clock on the wall is in it, whatever the zone does', () => {
  assert(
    property(window, instant, (given, atMs) => {
      const { date, minute } = localTime(given.timeZone, atMs);
      const minuteOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
      const [from, to] = [minuteOf(given.from), minuteOf(given.to)];
      const today = given.days.includes(dayOf(date));
      const yesterday = given.days.includes(dayOf(addDays(date, -1)));
      const expected =
        from < to ? today && minute >= from && minute < to : (today && minute >= from) || (yesterday && minute < to);
      expect(isInWindow(given, atMs)).toBe(expected);
    }),
  );
});

test('nothing changes between a time and the turn that is told for it, and at the turn it does', () => {
  const SAMPLES = 24;
  assert(
    property(window, instant, (given, atMs) => {
      const policy = { windows: { given }, freezes: {} };
      const state = windowStateAt(policy, CORE, atMs);
      const turn = Date.parse((state.open ? state.closesAt : state.opensAt) ?? '');
      expect(turn).toBeGreaterThan(atMs);
      for (let sample = 0; sample < SAMPLES; sample++) {
        const between = atMs + Math.floor(((turn - atMs) * sample) / SAMPLES);
        expect(isInWindow(given, between)).toBe(state.open);
      }
      expect(isInWindow(given, turn - 1_000)).toBe(state.open);
      expect(isInWindow(given, turn)).toBe(!state.open);
      expect(nextOpening(given, atMs)).toBe(state.open ? atMs : turn);
    }),
    { numRuns: 60 },
  );
});
