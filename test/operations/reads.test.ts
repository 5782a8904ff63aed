import { expect, test } from 'vitest';
import { findOperation } from '../../shared/operations/index.ts';
import type { Router } from '../../shared/routeros/router.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { cannedRouter } from './canned-router.ts';

async function read(
  name: string,
  router: Router,
  input: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const operation = findOperation(name);
  if (operation?.effect !== 'read') throw new Error(`${name} is no read`);
  return operation.output.parse(await operation.handler(router, operation.input.parse(input)));
}

const CLOCK = {
  date: '2026-09-27',
  time: '12:00:00',
  'gmt-offset': '+02:00',
  'time-zone-name': 'Europe/Prague',
  'time-zone-autodetect': 'true',
  'dst-active': 'true',
};

function logOf(count: number): Router {
  return cannedRouter({
    '/system/clock': CLOCK,
    '/log': Array.from({ length: count }, (_, index) => ({
      '.id': `*${(index + 1).toString(16).toUpperCase()}`,
      time: `2026-09-27 10:00:${String(index % 60).padStart(2, '0')}`,
      topics: index % 10 === 0 ? 'system,error,critical' : 'system,info',
      message: `entry ${index + 1}`,
    })),
  });
}

test('logs come newest first, cut to the limit, with times in UTC', async () => {
  const { entries, total, nextOffset } = await read('get_recent_logs', logOf(30), { limit: 2 });
  expect(entries).toEqual([
    { id: '*1E', time: '2026-09-27T08:00:29.000Z', topics: ['system', 'info'], message: 'entry 30' },
    { id: '*1D', time: '2026-09-27T08:00:28.000Z', topics: ['system', 'info'], message: 'entry 29' },
  ]);
  expect({ total, nextOffset }).toEqual({ total: 30, nextOffset: 2 });
});

test('logs can be narrowed to topics', async () => {
  const { entries, total, nextOffset } = await read('get_recent_logs', logOf(30), { topics: ['critical', 'wireless'] });
  expect((entries as { message: string }[]).map(({ message }) => message)).toEqual(['entry 21', 'entry 11', 'entry 1']);
  expect({ total, nextOffset }).toEqual({ total: 3, nextOffset: null });
});

test('log messages are shown as clipped text without secrets', async () => {
  const message = `changed (/user/set password=hunter2)\u202E${'x'.repeat(1200)}`;
  const router = cannedRouter({
    '/system/clock': CLOCK,
    '/log': [{ '.id': '*1', time: 'unclear', topics: 'system', message }],
  });
  const { entries } = await read('get_recent_logs', router);
  const [entry] = entries as { message: string; time: string | null }[];
  expect(entry?.time).toBeNull();
  expect(entry?.message).toHaveLength(1024);
  expect(entry?.message).toMatch(/^changed \(\/user\/set password=\*\*\*\)\\u\{202e\}x+…$/);
});

test('the clock is given as an instant and as it stands on the wall', async () => {
  expect(await read('get_system_clock', cannedRouter({ '/system/clock': CLOCK }))).toEqual({
    time: '2026-09-27T10:00:00.000Z',
    localDate: '2026-09-27',
    localTime: '12:00:00',
    timeZone: 'Europe/Prague',
    timeZoneAutodetect: true,
    utcOffsetSeconds: 7200,
    daylightSaving: true,
  });
});

test('an NTP client that is off has no source and no stratum', async () => {
  const router = cannedRouter({
    '/system/ntp/client': { enabled: 'false', mode: 'unicast', servers: '', status: 'stopped', vrf: 'main' },
  });
  expect(await read('get_ntp_status', router)).toMatchObject({
    enabled: false,
    servers: [],
    synchronized: false,
    syncedServer: null,
    syncedStratum: null,
    offsetMs: null,
  });
});

test('the DNS cache is given in bytes, in the form of either protocol', async () => {
  const dns = {
    servers: '',
    'allow-remote-requests': 'no',
    'dynamic-servers': '10.0.0.1,10.0.0.2',
    'cache-used': '99',
  };
  for (const size of ['2048', '2048KiB']) {
    expect(await read('get_dns_status', cannedRouter({ '/ip/dns': { ...dns, 'cache-size': size } }))).toMatchObject({
      dynamicServers: ['10.0.0.1', '10.0.0.2'],
      allowRemoteRequests: false,
      cacheSizeBytes: 2_097_152,
      cacheUsedBytes: 101_376,
      dohServer: null,
    });
  }
});

test('a long list of interfaces is cut and says so', async () => {
  const rows = Array.from({ length: 120 }, (_, index) => ({ '.id': `*${index}`, name: `vlan${index}`, mtu: 'auto' }));
  const { interfaces, total, nextOffset } = await read('list_interfaces', cannedRouter({ '/interface': rows }));
  expect(interfaces).toHaveLength(100);
  expect((interfaces as { mtu: unknown }[])[0]?.mtu).toBeNull();
  expect({ total, nextOffset }).toEqual({ total: 120, nextOffset: 100 });
});

test.each([
  'DEVICE_COOLING_DOWN',
  'DEVICE_UNREACHABLE',
  'DEVICE_AUTH_FAILED',
  'DEVICE_TLS_MISMATCH',
  'DEVICE_TIMEOUT',
] as const)('that a router fails with %s is an answer about its connectivity', async (code) => {
  const failing: Router = { ...cannedRouter({}), get: () => Promise.reject(new AppError(code)) };
  expect(await read('check_connectivity', failing)).toMatchObject({
    reachable: false,
    identity: null,
    roundTripMs: null,
    failure: { code },
  });
});

test('a mistake of ours is not an answer about connectivity', async () => {
  const failing: Router = { ...cannedRouter({}), get: () => Promise.reject(new AppError('UNSAFE_OPERATION')) };
  await expect(read('check_connectivity', failing)).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});

test('a reply without what every router has is refused, not guessed', async () => {
  const router = cannedRouter({ '/system/resource': { uptime: '1h' }, '/system/identity': { name: 'x' } });
  expect(await read('check_connectivity', router)).toMatchObject({
    reachable: false,
    failure: { code: 'DEVICE_REPLY_INVALID', message: 'The device\'s reply lacks "version".' },
  });
});

const OVERVIEW = {
  '/system/resource': { version: '7.20.8 (stable)', uptime: '1h', 'board-name': 'RB5009UG+S+' },
  '/system/identity': { name: 'edge' },
  '/system/package': [{ '.id': '*1', name: 'routeros', version: '7.20.8', disabled: 'false', available: 'false' }],
};

test('the overview reads the sensors in the form in which the router has them', async () => {
  const board = cannedRouter({
    ...OVERVIEW,
    '/system/routerboard': { model: 'RB5009UG+S+IN', 'serial-number': 'HX1' },
    '/system/health': [{ '.id': '*D', name: 'cpu-temperature', type: 'C', value: '43' }],
  });
  expect(await read('get_system_overview', board)).toMatchObject({
    model: 'RB5009UG+S+IN',
    sensors: [{ name: 'cpu-temperature', value: 43, state: null, unit: 'C' }],
  });
});

test('the overview asks a virtual router for no board, and takes a setting for no sensor', async () => {
  const menus = { ...OVERVIEW, '/system/health': { 'state-after-reboot': 'enabled' } };
  const chr = cannedRouter(menus, { isRouterBoard: false, health: 'record' });
  expect(await read('get_system_overview', chr)).toMatchObject({ model: null, serialNumber: null, sensors: [] });
  const none = cannedRouter(OVERVIEW, { isRouterBoard: false, health: null });
  expect(await read('get_system_overview', none)).toMatchObject({ sensors: [] });
});
