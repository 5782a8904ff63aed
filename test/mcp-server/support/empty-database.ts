import { afterAll } from 'vitest';
import { executeSql, withDatabase } from '../../../cli/stack/postgres-admin.ts';
import { migratedDatabase, type TestDatabase } from '../../support/database.ts';
import { testStack } from '../../support/test-stack.ts';

/** As an administrator, because the audit trail refuses to be emptied by anybody else. */
const EMPTY_ALL = `
do $$
declare list text;
begin
  set local session_replication_role = replica;
  select string_agg(quote_ident(tablename), ', ') into list
    from pg_tables where schemaname = 'public' and tablename not like '%migration%';
  execute 'truncate ' || list || ' restart identity';
  insert into audit_head (id, seq, hash) values (1, 0, repeat('0', 64));
end $$`;

let ofThisFile: Promise<TestDatabase> | null = null;

afterAll(async () => {
  await (await ofThisFile)?.drop();
});

/** The file's own migrated database, empty: a test gets it as if it were new, at a fraction of the time. */
export async function emptyDatabase(): Promise<{ url: string }> {
  ofThisFile ??= migratedDatabase();
  const { url } = await ofThisFile;
  const name = new URL(url).pathname.slice(1);
  await executeSql(withDatabase(testStack().postgresAdminUrl, name), [EMPTY_ALL]);
  return { url };
}
