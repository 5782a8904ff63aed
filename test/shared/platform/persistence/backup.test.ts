import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { executeSql } from '../../../../cli/stack/postgres-admin.ts';
import { readManifest } from '../../../../shared/platform/backup/archive.ts';
import { createBackup, type TemporalStore } from '../../../../shared/platform/backup/create-backup.ts';
import { loadRows } from '../../../../shared/platform/backup/load-rows.ts';
import { connect } from '../../../../shared/platform/backup/postgres-snapshot.ts';
import { restoreBackup } from '../../../../shared/platform/backup/restore-backup.ts';
import { seal } from '../../../../shared/platform/encryption/envelope.ts';
import { newMasterKey, parseKeyring, type Keyring } from '../../../../shared/platform/encryption/keyring.ts';
import { openDatabase } from '../../../../shared/platform/persistence/database.ts';
import { freshDatabase, type TestDatabase } from '../../../support/database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { openTestDatabase } from './open-test-database.ts';
import { sampleDevice } from './sample-device.ts';

const KEYRING = parseKeyring(newMasterKey('k1'));
const ELSEWHERE: TemporalStore = { kind: 'elsewhere' };
/** What Temporal's own tables are made of: numbers that grow by themselves, bytes, columns the server computes. */
const TEMPORAL_TABLES = [
  'create table schema_version (version_partition int primary key, curr_version text not null)',
  "insert into schema_version values (0, '1.18')",
  'create table current_executions (workflow_id text primary key, run_id bytea not null)',
  'create table buffered_events (id bigserial primary key, data bytea not null)',
  `create table executions_visibility (run_id text primary key, search_attributes jsonb null,
     kind text generated always as (search_attributes ->> 'kind') stored)`,
];

async function empty(): Promise<TestDatabase> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  return database;
}

async function temporalDatabase(): Promise<string> {
  const { ownerUrl } = await empty();
  await executeSql(ownerUrl, TEMPORAL_TABLES);
  return ownerUrl;
}

async function target(): Promise<string> {
  return path.join(await temporaryFolder(), 'backup.tar');
}

/** A database with a device, its login, a split table and an audit. */
async function filled() {
  const database = await openTestDatabase();
  const device = sampleDevice({ name: 'lab-01' });
  await database.devices.insert(device, seal(KEYRING, '{"username":"u","password":"p"}', device.deviceId));
  for (const key of ['a', 'b', 'c']) await database.audit.append({ key, action: key, actor: 'olga', outcome: 'ok' });
  return { database, device };
}

test('everything comes back as it was, in a database that was empty, and the chain of the audit goes on', async () => {
  const { database, device } = await filled();
  const main = await temporalDatabase();
  const visibility = await temporalDatabase();
  await executeSql(main, [
    `insert into current_executions values ('plan/1', '\\x00ff0a5c'), ('tab\there', '\\x')`,
    `insert into buffered_events (data) values ('\\x01'), ('\\x02')`,
  ]);
  await executeSql(visibility, [
    `insert into executions_visibility (run_id, search_attributes) values ('r', '{"kind":"x"}')`,
  ]);
  const file = await target();
  const created = await createBackup({
    file,
    postgresUrl: database.url,
    temporal: { kind: 'postgres', url: main, visibilityUrl: visibility },
    keyring: KEYRING,
    convoyVersion: '0.1.0',
  });
  expect(created.manifest).toMatchObject({ neededKeyIds: ['k1'], audit: { seq: 3 } });
  expect((await readFile(file)).includes(KEYRING.first.key.toString('base64'))).toBe(false);
  // Later than the backup, so that it is not in it.
  await database.audit.append({ key: 'd', action: 'd', actor: 'olga', outcome: 'ok' });

  const convoy = await empty();
  const stores = { url: await temporalDatabase(), visibilityUrl: await temporalDatabase() };
  const restored = await restoreBackup({
    file,
    postgresUrl: convoy.url,
    postgresOwnerUrl: convoy.ownerUrl,
    temporal: { kind: 'postgres', ...stores },
    keyring: KEYRING,
  });
  expect(restored.auditEntries).toBe(3);
  const back = await openDatabase({ url: convoy.url, poolMax: 2 });
  onTestFinished(() => back.close());
  expect(await back.devices.get(device.deviceId)).toEqual(await database.devices.get(device.deviceId));
  expect(await back.credentials.get(device.deviceId)).toBe(await database.credentials.get(device.deviceId));
  await back.audit.append({ key: 'e', action: 'e', actor: 'olga', outcome: 'ok' });
  expect(await back.audit.verify()).toMatchObject({ ok: true, through: { seq: 4 } });
  const [executions, next] = await executeSql(stores.url, [
    `select workflow_id, encode(run_id, 'hex') as run from current_executions order by 1`,
    `insert into buffered_events (data) values ('') returning id`,
  ]);
  expect(executions).toEqual([
    { workflow_id: 'plan/1', run: '00ff0a5c' },
    { workflow_id: 'tab\there', run: '' },
  ]);
  expect(next).toEqual([{ id: '3' }]);
  const [visible] = await executeSql(stores.visibilityUrl, ['select kind from executions_visibility']);
  expect(visible).toEqual([{ kind: 'x' }]);
});

