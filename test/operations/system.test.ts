import { expect, test } from 'vitest';
import type { RouterFacts } from '../../shared/routeros/facts.ts';
import type { RouterRecord } from '../../shared/routeros/router.ts';
import { cannedRouter } from './canned-router.ts';
import { read } from './read.ts';

const RESOURCE = {
  'bad-blocks': '0',
  cpu: 'ARM64',
  'cpu-count': '4',
  'cpu-frequency': '1400',
  'cpu-load': '7',
  'free-hdd-space': '92979200',
  'free-memory': '705699840',
  'total-hdd-space': '134217728',
  'total-memory': '1073741824',
  uptime: '1h12m40s',
  version: '7.20.5 (stable)',
};

function health(
  resource: RouterRecord,
  sensors: RouterRecord | RouterRecord[] = [],
  facts: Partial<RouterFacts> = {},
): Promise<Record<string, unknown>> {
  const router = cannedRouter({ '/system/resource': { ...RESOURCE, ...resource }, '/system/health': sensors }, facts);
  return read('get_device_health', router);
}

test('a router with room to spare is healthy, and its figures are numbers', async () => {
  const sensors = [
    { '.id': '*D', name: 'cpu-temperature', type: 'C', value: '43' },
    { '.id': '*E', name: 'fan1-speed', type: 'RPM', value: '5654' },
    { '.id': '*F', name: 'psu1-voltage', type: 'V', value: '12.1' },
    { '.id': '*10', name: 'psu2-voltage', type: 'V', value: '0' },
    { '.id': '*11', name: 'psu1-state', type: '', value: 'ok' },
  ];
  expect(await health({}, sensors)).toEqual({
    status: 'healthy',
    reasons: [],
    cpuLoadPercent: 7,
    memoryUsedPercent: 34.3,
    memoryFreeBytes: 705_699_840,
    memoryTotalBytes: 1_073_741_824,
    diskUsedPercent: 30.7,
    diskFreeBytes: 92_979_200,
    diskTotalBytes: 134_217_728,
    badBlocksPercent: 0,
    temperatureCelsius: 43,
    voltage: 12.1,
    failedPowerSupplies: 0,
    uptimeSeconds: 4360,
  });
});

test.each([
  ['79', 'healthy', []],
  ['80', 'degraded', [{ measure: 'cpu_load', level: 'degraded', value: 80, limit: 80, sensor: null }]],
  ['95%', 'critical', [{ measure: 'cpu_load', level: 'critical', value: 95, limit: 95, sensor: null }]],
])('a processor busy for %s percent makes a router %s', async (load, status, reasons) => {
  expect(await health({ 'cpu-load': load })).toMatchObject({ status, reasons });
});

test('the worst reason comes first and decides', async () => {
  const sensors = [
    { name: 'cpu-temperature', type: 'C', value: '71' },
    { name: 'board-temperature1', type: 'C', value: '90.5' },
    { name: 'psu2-state', type: '', value: 'fail' },
  ];
  const memory = { 'free-memory': '100', 'total-memory': '1000' };
  const disk = { 'free-hdd-space': '20', 'total-hdd-space': '1000' };
  expect(await health({ ...memory, ...disk, 'bad-blocks': '3' }, sensors)).toMatchObject({
    status: 'critical',
    reasons: [
      { measure: 'disk', level: 'critical', value: 98, limit: 97, sensor: null },
      { measure: 'temperature', level: 'critical', value: 90.5, limit: 85, sensor: 'board-temperature1' },
      { measure: 'memory', level: 'degraded', value: 90, limit: 85, sensor: null },
      { measure: 'bad_blocks', level: 'degraded', value: 3, limit: 2, sensor: null },
      { measure: 'power_supply', level: 'degraded', value: 1, limit: 1, sensor: 'psu2-state' },
    ],
  });
});

test.each<[string, RouterRecord | RouterRecord[], RouterFacts['health']]>([
  ['has no sensors of its own', { 'state-after-reboot': 'enabled' }, 'record'],
  ['has a list without any', [], 'list'],
  ['has no such menu', [], null],
])('what a router that %s does not measure is null', async (_, sensors, form) => {
  const resource = { 'bad-blocks': undefined, 'total-hdd-space': '0', 'free-hdd-space': '0' };
  expect(await health(resource, sensors, { health: form })).toMatchObject({
    status: 'healthy',
    temperatureCelsius: null,
    voltage: null,
    badBlocksPercent: null,
    diskUsedPercent: null,
  });
});

