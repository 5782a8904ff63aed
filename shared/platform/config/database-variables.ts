import { z } from 'zod';

/** Variables of the database besides its URL. */
export const DATABASE_VARIABLES = {
  CONVOY_POSTGRES_OWNER_URL: {
    field: 'postgresOwnerUrl',
    about:
      'The database as its owner, for "convoy migrate" and "convoy audit prune" only: the role of CONVOY_POSTGRES_URL may not change the audit.',
    allowed: 'a postgres:// or postgresql:// URL that names a database',
    schema: z
      .string()
      .refine((text) => URL.canParse(text) && /^postgres(ql)?:\/\/.+\/.+/.test(text))
      .optional(),
    secret: true,
  },
} as const;
