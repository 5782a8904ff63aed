import { z } from 'zod';

/** Variables of what a deployment allows. */
export const POLICY_VARIABLES = {
  CONVOY_POLICY_FILE: {
    field: 'policyFile',
    about:
      'The YAML file with the policy of this deployment; the same for all processes. Not set: entries marked "convoy:protected" are left alone, and nothing else is restricted.',
    allowed: 'the path of a file',
    schema: z.string().min(1).optional(),
  },
  CONVOY_WEBHOOKS_FILE: {
    field: 'webhooksFile',
    about:
      'The YAML file with the endpoints that are told of plans, and when people are reminded of those that wait for approval; the same for all workers. Not set: nobody is told.',
    allowed: 'the path of a file',
    schema: z.string().min(1).optional(),
  },
} as const;
