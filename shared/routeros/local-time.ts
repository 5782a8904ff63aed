import { unexpected } from './values.ts';

/** What a router's clock shows: routers print times of their own zone, without naming it. */
export interface RouterClock {
  /** `2026-09-27` */
  date: string;
  /** `10:03:11` */
  time: string;
  /** East of Greenwich. */
  offsetSeconds: number;
}

/** Reads the record of `/system/clock`; fails with DEVICE_REPLY_INVALID when a part is missing or malformed. */
export function toRouterClock(record: Readonly<Record<string, string | undefined>>): RouterClock {
  const date = toIsoDate(record['date'] ?? '');
  const time = record['time'] ?? '';
  if (date === null) throw unexpected(record['date'] ?? '', 'a date');
  if (!TIME.test(time)) throw unexpected(time, 'a time');
  return { date, time, offsetSeconds: toOffsetSeconds(record['gmt-offset']) };
}

/** `+01:00` or `-03:30` in seconds; absent is 0. */
export function toOffsetSeconds(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  const match = /^([+-])(\d{1,2}):(\d{2})$/.exec(text);
  if (!match) throw unexpected(text, 'an offset such as "+01:00"');
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 3600 + Number(match[3]) * 60);
}

/**
 * ISO 8601 (UTC) of a time a router printed: `2026-09-27 10:03:11`; before 7.10 `sep/27/2026 10:03:11`, without the year
 * when it is this year's, and the bare time when it is today's. Takes the clock's present offset, so an entry from
 * before a change to summer time is an hour off. Null for a text that is no time.
 */
export function toIsoTime(text: string | undefined, clock: RouterClock): string | null {
  const words = (text ?? '').trim().split(/\s+/);
  const time = words.pop() ?? '';
  if (!TIME.test(time) || words.length > 1) return null;
  const date = words[0] === undefined ? clock.date : dateOf(words[0], clock);
  if (date === null) return null;
  const epochMs = Date.parse(`${date}T${time}Z`) - clock.offsetSeconds * 1000;
  return Number.isNaN(epochMs) ? null : new Date(Math.min(epochMs, LAST_WRITABLE_MS)).toISOString();
}

function dateOf(text: string, clock: RouterClock): string | null {
  const withoutYear = /^([a-z]{3})\/(\d{2})$/i.test(text);
  if (!withoutYear) return toIsoDate(text);
  const thisYear = toIsoDate(`${text}/${clock.date.slice(0, 4)}`);
  // A date later than today without a year is of last year.
  return thisYear !== null && thisYear > clock.date
    ? toIsoDate(`${text}/${Number(clock.date.slice(0, 4)) - 1}`)
    : thisYear;
}

function toIsoDate(text: string): string | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
  const match = /^([a-z]{3})\/(\d{2})\/(\d{4})$/i.exec(text);
  const month = MONTHS.indexOf((match?.[1] ?? '').toLowerCase());
  if (!match || month === -1) return null;
  return `${match[3]}-${String(month + 1).padStart(2, '0')}-${match[2]}`;
}

/** Certificates without an end name the last second of 9999, which west of Greenwich is already a year of five digits. */
const LAST_WRITABLE_MS = Date.UTC(9999, 11, 31, 23, 59, 59);
const TIME = /^\d{2}:\d{2}:\d{2}(\.\d{1,3})?$/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
