import { expect, onTestFinished, test } from 'vitest';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';
import { MIGRATIONS } from '../../../../shared/platform/persistence/migrations/index.ts';
import { openDatabase } from '../../../../shared/platform/persistence/database.ts';
import { createOrm } from '../../../../shared/platform/persistence/orm.ts';
import { freshDatabase, migrateAsOwner } from '../../../support/database.ts';
import { waitUntil } from '../../../support/wait-until.ts';

test('goes on by itself after the server cut every connection', async () => {
  const database = await openTestDatabase();
  await database.devices.insert(sampleDevice({ name: 'lab-01' }), 'x');
  const orm = createOrm({ url: database.url, poolMax: 1 });
  onTestFinished(() => orm.close());
  const cut = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;

  const during = Array.from({ length: 20 }, () => database.devices.find('lab-01').catch((error: unknown) => error));
  await orm.em.fork().execute(cut);
  for (const answer of await Promise.all(during)) {
    const { name, code } = answer as { name?: string; code?: string };
    expect(code ?? name).toMatch(/^(lab-01|SERVICE_UNAVAILABLE)$/);
  }
  await waitUntil('the database to answer again', () => database.ping().then(() => true));
  expect(await database.devices.find('lab-01')).toMatchObject({ name: 'lab-01' });
});

test('refuses a database that lacks migrations, and says what to do', async () => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  await expect(openDatabase({ url: database.url })).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: `The database lacks the migrations ${MIGRATIONS.map(({ name }) => name).join(', ')}.`,
    hint: 'Run "convoy migrate".',
  });
  await migrateAsOwner(database);
  const opened = await openDatabase({ url: database.url });
  await opened.close();
});

test('takes a database that has migrations of a newer program', async () => {
  const { url, ownerUrl } = await openTestDatabase();
  const orm = createOrm({ url: ownerUrl, poolMax: 1 });
  onTestFinished(() => orm.close());
  await orm.em.fork().execute(`insert into migration (name) values ('9999-of-tomorrow')`);
  const opened = await openDatabase({ url });
  await opened.close();
});

test.each([
  ['a wrong password', (url: URL) => void (url.password = 'hunter2'), /password authentication failed/],
  ['a database that is not there', (url: URL) => void (url.pathname = '/nowhere'), /"nowhere" does not exist/],
  ['TLS from a server without', (url: URL) => url.searchParams.set('sslmode', 'verify-full'), /does not support SSL/],
])('says INVALID_CONFIGURATION for %s, without the password', async (_, spoil, reason) => {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  const url = new URL(database.url);
  spoil(url);
  const error = await openDatabase({ url: url.href }).catch((failure: unknown) => failure);
  expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION', message: expect.stringMatching(reason) });
  expect(String(error)).toMatch(/CONVOY_POSTGRES_URL/);
  for (const password of ['hunter2', new URL(database.url).password]) expect(String(error)).not.toContain(password);
});

test('never uses more connections than it may', async () => {
  const { url } = await openTestDatabase();
  const database = await openDatabase({ url, poolMax: 2 });
  onTestFinished(() => database.close());
  const orm = createOrm({ url, poolMax: 1 });
  onTestFinished(() => orm.close());
  await Promise.all(Array.from({ length: 40 }, () => database.devices.list({ grants: [{ all: true }], limit: 1 })));
  const [row] = await orm.em
    .fork()
    .execute<{ count: string }[]>(
      `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
  // One more is the connection of the database the test was given.
  expect(Number(row?.count)).toBeLessThanOrEqual(3);
});

test('does not call the database away when it refuses a text it cannot hold', async () => {
  const database = await openTestDatabase();
  await expect(database.devices.find('one\0two')).rejects.toMatchObject({ code: 'INTERNAL_ERROR' });
});
