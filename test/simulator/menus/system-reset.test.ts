import { expect, test } from 'vitest';
import { row, rows, startLabRouter, until, type LabRouter } from '../support/lab-router.ts';

/** Resets the configuration and waits until the router is up again. */
async function reset(router: LabRouter, options: Record<string, string> = {}): Promise<void> {
  await router.post('/system/reset-configuration', options).catch(() => undefined);
  await until(() => router.device.power === 'booting');
  await until(() => router.device.power === 'on');
}

test('a reset brings the factory configuration, and leaves a backup of what was', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'changed' });
  await router.put('/user', { name: 'nina', group: 'full', password: 'nina-password' });
  await reset(router);
  expect(row(await router.get('/system/identity'))['name']).toBe('lab-01');
  expect(rows(await router.get('/user?name=nina'))).toEqual([]);
  expect(rows(await router.get('/file?name=auto-before-reset.backup'))).toHaveLength(1);
});

test('users can be kept, the backup be left out, and a script run afterwards', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'nina', group: 'full', password: 'nina-password' });
  await router.put('/file', { name: 'after.rsc', contents: '/system/identity/set name=provisioned\n' });
  await reset(router, { 'keep-users': 'yes', 'skip-backup': 'yes', 'run-after-reset': 'after.rsc' });
  expect(rows(await router.get('/user?name=nina'))).toHaveLength(1);
  expect(rows(await router.get('/file?name=auto-before-reset.backup'))).toEqual([]);
  router.device.router.clock.advance(3000);
  expect(row(await router.get('/system/identity'))['name']).toBe('provisioned');
  router.device.router.restart();
  await router.post('/system/identity/set', { name: 'mine' });
  router.device.router.clock.advance(3000);
  expect(row(await router.get('/system/identity'))['name']).toBe('mine');
});

test('without defaults nothing of the factory script is there', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/dns/static'))).toMatchObject([{ name: 'router.lan', comment: 'defconf' }]);
  await reset(router, { 'no-defaults': 'yes' });
  expect(rows(await router.get('/ip/dns/static'))).toEqual([]);
});

test('a script that is not there is refused, and so is who may not', async () => {
  const router = await startLabRouter();
  expect(await router.post('/system/reset-configuration', { 'run-after-reset': 'none.rsc' })).toMatchObject({
    status: 400,
    body: { detail: 'input does not match any value of run-after-reset' },
  });
  await router.put('/user', { name: 'weak', group: 'write', password: 'weak-password' });
  expect(await router.as('weak', 'weak-password').post('/system/reset-configuration')).toMatchObject({ status: 500 });
});

test('a reboot by command is in order, a cut of the power is not, and the log tells which', async () => {
  const router = await startLabRouter();
  const last = (): string[] =>
    router.device.router
      .logLines()
      .slice(-1)
      .map(({ topics, message }) => `${topics} ${message}`);
  await router.post('/system/reboot').catch(() => undefined);
  await until(() => router.device.power === 'booting');
  await until(() => router.device.power === 'on');
  expect(last()).toEqual(['system,info router rebooted']);
  await router.device.cyclePower(1);
  expect(last()).toEqual(['system,error,critical router was rebooted without proper shutdown']);
});

test('since 7.22 settings can be reset one by one', async () => {
  const older = await startLabRouter();
  expect(await older.post('/system/note/reset', { note: '' })).toMatchObject({
    status: 400,
    body: { detail: 'no such command' },
  });
  const router = await startLabRouter({ version: '7.22.3' });
  await router.post('/system/note/set', { note: 'hello', 'show-at-login': 'no' });
  expect(await router.post('/system/note/reset', { note: '' })).toMatchObject({ status: 200, body: [] });
  expect(row(await router.get('/system/note'))).toMatchObject({ note: '', 'show-at-login': 'false' });
});
