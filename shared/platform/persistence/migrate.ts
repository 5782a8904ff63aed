import { createOrm } from './orm.ts';
import { translateDatabaseError } from './database-error.ts';
import { grantServiceRole } from './service-role.ts';

/** Any number will do, as long as nothing else on the server locks the same one: "convoy" in ASCII. */
const MIGRATION_LOCK = 0x63_6f_6e_76_6f_79;

export interface MigrateOptions {
  /** The owner of the tables. */
  url: string;
  /** The role of Convoy's processes, which gets what it needs and no more. */
  serviceRole: string;
  /** Applies these and no others. Default: all that are missing. */
  only?: readonly string[];
}

/**
 * Brings the database up to date and answers the names of the migrations it applied, oldest first. All of them apply or
 * none. When several processes ask at once, one migrates and the others wait and find nothing to do.
 */
export async function migrate({ url, serviceRole, only }: MigrateOptions): Promise<string[]> {
  // One connection holds the lock while the migrator works on others; a migration may take as long as it takes.
  const orm = createOrm({ url, poolMax: 3, statementTimeoutMs: 0 });
  try {
    await orm.connect();
    return await orm.em.fork().transactional(async (em) => {
      await em.execute('select pg_advisory_xact_lock(?)', [MIGRATION_LOCK]);
      const applied = await orm.migrator.up(only === undefined ? undefined : { migrations: [...only] });
      await grantServiceRole(em, serviceRole);
      return applied.map(({ name }) => name);
    });
  } catch (error) {
    throw translateDatabaseError(error);
  } finally {
    await orm.close();
  }
}

/** The role that a database URL logs in as. */
export function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}
