import { expect, test } from 'vitest';
import { row, rows, startLabRouter, type LabRouter } from '../support/lab-router.ts';

const history = async (router: LabRouter): Promise<Record<string, string>[]> =>
  rows(await router.get('/system/history'));

test('every change leaves a row with who, what, and the way back, newest first', async () => {
  const router = await startLabRouter();
  const { '.id': id } = row(await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2' }));
  await router.patch(`/ip/address/${id}`, { address: '10.9.0.2/24' });
  const [newest, older] = await history(router);
  expect(newest).toEqual({
    '.id': '*2',
    action: 'address changed',
    by: 'convoy',
    policy: 'write',
    redo: expect.stringContaining(`/ip/address/set ${id} address=10.9.0.2/24`) as unknown,
    time: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/) as unknown,
    undo: expect.stringContaining(`/ip/address/set ${id} address=10.9.0.1/24`) as unknown,
    undoable: 'true',
  });
  expect(older).toMatchObject({
    action: 'address added',
    redo: expect.stringMatching(/^\/ip\/address\/add .*address=10\.9\.0\.1\/24/) as unknown,
    undo: `/ip/address/remove ${id}`,
  });
});

test('the history holds the newest hundred changes', async () => {
  const router = await startLabRouter();
  for (let change = 1; change <= 103; change++) await router.post('/system/identity/set', { name: `router-${change}` });
  const entries = await history(router);
  expect([entries.length, entries[0]?.['.id'], entries.at(-1)?.['.id']]).toEqual([100, '*67', '*4']);
});

test('undo takes back the newest change of anybody, and redo makes it again', async () => {
  const router = await startLabRouter();
  const identity = async () => row(await router.get('/system/identity'))['name'];
  await router.post('/system/identity/set', { name: 'first' });
  await router.post('/system/identity/set', { name: 'second' });
  expect(await router.post('/undo')).toMatchObject({ status: 200, body: [] });
  expect(await identity()).toBe('first');
  expect((await history(router))[0]).toMatchObject({ redoable: 'true' });
  await router.post('/redo');
  expect(await identity()).toBe('second');
  await router.post('/undo');
  await router.post('/undo');
  expect(await identity()).toBe('lab-01');
  expect(await router.post('/undo')).toMatchObject({ status: 400 });
});

test('an undone removal brings the row back under its id, where it was', async () => {
  const router = await startLabRouter();
  const before = rows(await router.get('/ip/address'));
  await router.remove(`/ip/address/${before[1]?.['.id']}`);
  await router.post('/undo');
  expect(rows(await router.get('/ip/address'))).toEqual(before);
});

test('an undone addition takes its connected route with it', async () => {
  const router = await startLabRouter();
  await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2' });
  await router.post('/undo');
  expect(rows(await router.get('/ip/route?dst-address=10.9.0.0/24'))).toEqual([]);
});

test('undo puts lists back that are rows of a sub-menu', async () => {
  const router = await startLabRouter();
  await router.post('/system/ntp/client/set', { servers: '192.0.2.1' });
  await router.post('/undo');
  expect(row(await router.get('/system/ntp/client'))['servers']).toBe('0.pool.ntp.org,1.pool.ntp.org');
});

test('the journal tells what was taken back, by whom', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'first' });
  await router.post('/undo');
  expect(router.device.router.journal.entries().slice(-1)).toMatchObject([
    { command: 'undo', path: '/system/identity', user: 'convoy', before: { name: 'first' }, after: { name: 'lab-01' } },
  ]);
});

test('changes while safe mode is held are marked', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'before' });
  router.device.router.safeMode.take({ user: 'admin', via: 'ssh' });
  await router.post('/system/identity/set', { name: 'during' });
  expect((await history(router)).map((entry) => entry['floating-undo'])).toEqual(['true', undefined]);
  router.device.router.safeMode.unroll();
  expect(row(await router.get('/system/identity'))['name']).toBe('before');
});

test('a new change makes it impossible to redo', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'first' });
  await router.post('/undo');
  await router.post('/system/identity/set', { name: 'other' });
  expect((await router.post('/redo')).status).toBe(400);
  expect(await history(router)).toHaveLength(1);
});

test('passwords do not show in the history, and quoted text is escaped', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'read', password: 'hunter2hunter2', comment: 'says "hi" for $5' });
  const [entry] = await history(router);
  expect(JSON.stringify(entry)).not.toContain('hunter2');
  expect(entry?.['redo']).toContain(String.raw`comment="says \"hi\" for \$5"`);
});

test('a reboot starts the history anew', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'kept' });
  router.device.router.restart();
  expect(await history(router)).toEqual([]);
});
