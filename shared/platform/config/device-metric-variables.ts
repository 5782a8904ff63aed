import { z } from 'zod';

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** Variables of what routers measure over time. */
export const DEVICE_METRIC_VARIABLES = {
  CONVOY_DEVICE_METRICS_SECONDS: {
    field: 'deviceMetricsSeconds',
    about:
      'What every registered router measures is collected once in so many seconds; the same for all workers. 0: nothing is collected.',
    allowed: '0, or a whole number from 30 to 3600',
    schema: whole(0, 3_600)
      .refine((seconds) => seconds === 0 || seconds >= 30)
      .default(300),
  },
  CONVOY_DEVICE_METRICS_RAW_DAYS: {
    field: 'deviceMetricsRawDays',
    about: 'Values as they were collected are kept for so many days.',
    allowed: 'a whole number from 2 to 366',
    schema: whole(2, 366).default(7),
  },
  CONVOY_DEVICE_METRICS_HOURLY_DAYS: {
    field: 'deviceMetricsHourlyDays',
    about: 'The minimum, average, maximum and last value of each hour are kept for so many days.',
    allowed: 'a whole number from 2 to 3660',
    schema: whole(2, 3_660).default(90),
  },
  CONVOY_DEVICE_METRICS_DAILY_DAYS: {
    field: 'deviceMetricsDailyDays',
    about: 'The same of each day (UTC) are kept for so many days.',
    allowed: 'a whole number from 2 to 3660',
    schema: whole(2, 3_660).default(1_098),
  },
} as const;
