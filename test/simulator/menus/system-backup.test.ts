import { expect, test } from 'vitest';
import { readFile } from '../../../simulator/menus/file/files.ts';
import { row, rows, startLabRouter, until, type LabRouter } from '../support/lab-router.ts';

const identity = async (router: LabRouter): Promise<string | undefined> =>
  row(await router.get('/system/identity'))['name'];

/** Loads a backup and waits until the router is up again. */
async function load(router: LabRouter, body: Record<string, string>): Promise<void> {
  await router.post('/system/backup/load', body).catch(() => undefined);
  await until(() => router.device.power === 'booting');
  await until(() => router.device.power === 'on');
}

test('a backup takes the whole configuration back, and the router starts anew', async () => {
  const router = await startLabRouter();
  expect(await router.post('/system/backup/save', { name: 'pre', 'dont-encrypt': 'true' })).toMatchObject({
    status: 200,
    body: [],
  });
  const before = rows(await router.get('/ip/address'));
  await router.post('/system/identity/set', { name: 'changed' });
  await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2' });
  await router.remove(`/ip/address/${before[1]?.['.id']}`);
  await router.put('/user', { name: 'late', group: 'full', password: 'late-password' });
  await load(router, { name: 'pre.backup', password: '' });
  expect(await identity(router)).toBe('lab-01');
  expect(rows(await router.get('/ip/address'))).toEqual(before);
  expect(rows(await router.get('/user?name=late'))).toEqual([]);
  expect(rows(await router.get('/system/history'))).toEqual([]);
});

test('the file is there with its size, and stays out of the backup itself', async () => {
  const router = await startLabRouter();
  await router.post('/system/backup/save', { name: 'pre', 'dont-encrypt': '' });
  const [file] = rows(await router.get('/file?name=pre.backup'));
  expect(file).toMatchObject({ type: 'backup' });
  expect(Number(file?.['size'])).toBeGreaterThan(500);
  expect(file).not.toHaveProperty('contents');
  await router.put('/file', { name: 'later.txt', contents: 'x' });
  await load(router, { name: 'pre', password: '' });
  expect(rows(await router.get('/file')).map(({ name }) => name)).toEqual(['skins', 'pre.backup', 'later.txt']);
});

test('a password must be given to load, and must be the one of the backup', async () => {
  const router = await startLabRouter();
  await router.post('/system/backup/save', { name: 'locked', password: 'open sesame', encryption: 'aes-sha256' });
  expect(await router.post('/system/backup/load', { name: 'locked.backup' })).toMatchObject({
    status: 400,
    body: { detail: 'missing value(s) of argument(s) password' },
  });
  expect(await router.post('/system/backup/load', { name: 'locked.backup', password: 'wrong' })).toMatchObject({
    status: 400,
  });
  expect(readFile(router.device.router, 'locked.backup')?.includes('lab-01')).toBe(false);
  await router.post('/system/identity/set', { name: 'changed' });
  await load(router, { name: 'locked.backup', password: 'open sesame' });
  expect(await identity(router)).toBe('lab-01');
});

test('a file that is no backup changes nothing', async () => {
  const router = await startLabRouter();
  await router.put('/file', { name: 'fake.backup', contents: 'not a backup' });
  expect((await router.post('/system/backup/load', { name: 'fake.backup', password: '' })).status).toBe(400);
  expect((await router.post('/system/backup/load', { name: 'none.backup', password: '' })).status).toBe(400);
  expect(router.device.power).toBe('on');
});

test('a scheduled entry that loads a backup undoes everything by itself', async () => {
  const router = await startLabRouter();
  await router.post('/system/backup/save', { name: 'cc-1', 'dont-encrypt': 'true' });
  await router.put('/system/scheduler', {
    name: 'cc-1',
    interval: '5m',
    'on-event': '/system/scheduler/remove [find name=cc-1]\r\n/system/backup/load name=cc-1.backup password=""',
  });
  await router.post('/system/identity/set', { name: 'changed' });
  router.device.router.clock.advance(300_000);
  await until(() => router.device.power === 'booting');
  await until(() => router.device.power === 'on');
  expect(await identity(router)).toBe('lab-01');
  expect(rows(await router.get('/system/scheduler'))).toEqual([]);
});

test('saving needs the policy ftp', async () => {
  const router = await startLabRouter();
  await router.put('/user/group', { name: 'ops', policy: 'read,write,policy,api,rest-api' });
  await router.put('/user', { name: 'ops', group: 'ops', password: 'ops-password' });
  expect(await router.as('ops', 'ops-password').post('/system/backup/save', { name: 'x' })).toMatchObject({
    status: 500,
    body: { detail: 'not enough permissions (9)' },
  });
});
