import { z } from 'zod';
import { addDays, dayOf, DAYS, isTimeZone, localTime } from './local-time.ts';
import { contradiction, listOf, oneOf, pattern, PolicyObject, text } from './policy-fields.ts';
import { AppliesTo } from './policy-target.ts';

/** IANA name of a time zone. */
export const TimeZone = text(64)
  .refine(isTimeZone, { error: 'the IANA name of a time zone such as Europe/Berlin or UTC' })
  .describe('IANA name of the time zone whose clock and calendar count, such as `Europe/Berlin` or `UTC`');

/** A time of the day such as `22:00`. */
export const Clock = pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as "22:00"');
/** As `Clock`, or `24:00`, the end of the day. */
export const ClockOrMidnight = pattern(
  /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
  'a time such as "05:30", or "24:00" for the end of the day',
);
const Day = pattern(/^\d{4}-\d{2}-\d{2}$/, 'a day such as "2026-12-24"').refine(
  (date) => !Number.isNaN(Date.parse(`${date}T00:00:00Z`)) && addDays(date, 0) === date,
  { error: 'a day of the calendar such as "2026-12-24"' },
);

const DateRange = PolicyObject({
  firstDay: Day.describe('First day, from its midnight on'),
  lastDay: Day.describe('Last day, to its midnight'),
  reason: text(200).optional().describe('Why, for whoever is refused'),
}).superRefine(refuseBackwards);

/** A time in which devices may be changed; the ones it applies to may not be changed outside of all their windows. */
export const MaintenanceWindow = PolicyObject({
  appliesTo: AppliesTo.describe('The devices it binds'),
  timeZone: TimeZone,
  days: listOf(oneOf(DAYS), `a list of ${DAYS.join(', ')}`)
    .default([...DAYS])
    .describe('Days on which it opens'),
  from: Clock.describe('When it opens, by the clock on the wall'),
  to: ClockOrMidnight.describe('When it closes; earlier than `from`, it is on the next day'),
  exceptions: z
    .array(DateRange, { error: 'a list of day ranges' })
    .default([])
    .describe('Days on which it does not open, and is closed from midnight to midnight'),
}).superRefine(({ from, to }, context) => {
  if (from !== to) return;
  contradiction(
    context,
    ['to'],
    'is the same as "from", so that the window would never open; for a whole day take "00:00" and "24:00"',
  );
});
export type MaintenanceWindow = z.output<typeof MaintenanceWindow>;

/** Days on which devices are not changed, whatever windows say. */
export const Freeze = PolicyObject({
  appliesTo: AppliesTo.describe('The devices that are not changed'),
  timeZone: TimeZone,
  ...DateRange.shape,
}).superRefine(refuseBackwards);
export type Freeze = z.output<typeof Freeze>;

/** Whether the window is open at the time. */
export function isInWindow({ timeZone, days, from, to, exceptions }: MaintenanceWindow, atMs: number): boolean {
  const { date, minute } = localTime(timeZone, atMs);
  const isExcepted = (day: string): boolean => exceptions.some((range) => isInRange(range, day));
  if (isExcepted(date)) return false;
  const opens = minuteOf(from);
  const closes = minuteOf(to);
  const opensOn = (day: string): boolean => days.includes(dayOf(day)) && !isExcepted(day);
  if (closes > opens) return opensOn(date) && minute >= opens && minute < closes;
  return (opensOn(date) && minute >= opens) || (opensOn(addDays(date, -1)) && minute < closes);
}

export function isFrozen(freeze: Freeze, atMs: number): boolean {
  return isInRange(freeze, localTime(freeze.timeZone, atMs).date);
}

/** Minutes of the day at which the window's state may change, besides midnight. */
export function turnsOf({ from, to }: Pick<MaintenanceWindow, 'from' | 'to'>): number[] {
  return [minuteOf(from), minuteOf(to)];
}

function isInRange({ firstDay, lastDay }: { firstDay: string; lastDay: string }, date: string): boolean {
  return date >= firstDay && date <= lastDay;
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

function refuseBackwards(range: { firstDay: string; lastDay: string }, context: z.RefinementCtx): void {
  if (range.lastDay >= range.firstDay) return;
  contradiction(context, ['lastDay'], `is before firstDay, which is ${range.firstDay}`);
}
