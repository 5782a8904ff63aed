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
  CONVOY_READS_WITHOUT_DATABASE_SECONDS: {
    field: 'readsWithoutDatabaseSeconds',
    about:
      'While the database is away, a web process lets people read routers for so long by the registry, grants and revocations that it last knew; everything else is refused. 0: reads are refused too.',
    allowed: 'a whole number from 0 to 86400',
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.int().min(0).max(86_400))
      .default(900),
  },
} as const;
