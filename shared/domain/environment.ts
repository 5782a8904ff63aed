import { z } from 'zod';

/** Where a device lives; fixed when it is registered. */
export const Environment = z.enum(['lab', 'staging', 'prod']);
export type Environment = z.infer<typeof Environment>;