test('sensors that are fields of one record are read by their names', async () => {
  const sensors = { temperature: '72C', voltage: '24.1V' };
  expect(await health({}, sensors, { health: 'record' })).toMatchObject({
    status: 'degraded',
    temperatureCelsius: 72,
    voltage: 24.1,
  });
});

const PACKAGES = {
  '/system/package/update': { channel: 'stable', 'installed-version': '7.20.5', 'latest-version': '7.20.6' },
  '/system/package': [
    {
      '.id': '*1',
      available: 'false',
      'build-time': '2025-11-27 08:17:04',
      disabled: 'false',
      name: 'routeros',
      scheduled: '',
      size: '13668352',
      version: '7.20.5',
    },
    {
      '.id': '*2',
      available: 'false',
      disabled: 'true',
      name: 'iot',
      scheduled: 'scheduled for enable',
      version: '7.20.5',
    },
    {
      '.id': '*3',
      available: 'true',
      'build-time': '',
      disabled: 'true',
      name: 'container',
      scheduled: '',
      version: '',
    },
  ],
};

test('packages say whether they are installed, enabled and about to change', async () => {
  expect(await read('get_system_packages', cannedRouter(PACKAGES))).toEqual({
    installedCount: 2,
    availableCount: 1,
    scheduledCount: 1,
    updateChannel: 'stable',
    latestVersion: '7.20.6',
    packages: [
      {
        name: 'routeros',
        version: '7.20.5',
        buildTime: '2025-11-27T08:17:04.000Z',
        installed: true,
        enabled: true,
        scheduled: null,
        sizeBytes: 13_668_352,
      },
      {
        name: 'iot',
        version: '7.20.5',
        buildTime: null,
        installed: true,
        enabled: false,
        scheduled: 'enable',
        sizeBytes: null,
      },
      {
        name: 'container',
        version: null,
        buildTime: null,
        installed: false,
        enabled: false,
        scheduled: null,
        sizeBytes: null,
      },
    ],
    total: 3,
    nextOffset: null,
  });
});

test.each([
  ['installed', ['routeros', 'iot']],
  ['available', ['container']],
  ['scheduled', ['iot']],
])('packages can be narrowed to those that are %s; the counts stay those of all', async (state, names) => {
  const answer = await read('get_system_packages', cannedRouter(PACKAGES), { state, fields: ['name'] });
  expect(answer).toMatchObject({ packages: names.map((name) => ({ name })), total: names.length, availableCount: 1 });
});

test('packages of older versions are all installed', async () => {
  const router = cannedRouter({
    '/system/package/update': { channel: 'stable', 'installed-version': '7.12.2' },
    '/system/package': [{ '.id': '*1', 'build-time': 'Nov/20/2023 10:00:00', name: 'routeros', version: '7.12.2' }],
  });
  expect(await read('get_system_packages', router)).toMatchObject({
    latestVersion: null,
    packages: [{ name: 'routeros', buildTime: '2023-11-20T10:00:00.000Z', installed: true, enabled: true }],
  });
});

test('the load of each core stands beside the average', async () => {
  const router = cannedRouter({
    '/system/resource': RESOURCE,
    '/system/resource/cpu': [
      { '.id': '*0', cpu: 'cpu0', load: '3', irq: '0', disk: '0' },
      { '.id': '*1', cpu: 'cpu1', load: '98%', irq: '91%', disk: '0%' },
    ],
  });
  expect(await read('get_cpu_load', router)).toEqual({
    cpu: 'ARM64',
    frequencyMhz: 1400,
    averagePercent: 7,
    busiestPercent: 98,
    cores: [
      { core: 'cpu0', loadPercent: 3, irqPercent: 0, diskPercent: 0 },
      { core: 'cpu1', loadPercent: 98, irqPercent: 91, diskPercent: 0 },
    ],
  });
});
