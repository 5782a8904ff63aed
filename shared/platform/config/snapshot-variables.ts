import { z } from 'zod';
import { cronLineProblem } from '../../domain/cron-line.ts';
import { isTimeZone } from '../../domain/policy/local-time.ts';

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** The line; null for `off`. */
const cronLine = z.string().transform((given, context) => {
  if (given === 'off') return null;
  const why = cronLineProblem(given);
  if (why === null) return given;
  context.addIssue({ code: 'custom', params: { why } });
  return z.NEVER;
});

/** Variables of the configurations that are saved when nobody asks. */
export const SNAPSHOT_VARIABLES = {
  CONVOY_SNAPSHOT_SCHEDULE: {
    field: 'snapshotSchedule',
    about: 'When the configuration of every router is saved; the same for all workers.',
    allowed: '"off", or a cron line of five fields in numbers that comes at most once an hour, such as "0 2 * * *"',
    schema: cronLine.prefault('0 2 * * *'),
  },
  CONVOY_SNAPSHOT_TIME_ZONE: {
    field: 'snapshotTimeZone',
    about: 'Whose clock that line means. A time that a clock skips in spring is skipped.',
    allowed: 'the IANA name of a time zone such as Europe/Berlin or UTC',
    schema: z
      .string()
      .refine(isTimeZone, { params: { why: 'no such time zone is known' } })
      .default('UTC'),
  },
  CONVOY_SNAPSHOT_SPREAD_SECONDS: {
    field: 'snapshotSpreadSeconds',
    about: 'The routers are 20 cohorts, each of which begins at its own moment within so many seconds after that time.',
    allowed: 'a whole number from 0 to 21600',
    schema: whole(0, 21_600).default(3_600),
  },
  CONVOY_SNAPSHOT_KEEP_DAYS: {
    field: 'snapshotKeepDays',
    about:
      "Saved configurations are removed after so many days, but never a router's newest one or one that is needed.",
    allowed: 'a whole number from 1 to 3650',
    schema: whole(1, 3_650).default(90),
  },
  CONVOY_SNAPSHOT_KEEP_COUNT: {
    field: 'snapshotKeepCount',
    about: 'Saved configurations that are kept of one router; older ones are removed as if they were too old.',
    allowed: 'a whole number from 1 to 10000',
    schema: whole(1, 10_000).default(100),
  },
} as const;
