import { onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../../../shared/platform/persistence/database.ts';
import { migratedDatabase } from '../../../support/database.ts';

/** A migrated database of the calling test's own, closed and dropped when the test ends. */
export async function openTestDatabase(): Promise<Database & { url: string; ownerUrl: string }> {
  const migrated = await migratedDatabase();
  onTestFinished(() => migrated.drop());
  const database = await openDatabase({ url: migrated.url });
  onTestFinished(() => database.close());
  return { ...database, url: migrated.url, ownerUrl: migrated.ownerUrl };
}
