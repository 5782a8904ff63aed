/**
 * Seconds (with fractions) of a RouterOS duration: `1w2d3h4m5s`, `31s250ms`, `01:30:00`, `3d 00:10:00`, or plain seconds.
 * Null when absent, or when something else such as `none` or `never` stands in its place.
 */
export function toSeconds(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  const clock = /^(?:(\d+)w)?(?:(\d+)d)?\s*(\d+):(\d{2}):(\d{2}(?:\.\d+)?)$/.exec(text);
  if (clock) {
    const [weeks, days, hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0));
    return (weeks ?? 0) * 604_800 + (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  }
  if (!/^(\d+(ms|us|ns|w|d|h|m|s))+$/.test(text)) return null;
  let microseconds = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|us|ns|w|d|h|m|s)/g)) {
    microseconds += Number(amount) * MICROSECONDS_PER[unit as keyof typeof MICROSECONDS_PER];
  }
  return microseconds / 1e6;
}

const MICROSECONDS_PER = {
  w: 604_800e6,
  d: 86_400e6,
  h: 3600e6,
  m: 60e6,
  s: 1e6,
  ms: 1000,
  us: 1,
  ns: 0.001,
} as const;

/** Whole seconds as routers print a duration: `90` is `1m30s`, `0` is `0s`. */
export function durationText(seconds: number): string {
  let left = seconds;
  const parts = UNITS.map(([unit, length]) => {
    const amount = Math.floor(left / length);
    left -= amount * length;
    return amount === 0 ? '' : `${amount}${unit}`;
  });
  return parts.join('') || '0s';
}

const UNITS = [
  ['w', 604_800],
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;
