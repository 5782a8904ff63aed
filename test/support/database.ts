import {
  createDatabase,
  dropDatabase,
  executeSql,
  quoteName,
  quoteText,
  withDatabase,
} from '../../cli/stack/postgres-admin.ts';
import { migrate, roleOf } from '../../shared/platform/persistence/database.ts';
import { testStack } from './test-stack.ts';
import { uniqueName } from './unique-name.ts';

/** A database of a test's or file's own. */
export interface TestDatabase {
  /** As Convoy's processes log in. */
  url: string;
  /** As the owner of the tables. */
  ownerUrl: string;
  /** Cuts all connections, and lets nobody connect until it is given back. */
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
  /** Cuts all connections and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database. Call `drop` in `onTestFinished` or `afterAll`. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { postgresAdminUrl, postgresUrl, postgresOwnerUrl } = testStack();
  const name = uniqueName('test').replace('-', '_');
  await createDatabase(postgresAdminUrl, name, roleOf(postgresOwnerUrl));
  return {
    url: withDatabase(postgresUrl, name),
    ownerUrl: withDatabase(postgresOwnerUrl, name),
    takeAway: async () =>
      void (await executeSql(postgresAdminUrl, [
        `alter database ${quoteName(name)} connection limit 0`,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${quoteText(name)}`,
      ])),
    giveBack: async () =>
      void (await executeSql(postgresAdminUrl, [`alter database ${quoteName(name)} connection limit -1`])),
    drop: () => dropDatabase(postgresAdminUrl, name),
  };
}

/** The same with all migrations applied. */
export async function migratedDatabase(): Promise<TestDatabase> {
  const database = await freshDatabase();
  await migrateAsOwner(database);
  return database;
}

/** Applies the migrations that the database lacks, and answers their names. */
export function migrateAsOwner({ url, ownerUrl }: Pick<TestDatabase, 'url' | 'ownerUrl'>): Promise<string[]> {
  return migrate({ url: ownerUrl, serviceRole: roleOf(url) });
}