test('nothing is changed by a file that is cut off or altered, by a wrong key, or while somebody uses the database', async () => {
  const { database } = await filled();
  const file = await target();
  const options = { file, postgresUrl: database.url, temporal: ELSEWHERE, keyring: KEYRING, convoyVersion: '0.1.0' };
  await createBackup(options);
  await expect(createBackup(options)).rejects.toMatchObject({ code: 'CONFLICT' });
  const convoy = await empty();
  const restore = (from: string, keyring: Keyring = KEYRING) =>
    restoreBackup({
      file: from,
      postgresUrl: convoy.url,
      postgresOwnerUrl: convoy.ownerUrl,
      temporal: ELSEWHERE,
      keyring,
    });

  const whole = await readFile(file);
  const cut = `${file}.cut`;
  await writeFile(cut, whole.subarray(0, whole.length - 3_000));
  await expect(restore(cut)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  const altered = `${file}.altered`;
  const at = whole.indexOf('convoy/audit_event/000001.gz') + 700;
  await writeFile(
    altered,
    Buffer.concat([whole.subarray(0, at), Buffer.from([whole[at]! ^ 1]), whole.subarray(at + 1)]),
  );
  await expect(restore(altered)).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });
  await expect(restore('/etc/hostname')).rejects.toMatchObject({ code: 'VALIDATION_ERROR' });

  await expect(restore(file, parseKeyring(newMasterKey('k2')))).rejects.toMatchObject({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringContaining('needs the master key k1'),
  });
  await expect(restore(file, parseKeyring(newMasterKey('k1')))).rejects.toMatchObject({
    message: expect.stringContaining('is not the one that the backup was made with'),
  });

  const [tables] = await executeSql(convoy.ownerUrl, [
    "select count(*)::int as n from pg_class where relnamespace = 'public'::regnamespace",
  ]);
  expect(tables).toEqual([{ n: 0 }]);
  await restore(file);
  await expect(restore(file)).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('not empty'),
  });
  const user = await openDatabase({ url: convoy.url, poolMax: 1 });
  await expect(restore(file)).rejects.toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('in use') });
  await user.close();
});

test('what a database has is replaced only when that is said, and a row that does not fit leaves it as it was', async () => {
  const { database } = await filled();
  const file = await target();
  const main = await temporalDatabase();
  await executeSql(main, [`insert into current_executions values ('old', '')`]);
  await createBackup({
    file,
    postgresUrl: database.url,
    temporal: { kind: 'postgres', url: main, visibilityUrl: await temporalDatabase() },
    keyring: KEYRING,
    convoyVersion: '0.1.0',
  });
  await executeSql(main, [
    `update current_executions set workflow_id = 'new'`,
    `alter table current_executions add constraint no_old check (workflow_id <> 'old')`,
  ]);
  const convoy = await empty();
  const options = {
    file,
    postgresUrl: convoy.url,
    postgresOwnerUrl: convoy.ownerUrl,
    temporal: { kind: 'postgres' as const, url: main, visibilityUrl: await temporalDatabase() },
    keyring: KEYRING,
  };
  await expect(restoreBackup(options)).rejects.toMatchObject({ code: 'CONFLICT' });
  await expect(restoreBackup({ ...options, replaces: true })).rejects.toThrow('no_old');
  expect(await executeSql(main, ['select workflow_id from current_executions'])).toEqual([[{ workflow_id: 'new' }]]);
  await executeSql(main, ['alter table current_executions drop constraint no_old']);
  await restoreBackup({ ...options, replaces: true });
  expect(await executeSql(main, ['select workflow_id from current_executions'])).toEqual([[{ workflow_id: 'old' }]]);
});

test('tables that are split by time come back with their pieces', async () => {
  const { database } = await filled();
  await executeSql(database.ownerUrl, [
    `create table split (at timestamptz not null, n int not null) partition by range (at)`,
    `create table split_a partition of split for values from ('2031-01-01 00:00:00+00') to ('2031-02-01 00:00:00+00')`,
    `insert into split values ('2031-01-15', 7)`,
  ]);
  const file = await target();
  const made = { file, temporal: ELSEWHERE, keyring: KEYRING };
  await createBackup({ ...made, postgresUrl: database.ownerUrl, convoyVersion: '0.1.0' });
  const part = (await readManifest(file)).parts.convoy;
  expect(part?.kind === 'postgres' && part.tables.find(({ name }) => name === 'split')).toMatchObject({
    partitions: [{ name: 'split_a', bound: expect.stringMatching(/^FOR VALUES FROM/) }],
  });
  const { ownerUrl } = await empty();
  await executeSql(ownerUrl, ['create table split (at timestamptz not null, n int not null) partition by range (at)']);
  const client = await connect(ownerUrl);
  try {
    if (part?.kind !== 'postgres') throw new Error('there is no such part');
    const tables = part.tables.filter(({ name }) => name === 'split');
    await loadRows(client, { file, name: 'convoy', part: { ...part, tables, sequences: [] } });
  } finally {
    await client.end();
  }
  expect(await executeSql(ownerUrl, ['select n from split_a'])).toEqual([[{ n: 7 }]]);
});
