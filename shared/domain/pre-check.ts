import { z } from 'zod';

/** What is looked at before a plan may be decided on, in the order in which it is shown. */
export const PRE_CHECKS = [
  'reachable',
  'healthy',
  'supported',
  'unchanged_since',
  'unprotected',
  'policy',
  'window',
  'no_other_change',
  'no_other_plan',
  'snapshot',
  'guard',
] as const;

/**
 * One check of a plan, made when it was prepared. `warning`: people should read it before they decide. `refused`: the plan
 * was not made.
 */
export const PreCheck = z.strictObject({
  check: z.enum(PRE_CHECKS),
  result: z.enum(['ok', 'warning', 'refused']),
  /** In a sentence. */
  message: z.string(),
  /** Names of the devices it is about; none: it is about all of them. */
  devices: z.array(z.string()),
});
export type PreCheck = z.infer<typeof PreCheck>;
