import type { Keyring } from '../encryption/keyring.ts';
import { open, seal } from '../encryption/envelope.ts';
import type { Database } from '../persistence/database.ts';
import { isDatabaseAway } from '../persistence/database-error.ts';
import type { Dependency } from './readiness.ts';

/** The database, with the newest migration it has had; degraded while it takes no writes. */
export function databaseDependency(database: Pick<Database, 'condition'>): Dependency {
  return {
    name: 'database',
    async check() {
      const { isReadOnly, schema } = await database.condition();
      const degraded = isReadOnly
        ? 'It is read-only: what is known can be read, and nothing can be changed.'
        : undefined;
      return { facts: { schema }, degraded };
    },
  };
}

/** Counting what each master key seals reads every credential. */
const COUNT_EVERY_MS = 60_000;

/** The master keys: whether the first one seals and opens, and whether one is missing that something stored needs. */
export function keyringDependency(
  keyring: Keyring,
  secrets: Pick<Database['secrets'], 'counts'>,
  now: () => number = Date.now,
): Dependency {
  let counted: { atMs: number; keyIds: string[] } | null = null;
  return {
    name: 'keyring',
    async check() {
      open(keyring, seal(keyring, 'readiness', 'readiness'), 'readiness');
      if (counted === null || now() - counted.atMs >= COUNT_EVERY_MS) {
        counted = await secrets.counts().then(
          (counts) => ({ atMs: now(), keyIds: counts.map(({ keyId }) => keyId) }),
          (error: unknown) => {
            // That the database is away is said of the database.
            if (isDatabaseAway(error)) return counted;
            throw error;
          },
        );
      }
      const isWhole = (counted?.keyIds ?? []).every((keyId) => keyring.ids.includes(keyId));
      return isWhole
        ? {}
        : { degraded: 'A master key is missing that stored secrets need; "convoy key status" names it.' };
    },
  };
}
