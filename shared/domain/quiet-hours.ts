import { DAYS, isTimeZone } from './policy/local-time.ts';
import { contradiction, listOf, oneOf, PolicyObject } from './policy/policy-fields.ts';
import { Clock, ClockOrMidnight, isInWindow, TimeZone, type MaintenanceWindow } from './policy/window-rules.ts';
import { nextClosing, nextOpening } from './policy/windows.ts';
import { CRITICAL_EVENTS, TOLD_EVENTS } from './told-event.ts';
import type { z } from 'zod';

/** A time of the week in which an endpoint is told of nothing but what is critical. */
export const QuietHours = PolicyObject({
  timeZone: TimeZone,
  days: listOf(oneOf(DAYS), `a list of ${DAYS.join(', ')}`)
    .default([...DAYS])
    .describe('Days on which they begin'),
  from: Clock.describe('When they begin, by the clock on the wall'),
  to: ClockOrMidnight.describe('When they end; earlier than `from`, it is on the next day'),
  except: listOf(oneOf(TOLD_EVENTS), `a list of ${TOLD_EVENTS.join(', ')}`)
    .default([...CRITICAL_EVENTS])
    .describe('What is told all the same'),
}).superRefine((hours, context) => {
  if (hours.from === hours.to) {
    contradiction(context, ['to'], 'is the same as "from", so that it would never be quiet; leave "quietHours" out');
  } else if (isTimeZone(hours.timeZone) && endOf(hours, 0) === null) {
    contradiction(context, [], 'never end, so that nothing would be told; leave hours in which it is');
  }
});
export type QuietHours = z.output<typeof QuietHours>;

/** Whether it is quiet at the time, milliseconds since 1970. */
export function isQuiet(hours: QuietHours, atMs: number): boolean {
  return isInWindow(windowOf(hours), atMs);
}

/** When the quiet hours that hold at the time, or the next ones, end; null when they never do. */
export function endOf(hours: QuietHours, atMs: number): number | null {
  const window = windowOf(hours);
  const opening = nextOpening(window, atMs);
  return opening === null ? null : nextClosing(window, opening);
}

/** Whether it was quiet at any time from the first to the second, the second left out. */
export function wasQuiet(hours: QuietHours, fromMs: number, toMs: number): boolean {
  if (fromMs >= toMs) return false;
  const opening = nextOpening(windowOf(hours), fromMs);
  return opening !== null && opening < toMs;
}

function windowOf({ timeZone, days, from, to }: QuietHours): MaintenanceWindow {
  return { timeZone, days, from, to, exceptions: [], appliesTo: { all: true } };
}
