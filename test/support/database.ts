import { createDatabase, dropDatabase, withDatabase } from '../../cli/stack/postgres-admin.ts';
import { migrate } from '../../shared/platform/persistence/database.ts';
import { testStack } from './test-stack.ts';
import { uniqueName } from './unique-name.ts';

/** A database of a test's or file's own. */
export interface TestDatabase {
  url: string;
  /** Cuts all connections and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database owned by the application's role. Call `drop` in `onTestFinished` or `afterAll`. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { postgresAdminUrl, postgresUrl } = testStack();
  const name = uniqueName('test').replace('-', '_');
  await createDatabase(postgresAdminUrl, name, new URL(postgresUrl).username);
  return { url: withDatabase(postgresUrl, name), drop: () => dropDatabase(postgresAdminUrl, name) };
}

/** The same with all migrations applied. */
export async function migratedDatabase(): Promise<TestDatabase> {
  const database = await freshDatabase();
  await migrate(database.url);
  return database;
}
