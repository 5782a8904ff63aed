import { expect, test } from 'vitest';
import { writeFile } from '../../../simulator/menus/file/files.ts';
import { row, rows, startLabRouter, type LabRouter } from '../support/lab-router.ts';

const names = async (router: LabRouter): Promise<string[]> =>
  rows(await router.get('/file')).map((file) => file['name'] ?? '');

test('a file is written, read, changed and removed by name or id', async () => {
  const router = await startLabRouter();
  const written = await router.put('/file', { name: 'a.rsc', contents: ':put 1\n' });
  expect(written).toMatchObject({
    status: 201,
    body: { '.id': '*805002', contents: ':put 1\n', name: 'a.rsc', size: '7', type: 'script' },
  });
  expect(row(written)['last-modified']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(await router.patch('/file/*805002', { contents: 'x' })).toMatchObject({ body: { contents: 'x', size: '1' } });
  expect(rows(await router.get('/file?name=a.rsc'))).toHaveLength(1);
  expect(await router.post('/file/remove', { '.id': 'a.rsc' })).toMatchObject({ status: 200, body: [] });
  expect(rows(await router.get('/file?name=a.rsc'))).toEqual([]);
});

test('what a file is follows from its suffix', async () => {
  const router = await startLabRouter();
  const typeOf = async (name: string) => row(await router.put('/file', { name, contents: '' }))['type'];
  expect(await Promise.all(['a.rsc', 'b.backup', 'c.txt', 'd', 'e.npk', 'f.pub', 'g.crt'].map(typeOf))).toEqual([
    'script',
    'backup',
    '.txt file',
    'file',
    'package',
    'ssh key',
    '.crt file',
  ]);
});

test('a text above the limit is not in the row, and comes in pieces of at most 32768 bytes', async () => {
  const router = await startLabRouter();
  writeFile(router.device.router, 'big.txt', 'x'.repeat(70_000));
  const big = row(await router.get('/file/big.txt'));
  expect(big).not.toHaveProperty('contents');
  expect(big['size']).toBe('70000');
  const read = (offset: number, size: number) =>
    router.post('/file/read', { file: 'big.txt', offset: String(offset), 'chunk-size': String(size) });
  expect(rows(await read(65_536, 32_768))[0]?.['data']).toHaveLength(4464);
  expect(await read(0, 32_769)).toMatchObject({
    status: 400,
    body: { detail: 'value of chunk-size out of range (1..32768)' },
  });
  expect(await router.post('/file/read', { file: 'none' })).toMatchObject({ status: 404 });
});

test('in 7.12 files have a creation-time, no read, and a name without a suffix becomes a text file', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  const file = row(await router.put('/file', { name: 'notes', contents: 'x' }));
  expect(file).toMatchObject({ name: 'notes.txt', 'creation-time': expect.any(String) as unknown });
  expect(file).not.toHaveProperty('last-modified');
  expect(await router.post('/file/read', { file: 'notes.txt' })).toMatchObject({
    status: 400,
    body: { detail: 'no such command' },
  });
  expect(await router.put('/file', { name: 'b', type: 'directory' })).toMatchObject({
    body: { detail: 'unknown parameter type' },
  });
});

test('folders are made on the way to a file, and take what is in them along', async () => {
  const router = await startLabRouter();
  await router.put('/file', { name: 'conf/old/a.rsc', contents: '' });
  expect(await names(router)).toEqual(['skins', 'conf/old/a.rsc', 'conf', 'conf/old']);
  expect(row(await router.get('/file?name=conf'))).toMatchObject([{ type: 'directory' }]);
  await router.post('/file/set', { numbers: 'conf', name: 'kept' });
  expect(await names(router)).toContain('kept/old/a.rsc');
  await router.post('/file/remove', { numbers: 'kept' });
  expect(await names(router)).toEqual(['skins']);
});

test('on boards with a flash folder everything outside of it is lost at a reboot', async () => {
  const router = await startLabRouter({ board: 'hex' });
  await router.put('/file', { name: 'lost.txt', contents: '' });
  await router.put('/file', { name: 'flash/kept.txt', contents: '' });
  router.device.router.restart();
  expect(await names(router)).toEqual(['flash', 'flash/skins', 'flash/kept.txt']);
});

test('files take space, and writing them needs the policy ftp', async () => {
  const router = await startLabRouter();
  const free = async () => Number(row(await router.get('/system/resource'))['free-hdd-space']);
  const before = await free();
  writeFile(router.device.router, 'big.bin', Buffer.alloc(1_000_000));
  expect(before - (await free())).toBe(1_000_000);
  expect(row(await router.get('/file/big.bin'))).toMatchObject({ size: '1000000', type: '.bin file' });
  await router.put('/user/group', { name: 'ops', policy: 'read,write,api,rest-api' });
  await router.put('/user', { name: 'ops', group: 'ops', password: 'ops-password' });
  const denied = await router.as('ops', 'ops-password').send('PUT', '/file', { name: 'x.txt', contents: '' });
  expect(denied).toMatchObject({ status: 500, body: { detail: 'not enough permissions (9)' } });
});

test('two files cannot have the same name', async () => {
  const router = await startLabRouter();
  await router.put('/file', { name: 'a.txt', contents: '' });
  expect((await router.put('/file', { name: '/a.txt', contents: '' })).status).toBe(400);
});
