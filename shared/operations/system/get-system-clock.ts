import { z } from 'zod';
import { toIsoTime, toRouterClock } from '../../routeros/local-time.ts';
import { toBoolean } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Time, Word } from '../output-fields.ts';

const CLOCK = '/system/clock';

export const getSystemClock = defineRead({
  name: 'get_system_clock',
  title: 'System clock',
  summary: "A router's date and time with its time zone; use it to see whether a clock is wrong.",
  toolset: 'system',
  phase: 1,
  paths: [CLOCK],
  input: z.strictObject({}),
  output: z.strictObject({
    time: Time,
    localDate: Word,
    localTime: Word,
    timeZone: Word.nullable(),
    timeZoneAutodetect: z.boolean(),
    utcOffsetSeconds: z.number(),
    daylightSaving: z.boolean(),
  }),
  example: {},
  handler: async (router) => {
    const record = await router.get(CLOCK);
    const clock = toRouterClock(record);
    return {
      time: toIsoTime(clock.time, clock),
      localDate: clock.date,
      localTime: clock.time,
      timeZone: record['time-zone-name'] ?? null,
      timeZoneAutodetect: toBoolean(record['time-zone-autodetect']),
      utcOffsetSeconds: clock.offsetSeconds,
      daylightSaving: toBoolean(record['dst-active']),
    };
  },
});
