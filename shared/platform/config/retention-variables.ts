import { z } from 'zod';

/** Days; null for 0, which is for ever. */
const keepDays = (standard: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .pipe(z.int().max(36_500))
    .transform((days) => (days === 0 ? null : days))
    .prefault(String(standard));
const ALLOWED = 'a whole number from 1 to 36500, or 0 for ever';

/** Variables of how long what is over is kept; the same for all workers. The audit has "convoy audit prune" instead. */
export const RETENTION_VARIABLES = {
  CONVOY_RETENTION_HOUR: {
    field: 'retentionHour',
    about: 'The hour of the day (UTC) in which what is kept no longer is removed; "off": never.',
    allowed: 'a whole number from 0 to 23, or off',
    schema: z
      .string()
      .regex(/^(\d|1\d|2[0-3]|off)$/)
      .transform((text) => (text === 'off' ? null : Number(text)))
      .prefault('4'),
  },
  CONVOY_KEEP_PLANS_DAYS: {
    field: 'keepPlansDays',
    about:
      'Plans that are over and cannot be taken back any more are kept so long, with what was read, written and told of them.',
    allowed: ALLOWED,
    schema: keepDays(400),
  },
  CONVOY_KEEP_STOPS_DAYS: {
    field: 'keepStopsDays',
    about: 'Emergency stops are kept so long after they were lifted.',
    allowed: ALLOWED,
    schema: keepDays(400),
  },
  CONVOY_KEEP_ROTATIONS_DAYS: {
    field: 'keepRotationsDays',
    about: 'Changes of logins of routers are kept so long after they ended; they hold no password then.',
    allowed: ALLOWED,
    schema: keepDays(90),
  },
  CONVOY_KEEP_WEBHOOK_EVENTS_DAYS: {
    field: 'keepWebhookEventsDays',
    about: 'What webhook endpoints were told, or could not be told, is kept so long; until then it can be sent again.',
    allowed: '7 to 90',
    schema: z
      .string()
      .regex(/^\d{1,2}$/)
      .transform(Number)
      .pipe(z.int().min(7).max(90))
      .prefault('90'),
  },
} as const;
