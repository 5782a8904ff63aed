import type { FieldType } from '../../engine/definition.ts';
import { noMatch } from '../../engine/router-error.ts';
import { localTime } from '../../values/local-time.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Days of the week in their order; an empty list means all of them. */
export const weekdays: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const given = input.split(',').filter((day) => day !== '');
    if (!given.every((day) => DAYS.includes(day))) throw noMatch(field);
    return DAYS.filter((day) => given.includes(day)).join(',');
  },
};

/** Is an instant on one of the days, by the wall clock of a zone? */
export function isOnDay(days: string, epochMs: number, zone: string): boolean {
  if (days === '') return true;
  const weekday = (new Date(`${localTime(epochMs, zone).date}T00:00:00Z`).getUTCDay() + 6) % 7;
  return days.split(',').includes(DAYS[weekday] ?? '');
}
