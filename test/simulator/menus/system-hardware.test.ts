import { expect, test } from 'vitest';
import { BOARDS, type BoardKey } from '../../../simulator/boards.ts';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

const resource = async (options: Parameters<typeof startLabRouter>[0]): Promise<Record<string, string>> => {
  const router = await startLabRouter(options);
  return row(await router.get('/system/resource'));
};

test.for([
  ['7.12.2', '2024-02-20 13:03:19'],
  ['7.16.2', '2024-11-26 12:09:40'],
  ['7.20.8', '2026-01-30 09:41:26'],
  ['7.22.3', '2026-04-22 07:55:12'],
] as const)('version %s tells its channel and when it was built', async ([version, built]) => {
  expect(await resource({ version })).toMatchObject({ version: `${version} (stable)`, 'build-time': built });
});

test('a CHR has no bad blocks, no routerboard and no sensors', async () => {
  const router = await startLabRouter({ board: 'chr' });
  const shown = row(await router.get('/system/resource'));
  expect(Object.keys(shown)).toHaveLength(17);
  expect(shown).not.toHaveProperty('bad-blocks');
  expect(await router.get('/system/routerboard')).toMatchObject({
    status: 400,
    body: { detail: 'no such command or directory (routerboard)' },
  });
  expect(await router.get('/system/health')).toMatchObject({ status: 200, body: { 'state-after-reboot': 'enabled' } });
});

test('a hAP ax² shows what one was captured to show', async () => {
  expect(await resource({ board: 'hap_ax2' })).toMatchObject({
    'architecture-name': 'arm64',
    'bad-blocks': '0',
    'board-name': 'hAP ax^2',
    cpu: 'ARM64',
    'cpu-count': '4',
    'cpu-frequency': '864',
    platform: 'MikroTik',
    'total-hdd-space': '134217728',
    'total-memory': '1073741824',
  });
});

test('every core has a row, and monitor shows them together', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/system/resource/cpu'))[0]).toEqual({
    '.id': '*0',
    cpu: 'cpu0',
    disk: '0',
    irq: expect.stringMatching(/^\d+$/) as unknown,
    load: expect.stringMatching(/^\d+$/) as unknown,
  });
  const [sample] = rows(await router.post('/system/resource/monitor', { once: '' }));
  expect(Object.keys(sample ?? {})).toEqual(['cpu-used', 'cpu-used-per-core', 'free-memory']);
  expect(sample?.['cpu-used-per-core']?.split(',')).toHaveLength(4);
});

test('sensors are rows of their own and move slowly', async () => {
  const router = await startLabRouter({ board: 'ccr2004' });
  const sensors = rows(await router.get('/system/health'));
  expect(sensors.map(({ name, type }) => [name, type])).toEqual([
    ['cpu-temperature', 'C'],
    ['board-temperature1', 'C'],
    ['fan1-speed', 'RPM'],
    ['fan2-speed', 'RPM'],
    ['psu1-voltage', 'V'],
    ['psu1-current', 'A'],
    ['psu2-state', ''],
    ['power-consumption', 'W'],
  ]);
  expect(sensors[0]).toMatchObject({ '.id': '*D', value: expect.stringMatching(/^\d\d$/) as unknown });
  router.device.router.clock.advance(6 * 3_600_000);
  expect(rows(await router.get('/system/health'))[2]?.['value']).not.toBe(sensors[2]?.['value']);
  expect(row(await router.get('/system/health/settings'))).toMatchObject({ 'fan-full-speed-temp': '65' });
});

test('a board without sensors has an empty list', async () => {
  const router = await startLabRouter({ board: 'hap_ac2' });
  expect(rows(await router.get('/system/health'))).toEqual([]);
});

test('the boot loader changes with an upgrade and a reboot, not before', async () => {
  const router = await startLabRouter();
  const { device } = router;
  const firmware = async () => row(await router.get('/system/routerboard'))['current-firmware'];
  device.router.installAtBoot({ version: '7.22.3', packages: new Set(['routeros']) });
  device.router.restart();
  expect(row(await router.get('/system/routerboard'))).toMatchObject({
    'current-firmware': '7.20.8',
    'upgrade-firmware': '7.22.3',
  });
  await router.post('/system/routerboard/upgrade');
  expect(await firmware()).toBe('7.20.8');
  device.router.restart();
  expect(await firmware()).toBe('7.22.3');
});

