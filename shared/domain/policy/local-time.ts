const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** What clock and calendar of a time zone show. */
export interface LocalTime {
  /** `2026-03-29`. */
  date: string;
  /** Minutes since midnight by the clock on the wall, 0 to 1439. */
  minute: number;
}

export const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Day = (typeof DAYS)[number];

/** Whether it is the name of a time zone such as Europe/Berlin; an offset such as +01:00 is none, because it has no summer. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    clockOf(name);
    return true;
  } catch {
    return false;
  }
}

export function localTime(timeZone: string, atMs: number): LocalTime {
  const shown = wallMs(timeZone, atMs);
  const date = dateOf(shown);
  return { date, minute: Math.floor((shown - startOf(date)) / MINUTE_MS) };
}

export function dayOf(date: string): Day {
  return DAYS[new Date(startOf(date)).getUTCDay()]!;
}

export function addDays(date: string, days: number): string {
  return dateOf(startOf(date) + days * DAY_MS);
}

/**
 * When the zone's clock shows this minute of the date: never where it is put forward over it, twice where it is put back
 * over it. Minute 1440 is the midnight at the date's end.
 */
export function instantsOf(timeZone: string, date: string, minute: number): number[] {
  const wanted = startOf(date) + minute * MINUTE_MS;
  // No zone is further from UTC than this, so one of the offsets around holds.
  const offsets = new Set([-DAY_MS, 0, DAY_MS].map((away) => offsetMs(timeZone, wanted + away)));
  return [...offsets]
    .map((offset) => wanted - offset)
    .filter((instant) => wallMs(timeZone, instant) === wanted)
    .sort((one, other) => one - other);
}

/** When the zone's clock is put forward or back between the two times, of which there is at most one a day. */
export function clockChange(timeZone: string, fromMs: number, toMs: number): number | null {
  const offset = offsetMs(timeZone, fromMs);
  if (offsetMs(timeZone, toMs) === offset) return null;
  let before = fromMs;
  let after = toMs;
  while (after - before > 1_000) {
    const middle = Math.floor((before + after) / 2);
    if (offsetMs(timeZone, middle) === offset) before = middle;
    else after = middle;
  }
  // Clocks change on whole seconds.
  return Math.floor(after / 1_000) * 1_000;
}

function offsetMs(timeZone: string, atMs: number): number {
  return wallMs(timeZone, atMs) - Math.floor(atMs / 1_000) * 1_000;
}

/** What the zone's clock shows, read as if it were UTC; whole seconds. */
function wallMs(timeZone: string, atMs: number): number {
  const parts = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
  for (const { type, value } of clockOf(timeZone).formatToParts(atMs)) {
    if (type in parts) parts[type as keyof typeof parts] = Number(value);
  }
  return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
}

function dateOf(shownMs: number): string {
  return new Date(shownMs).toISOString().slice(0, 10);
}

function startOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making one takes a hundred times as long as asking it. Throws when there is no such zone. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'iso8601',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}
