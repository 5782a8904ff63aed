import { createDatabase, dropDatabase, withDatabase } from '../../cli/stack/postgres-admin.ts';
import { migrate, roleOf } from '../../shared/platform/persistence/database.ts';
import { testStack } from './test-stack.ts';
import { uniqueName } from './unique-name.ts';

/** A database of a test's or file's own. */
export interface TestDatabase {
  /** As Convoy's processes log in. */
  url: string;
  /** As the owner of the tables. */
  ownerUrl: string;
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
