import { z } from 'zod';

const seconds = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.int().min(least).max(most));

/** Variables of how processes end. */
export const OPERATING_VARIABLES = {
  CONVOY_DRAIN_SECONDS: {
    field: 'drainSeconds',
    about:
      'A process that is told to end lets running work finish and is gone after so many seconds. Whoever ends it must wait longer before killing it: containers are given 30.',
    allowed: 'a whole number from 10 to 600',
    schema: seconds(10, 600).default(25),
  },
  CONVOY_DRAIN_LEAD_SECONDS: {
    field: 'drainLeadSeconds',
    about:
      'For the first of those seconds web processes and gateways still take connections, while /readyz says "draining": time for a load balancer to look elsewhere.',
    allowed: 'a whole number from 0 to 60',
    schema: seconds(0, 60).default(1),
  },
} as const;
