import { z } from 'zod';

const postgresUrl = z
  .string()
  .refine((text) => URL.canParse(text) && /^postgres(ql)?:\/\/.+\/.+/.test(text))
  .optional();
const POSTGRES_URL = 'a postgres:// or postgresql:// URL that names a database';

/** Variables of "convoy backup" alone: where Temporal keeps its histories, in which plans wait. */
export const BACKUP_VARIABLES = {
  CONVOY_TEMPORAL_POSTGRES_URL: {
    field: 'temporalPostgresUrl',
    about: 'Command line: the Temporal server\'s main database, for "convoy backup", as the owner of its tables.',
    allowed: POSTGRES_URL,
    schema: postgresUrl,
    secret: true,
  },
  CONVOY_TEMPORAL_VISIBILITY_POSTGRES_URL: {
    field: 'temporalVisibilityPostgresUrl',
    about:
      "Command line: the Temporal server's visibility database, likewise. Default: the main one's URL with \"_visibility\" behind the database's name.",
    allowed: POSTGRES_URL,
    schema: postgresUrl,
    secret: true,
  },
} as const;
