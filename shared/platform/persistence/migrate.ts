import { createOrm } from './orm.ts';
import { translateDatabaseError } from './database-error.ts';

/** Any number will do, as long as nothing else on the server locks the same one: "convoy" in ASCII. */
const MIGRATION_LOCK = 0x63_6f_6e_76_6f_79;

/**
 * Brings the database up to date and answers the names of the migrations it applied, oldest first. All of them apply or
 * none. When several processes ask at once, one migrates and the others wait and find nothing to do.
 */
export async function migrate(url: string): Promise<string[]> {
  // One connection holds the lock while the migrator works on others; a migration may take as long as it takes.
  const orm = createOrm({ url, poolMax: 3, statementTimeoutMs: 0 });
  try {
    await orm.connect();
    return await orm.em.fork().transactional(async (em) => {
      await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      const applied = await orm.migrator.up();
      return applied.map(({ name }) => name);
    });
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    await orm.close();
  }
}
