const UNIT_MS = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001 } as const;

type Unit = keyof typeof UNIT_MS;

/**
 * Reads a RouterOS duration: `1w2d3h4m5s`, `100ms`, `01:30:00`, `3d 00:10:00`, or plain seconds.
 * Returns milliseconds, or undefined when the text is none of these.
 */
export function parseDurationMs(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const clock = /^(?:(\d+)w)?(?:(\d+)d)?\s*(\d+):(\d{2}):(\d{2})(?:\.(\d{1,3}))?$/.exec(text);
  if (clock) {
    const [weeks, days, hours, minutes, seconds] = clock.slice(1, 6).map((part) => Number(part ?? 0));
    const milliseconds = Number((clock[6] ?? '').padEnd(3, '0') || 0);
    return (
      (weeks ?? 0) * UNIT_MS.w +
      (days ?? 0) * UNIT_MS.d +
      (hours ?? 0) * UNIT_MS.h +
      (minutes ?? 0) * UNIT_MS.m +
      (seconds ?? 0) * UNIT_MS.s +
      milliseconds
    );
  }
  if (!/^(\d+(w|d|h|ms|us|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+)(ms|us|w|d|h|m|s)/g)) {
    total += Number(amount) * UNIT_MS[unit as Unit];
  }
  return total;
}

/** Prints milliseconds as RouterOS does: `1w2d3h4m5s`, parts that are zero left out, `0s` for nothing. */
export function formatDuration(milliseconds: number): string {
  let restUs = Math.round(milliseconds * 1000);
  let text = '';
  for (const [unit, unitMs] of Object.entries(UNIT_MS)) {
    const unitUs = Math.round(unitMs * 1000);
    const amount = Math.floor(restUs / unitUs);
    if (amount > 0) text += `${amount}${unit}`;
    restUs -= amount * unitUs;
  }
  return text === '' ? '0s' : text;
}