test('a board has a software id and a level, a CHR a system id and a speed', async () => {
  const board = await startLabRouter();
  expect(row(await board.get('/system/license'))).toEqual({
    features: '',
    nlevel: '5',
    'software-id': expect.stringMatching(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/) as unknown,
  });
  const chr = await startLabRouter({ board: 'chr' });
  const license = row(await chr.get('/system/license'));
  expect(license).toEqual({ level: 'free', 'system-id': expect.stringMatching(/^\w{11}$/) as unknown });
  await chr.post('/system/license/generate-new-id');
  expect(row(await chr.get('/system/license'))['system-id']).not.toBe(license['system-id']);
});

test('the note has show-at-cli-login since 7.15', async () => {
  const older = await startLabRouter({ version: '7.12.2' });
  expect(row(await older.get('/system/note'))).toEqual({ note: '', 'show-at-login': 'true' });
  const newer = await startLabRouter();
  await newer.post('/system/note/set', { note: 'authorised staff only' });
  expect(row(await newer.get('/system/note'))).toEqual({
    note: 'authorised staff only',
    'show-at-cli-login': 'false',
    'show-at-login': 'true',
  });
});

test('the NTP server is off, as on a new device, and refers to keys by their number', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/system/ntp/server'))).toEqual({
    'auth-key': 'none',
    broadcast: 'false',
    'broadcast-addresses': '',
    enabled: 'false',
    'local-clock-stratum': '5',
    manycast: 'false',
    multicast: 'false',
    'use-local-clock': 'false',
    vrf: 'main',
  });
  expect(await router.post('/system/ntp/server/set', { 'auth-key': '7' })).toMatchObject({
    body: { detail: 'input does not match any value of auth-key' },
  });
  await router.put('/system/ntp/key', { 'key-id': '7', 'key-val': 'Dft6Ykw2' });
  await router.post('/system/ntp/server/set', { 'auth-key': '7' });
  expect(row(await router.get('/system/ntp/server'))['auth-key']).toBe('7');
});

test('shutdown switches the router off for good', async () => {
  const router = await startLabRouter();
  await router.post('/system/shutdown').catch(() => undefined);
  await expect.poll(() => router.device.power).toBe('off');
});

const PATHS = [
  '/certificate',
  '/certificate/settings',
  '/file',
  '/log',
  '/snmp',
  '/snmp/community',
  '/system/clock',
  '/system/device-mode',
  '/system/history',
  '/system/identity',
  '/system/license',
  '/system/logging',
  '/system/logging/action',
  '/system/note',
  '/system/ntp/client',
  '/system/ntp/client/servers',
  '/system/ntp/key',
  '/system/ntp/server',
  '/system/package',
  '/system/package/update',
  '/system/resource',
  '/system/resource/cpu',
  '/system/resource/irq',
  '/system/scheduler',
  '/system/script',
  '/system/script/environment',
  '/system/script/job',
  '/system/watchdog',
  '/user',
  '/user/aaa',
  '/user/active',
  '/user/group',
  '/user/settings',
  '/user/ssh-keys',
];

test.for(
  ['7.12.2', '7.16.2', '7.20.8', '7.22.3'].flatMap((version) =>
    (Object.keys(BOARDS) as BoardKey[]).map((board) => [version, board] as const),
  ),
)('RouterOS %s on %s prints the menus of the router as a machine, all values as text', async ([version, board]) => {
  const router = await startLabRouter({ version, board });
  const paths = [...PATHS, ...(board === 'chr' ? [] : ['/system/routerboard', '/system/routerboard/settings'])];
  for (const path of paths) {
    const reply = await router.get(path);
    expect([path, reply.status]).toEqual([path, 200]);
    const values = [reply.body].flat().flatMap((printed) => Object.values(printed as Record<string, unknown>));
    expect(values.filter((value) => typeof value !== 'string')).toEqual([]);
  }
});
