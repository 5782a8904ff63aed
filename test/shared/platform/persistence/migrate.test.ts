import type { MikroORM } from '@mikro-orm/postgresql';
import { expect, onTestFinished, test } from 'vitest';
import { MIGRATIONS } from '../../../../shared/platform/persistence/migrations/index.ts';
import { migrate, openDatabase } from '../../../../shared/platform/persistence/database.ts';
import { createOrm } from '../../../../shared/platform/persistence/orm.ts';
import { freshDatabase, migrateAsOwner } from '../../../support/database.ts';

const ALL = MIGRATIONS.map(({ name }) => name);

test('applies every migration once and answers their names', async () => {
  const { up } = await openFreshDatabase();
  expect(await up()).toEqual(ALL);
  expect(await up()).toEqual([]);
});

test('lets several processes migrate at once: one does the work, the others wait for it', async () => {
  const { up } = await openFreshDatabase();
  const answers = await Promise.all([up(), up(), up(), up()]);
  expect(answers.flat()).toEqual(ALL);
});

test('leaves nothing behind when a migration fails', async () => {
  const { ownerUrl, up } = await openFreshDatabase();
  const orm = createOrm({ url: ownerUrl, poolMax: 1 });
  onTestFinished(() => orm.close());
  await orm.em.fork().execute('create table audit_event (seq int)');

  await expect(up()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
  const tables = await tablesOf(orm);
  expect(tables.filter((name) => name !== 'migration')).toEqual(['audit_event']);
  await orm.em.fork().execute('drop table audit_event');
  expect(await up()).toEqual(ALL);
});

test('makes the tables that the entities describe', async () => {
  const { ownerUrl, up } = await openFreshDatabase();
  await up();
  const orm = createOrm({ url: ownerUrl, poolMax: 1 });
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

test('numbers and chains the audit of an older database, whatever gaps it has', async () => {
  const { url, ownerUrl, up } = await openFreshDatabase();
  const orm = createOrm({ url: ownerUrl, poolMax: 1 });
  onTestFinished(() => orm.close());
  await orm.migrator.up({ to: '0008-retired-devices' });
  for (const seq of [2, 3, 7, 40]) {
    await orm.em.fork().execute(
      `insert into audit_event (seq, key, at, action, actor, outcome, details)
       values (?, ?, now(), 'x', 'olga', 'ok', '{"a":  "\\u00e9 é"}')`,
      [seq, `k${seq}`],
    );
  }
  await up();
  const opened = await openDatabase({ url });
  onTestFinished(() => opened.close());
  const { audit } = opened;
  expect((await audit.list({ limit: 10 })).map(({ seq, key }) => [seq, key])).toEqual([
    [4, 'k40'],
    [3, 'k7'],
    [2, 'k3'],
    [1, 'k2'],
  ]);
  await audit.append({ key: 'new', action: 'x', actor: 'olga', outcome: 'ok' });
  expect(await audit.verify()).toMatchObject({ ok: true, entries: 5 });
});

test('says SERVICE_UNAVAILABLE, without the password, when there is no database', async () => {
  const url = 'postgres://convoy:hunter2@127.0.0.1:1/convoy';
  for (const attempt of [
    (to: string) => migrate({ url: to, serviceRole: 'convoy' }),
    (to: string) => openDatabase({ url: to }),
  ]) {
    const error = await attempt(url).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: 'The database is not available.' });
    expect(JSON.stringify([String(error), String((error as Error).cause)])).not.toContain('hunter2');
  }
});

/** An empty database, dropped when the test ends. */
async function openFreshDatabase() {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  return { ...database, up: () => migrateAsOwner(database) };
}

async function tablesOf(orm: MikroORM): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .execute<{ name: string }[]>(`select tablename as name from pg_tables where schemaname = 'public' order by 1`);
  return rows.map(({ name }) => name);
}
