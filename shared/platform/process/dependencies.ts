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
/** Below the time that `/readyz` gives to each dependency: a database that says nothing is no fault of the keys. */
const COUNT_PATIENCE_MS = 2000;

/** The master keys: whether the first one seals and opens, and whether one is missing that something stored needs. */
export function keyringDependency(
  keyring: Keyring,
  secrets: Pick<Database['secrets'], 'counts'>,
  now: () => number = () => performance.now(),
): Dependency {
  let counted: { atMs: number; keyIds: string[] } | null = null;
  let counting: Promise<void> | null = null;
  async function count(): Promise<void> {
    const counts = await secrets.counts().catch((error: unknown) => {
      // That the database is away is said of the database.
      if (isDatabaseAway(error)) return null;
      throw error;
    });
    if (counts !== null) counted = { atMs: now(), keyIds: counts.map(({ keyId }) => keyId) };
  }
  return {
    name: 'keyring',
    async check() {
      open(keyring, seal(keyring, 'readiness', 'readiness'), 'readiness');
      if (counted === null || now() - counted.atMs >= COUNT_EVERY_MS) {
        counting ??= count().finally(() => {
          counting = null;
        });
        await inTime(counting);
      }
      const isWhole = (counted?.keyIds ?? []).every((keyId) => keyring.ids.includes(keyId));
      return isWhole
        ? {}
        : { degraded: 'A master key is missing that stored secrets need; "convoy key status" names it.' };
    },
  };
}

/** Waits for work, or no longer than for `COUNT_PATIENCE_MS`; the work goes on. */
async function inTime(work: Promise<void>): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, COUNT_PATIENCE_MS);
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
