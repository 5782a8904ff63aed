/** Date and time on the wall of a time zone. */
export type LocalTime = { readonly date: string; readonly time: string; readonly offsetMinutes: number };

/** The wall clock of a zone at an instant (milliseconds since 1970, UTC): ISO date, time to the second. */
export function localTime(epochMs: number, zone: string): LocalTime {
  const offsetMinutes = zoneOffsetMinutes(epochMs, zone);
  const shifted = new Date(epochMs + offsetMinutes * 60_000).toISOString();
  return { date: shifted.slice(0, 10), time: shifted.slice(11, 19), offsetMinutes };
}

/** `2026-09-27 10:03:11`: how RouterOS prints an instant since 7.10. */
export function formatLocal(epochMs: number, zone: string): string {
  const { date, time } = localTime(epochMs, zone);
  return `${date} ${time}`;
}

/** The instant at which the wall clock of a zone shows this date and time. */
export function fromLocal(date: string, time: string, zone: string): number {
  const asUtc = Date.parse(`${date}T${time}Z`);
  const guess = asUtc - zoneOffsetMinutes(asUtc, zone) * 60_000;
  return asUtc - zoneOffsetMinutes(guess, zone) * 60_000;
}

/** `+01:00` */
export function formatOffset(minutes: number): string {
  const absolute = Math.abs(minutes);
  const two = (number: number): string => String(Math.trunc(number)).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(absolute / 60)}:${two(absolute % 60)}`;
}

/** Does this machine's time zone database know the name? */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Is the zone on summer time at the instant? */
export function isSummerTime(epochMs: number, zone: string): boolean {
  const year = new Date(epochMs).getUTCFullYear();
  const winter = Math.min(zoneOffsetMinutes(Date.UTC(year, 0, 1), zone), zoneOffsetMinutes(Date.UTC(year, 6, 1), zone));
  return zoneOffsetMinutes(epochMs, zone) !== winter;
}

/** The zone of a new router. */
export const UTC = 'Etc/UTC';

const formatters = new Map<string, Intl.DateTimeFormat>();

function zoneOffsetMinutes(epochMs: number, zone: string): number {
  if (zone === UTC) return 0;
  let formatter = formatters.get(zone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    formatters.set(zone, formatter);
  }
  const name = formatter.formatToParts(epochMs).find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  const match = /^GMT([+-])(\d{2}):(\d{2})/.exec(name);
  if (!match) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}
