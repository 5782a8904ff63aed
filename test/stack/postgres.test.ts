import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createHome, type StackHome } from '../../cli/stack/home.ts';
import { findFreePorts } from '../../cli/stack/ports.ts';
import { executeSql } from '../../cli/stack/postgres-admin.ts';
import { startPostgres, type Postgres } from '../../cli/stack/postgres.ts';
import { openProcesses } from '../../cli/stack/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('keeps data over a restart, and gives the application a role that is no superuser', async () => {
  const home = await createHome(await temporaryFolder());
  const first = await start(home);
  await executeSql(first.ownerUrl, ['create table kept (value int)', 'insert into kept values (42)']);
  await first.stop();
  const second = await start(home);
  const [rows] = await executeSql(second.ownerUrl, ['select value from kept']);
  const [role] = await executeSql(second.url, ['select rolsuper from pg_roles where rolname = current_user']);
  expect(rows).toEqual([{ value: 42 }]);
  expect(role).toEqual([{ rolsuper: false }]);
});

test('survives being killed', async () => {
  const home = await createHome(await temporaryFolder());
  const first = await start(home, { isDurable: true });
  await executeSql(first.ownerUrl, ['create table kept (value int)', 'insert into kept values (7)']);
  process.kill(-first.pid, 'SIGKILL');
  await first.stop();
  const second = await start(home, { isDurable: true });
  expect(await executeSql(second.ownerUrl, ['select value from kept'])).toEqual([[{ value: 7 }]]);
});

test('gives the tables of an older home, which the application owned, to their own role', async () => {
  const home = await createHome(await temporaryFolder());
  const first = await start(home);
  const inside = new URL(first.adminUrl);
  inside.pathname = '/convoy';
  await executeSql(inside.href, [
    'alter database convoy owner to convoy',
    'reassign owned by convoy_owner to convoy',
    'drop role convoy_owner',
  ]);
  await executeSql(first.url, ['create table old (value int)']);
  await first.stop();
  const second = await start(home);
  expect(await executeSql(second.ownerUrl, [`select tableowner from pg_tables where tablename = 'old'`])).toEqual([
    [{ tableowner: 'convoy_owner' }],
  ]);
  await expect(executeSql(second.url, ['drop table old'])).rejects.toThrow('must be owner');
});

test('makes a new cluster when the passwords of the old one are gone', async () => {
  const home = await createHome(await temporaryFolder());
  const first = await start(home);
  await executeSql(first.ownerUrl, ['create table old (value int)']);
  await first.stop();
  await rm(path.join(home.keysDir, 'postgres-admin'));
  const second = await start(home);
  expect(await executeSql(second.url, ["select to_regclass('old')::text as found"])).toEqual([[{ found: null }]]);
});

async function start(
  home: StackHome,
  options: { isDurable?: boolean } = {},
): Promise<Postgres & { stop: () => Promise<void> }> {
  const processes = openProcesses(home);
  const stop = (): Promise<void> => processes.stopAll();
  onTestFinished(stop);
  const [port = 0] = await findFreePorts(1);
  const postgres = await startPostgres({ processes, ...home, port, isDurable: options.isDurable ?? false });
  return { ...postgres, stop };
}
