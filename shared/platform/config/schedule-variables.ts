import { z } from 'zod';

/** Seconds between two runs; 0 is never. */
const interval = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().max(most))
    .refine((seconds) => seconds === 0 || seconds >= least);

/** Variables of what runs when nobody asks. */
export const SCHEDULE_VARIABLES = {
  CONVOY_NOTIFICATION_INTERVAL_SECONDS: {
    field: 'notificationIntervalSeconds',
    about:
      'Once in so many seconds endpoints of webhooks are told of what happened in the fleet; the same for all workers. 0: they are told of plans only.',
    allowed: '0, or a whole number from 1 to 300',
    schema: interval(1, 300).default(10),
  },
  CONVOY_HEALTH_INTERVAL_SECONDS: {
    field: 'healthIntervalSeconds',
    about:
      'Every registered router is asked for its health once in so many seconds; the same for all workers. 0: nobody asks.',
    allowed: '0, or a whole number from 10 to 86400',
    schema: interval(10, 86_400).default(300),
  },
  CONVOY_DRIFT_INTERVAL_SECONDS: {
    field: 'driftIntervalSeconds',
    about:
      'Every router that has a baseline is compared with it once in so many seconds, and so are the routers of a plan when it ends. 0: only when somebody asks.',
    allowed: '0, or a whole number from 600 to 604800',
    schema: interval(600, 604_800).default(21_600),
  },
} as const;
