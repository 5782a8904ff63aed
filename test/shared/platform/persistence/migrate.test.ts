import type { MikroORM } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../../../../shared/platform/persistence/migrations/index.ts';
import { migrate, openDatabase } from '../../../../shared/platform/persistence/database.ts';
import { createOrm } from '../../../../shared/platform/persistence/orm.ts';
import { freshDatabase } from '../../../support/database.ts';

const ALL = MIGRATIONS.map(({ name }) => name);

test('applies every migration once and answers their names', async () => {
  const url = await openFreshDatabase();
  expect(await migrate(url)).toEqual(ALL);
  expect(await migrate(url)).toEqual([]);
});

test('lets several processes migrate at once: one does the work, the others wait for it', async () => {
  const url = await openFreshDatabase();
  const answers = await Promise.all([migrate(url), migrate(url), migrate(url), migrate(url)]);
  expect(answers.flat()).toEqual(ALL);
});

test('leaves nothing behind when a migration fails', async () => {
  const url = await openFreshDatabase();
  const orm = createOrm({ url, poolMax: 1 });
  onTestFinished(() => orm.close());
  await orm.em.fork().execute('create table audit_event (seq int)');

  await expect(migrate(url)).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  const tables = await tablesOf(orm);
  expect(tables.filter((name) => name !== 'migration')).toEqual(['audit_event']);
  await orm.em.fork().execute('drop table audit_event');
  expect(await migrate(url)).toEqual(ALL);
});

test('makes the tables that the entities describe', async () => {
  const url = await openFreshDatabase();
  await migrate(url);
  const orm = createOrm({ url, poolMax: 1 });
  onTestFinished(() => orm.close());
  const difference = await orm.schema.getUpdateSchemaSQL({ wrap: false });
  // The entities know no relations and no triggers; the migrations make both.
  const statements = difference
    .split(';')
    .map((statement) => statement.trim())
    .filter(
      (statement) =>
        statement !== '' &&
        !/drop constraint ".*_fkey"$|^drop (trigger|table "migration")|^drop function/.test(statement),
    );
  expect(statements).toEqual([]);
});

test('says SERVICE_UNAVAILABLE, without the password, when there is no database', async () => {
  const url = 'postgres://convoy:hunter2@127.0.0.1:1/convoy';
  for (const attempt of [migrate, (to: string) => openDatabase({ url: to })]) {
    const error = await attempt(url).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: 'The database is not available.' });
    expect(JSON.stringify([String(error), String((error as Error).cause)])).not.toContain('hunter2');
  }
});

/** An empty database, dropped when the test ends. */
async function openFreshDatabase(): Promise<string> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  return database.url;
}

async function tablesOf(orm: MikroORM): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .execute<{ name: string }[]>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  return rows.map(({ name }) => name);
}
