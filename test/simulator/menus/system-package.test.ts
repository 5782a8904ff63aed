import { expect, test } from 'vitest';
import { row, rows, startLabRouter, until, type LabRouter } from '../support/lab-router.ts';

const packageNamed = async (router: LabRouter, name: string): Promise<Record<string, string>> =>
  row(await router.get(`/system/package/${name}`));

async function reboot(router: LabRouter, path = '/system/reboot'): Promise<void> {
  await router.post(path).catch(() => undefined);
  await until(() => router.device.power === 'booting');
  await until(() => router.device.power === 'on');
}

test('since 7.18 packages that are not installed are listed without a version', async () => {
  const router = await startLabRouter({ board: 'hap_ax2' });
  expect(await packageNamed(router, 'routeros')).toEqual({
    '.id': '*1',
    available: 'false',
    'build-time': '2026-01-30 09:41:26',
    disabled: 'false',
    name: 'routeros',
    scheduled: '',
    size: '13668352',
    version: '7.20.8',
  });
  expect(await packageNamed(router, 'zerotier')).toMatchObject({ available: 'true', disabled: 'true', version: '' });
  const older = await startLabRouter({ board: 'hap_ax2', version: '7.16.2' });
  expect(rows(await older.get('/system/package')).map(({ name }) => name)).toEqual(['routeros', 'wifi-qcom']);
});

test('what is scheduled for a package happens at the reboot', async () => {
  const router = await startLabRouter({ board: 'hap_ac2', version: '7.16.2' });
  expect(await router.post('/system/package/disable', { '.id': '*2' })).toMatchObject({ status: 200, body: [] });
  expect(await packageNamed(router, 'wireless')).toMatchObject({
    disabled: 'false',
    scheduled: 'scheduled for disable',
  });
  await reboot(router);
  expect(await packageNamed(router, 'wireless')).toMatchObject({ disabled: 'true', scheduled: '' });
  expect([...router.device.router.packages]).toEqual(['routeros']);
  await router.post('/system/package/enable', { numbers: 'wireless' });
  await router.post('/system/package/unschedule', { numbers: 'wireless' });
  await reboot(router);
  expect(await packageNamed(router, 'wireless')).toMatchObject({ disabled: 'true' });
  await router.post('/system/package/uninstall', { numbers: 'wireless' });
  await reboot(router);
  expect((await router.get('/system/package/wireless')).status).toBe(404);
});

test('apply-changes installs an available package and reboots', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  await router.post('/system/package/enable', { numbers: 'container' });
  await reboot(router, '/system/package/apply-changes');
  expect(await packageNamed(router, 'container')).toMatchObject({
    available: 'false',
    disabled: 'false',
    version: '7.20.8',
  });
  expect(router.device.router.packages.has('container')).toBe(true);
});

test('the system itself cannot be taken away', async () => {
  const router = await startLabRouter();
  expect((await router.post('/system/package/uninstall', { numbers: 'routeros' })).status).toBe(400);
  expect((await router.post('/system/package/disable', { numbers: 'routeros' })).status).toBe(400);
});

test('before a check only channel and installed version are known', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/system/package/update'))).toEqual({
    channel: 'stable',
    'installed-version': '7.20.8',
  });
  expect(rows(await router.post('/system/package/update/check-for-updates')).map(({ status }) => status)).toEqual([
    'finding out latest version...',
    'New version is available',
  ]);
  expect(row(await router.get('/system/package/update'))).toEqual({
    channel: 'stable',
    'installed-version': '7.20.8',
    'latest-version': '7.22.3',
    status: 'New version is available',
  });
});

test('with once the check answers one row, and the newest version is up to date', async () => {
  const router = await startLabRouter({ version: '7.22.3' });
  expect(rows(await router.post('/system/package/update/check-for-updates', { once: '' }))).toEqual([
    {
      channel: 'stable',
      'installed-version': '7.22.3',
      'latest-version': '7.22.3',
      status: 'System is already up to date',
    },
  ]);
});

test('without servers for names the check fails in words', async () => {
  const router = await startLabRouter();
  await router.post('/ip/dns/set', { servers: '' });
  const found = rows(await router.post('/system/package/update/check-for-updates'));
  expect(found.at(-1)?.['status']).toBe('ERROR: could not resolve dns name');
});

test('an upgrade runs after download and reboot, with configuration and menus of the new version', async () => {
  const router = await startLabRouter({ version: '7.12.2', board: 'hap_ax2' });
  await router.post('/system/identity/set', { name: 'kept' });
  const found = rows(await router.post('/system/package/update/download'));
  expect(found.at(-1)?.['status']).toBe('Downloaded, please reboot router to upgrade it');
  expect(row(await router.get('/system/resource'))['version']).toBe('7.12.2 (stable)');
  await reboot(router);
  expect(row(await router.get('/system/resource'))['version']).toBe('7.22.3 (stable)');
  expect(row(await router.get('/system/identity'))['name']).toBe('kept');
  expect(row(await router.get('/system/note'))).toHaveProperty('show-at-cli-login');
  expect(row(await router.get('/system/package/update'))).toEqual({
    channel: 'stable',
    'installed-version': '7.22.3',
  });
  expect([...router.device.router.packages]).toEqual(['routeros', 'wifi-qcom']);
});

test('install downloads and reboots at once, cancel forgets a download', async () => {
  const router = await startLabRouter();
  await router.post('/system/package/update/download');
  await router.post('/system/package/update/cancel');
  expect(row(await router.get('/system/package/update'))['status']).toBe('update canceled');
  await reboot(router);
  expect(row(await router.get('/system/resource'))['version']).toBe('7.20.8 (stable)');
  await reboot(router, '/system/package/update/install');
  expect(row(await router.get('/system/resource'))['version']).toBe('7.22.3 (stable)');
});
