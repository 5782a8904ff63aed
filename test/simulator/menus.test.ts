import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from './support/lab-router.ts';

const routeTo = async (router: LabRouter, destination: string): Promise<Record<string, string>[]> =>
  rows(await router.get(`/ip/route?dst-address=${destination}`));

test('connected routes follow addresses and their interfaces', async () => {
  const router = await startLabRouter();
  const [port] = rows(await router.get('/interface/bridge/port?interface=ether2'));
  await router.remove(`/interface/bridge/port/${port?.['.id']}`);
  await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2' });
  expect(await routeTo(router, '10.9.0.0/24')).toMatchObject([
    {
      active: 'true',
      connect: 'true',
      distance: '0',
      dynamic: 'true',
      gateway: 'ether2',
      'local-address': '10.9.0.1%ether2',
      scope: '10',
      'target-scope': '5',
    },
  ]);
  await router.patch('/interface/ether2', { disabled: true });
  expect(await routeTo(router, '10.9.0.0/24')).toEqual([]);
  await router.patch('/interface/ether2', { disabled: false });
  expect(await routeTo(router, '10.9.0.0/24')).toHaveLength(1);
  await router.patch('/ip/address/*3', { disabled: true });
  expect(await routeTo(router, '10.9.0.0/24')).toEqual([]);
  await router.patch('/ip/address/*3', { disabled: false, address: '10.10.0.1/16' });
  expect(await routeTo(router, '10.10.0.0/16')).toHaveLength(1);
  await router.remove('/ip/address/*3');
  expect(await routeTo(router, '10.10.0.0/16')).toEqual([]);
});

test('a static route has no disabled key while enabled, and only its settings while disabled', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  const [uplink] = await routeTo(router, '0.0.0.0/0');
  expect(uplink).toEqual({
    '.id': '*80000001',
    active: 'true',
    comment: 'uplink',
    distance: '1',
    'dst-address': '0.0.0.0/0',
    dynamic: 'false',
    gateway: '10.20.0.1',
    'immediate-gw': '10.20.0.1%ether1',
    inactive: 'false',
    'routing-table': 'main',
    scope: '30',
    static: 'true',
    'target-scope': '10',
  });
  await router.post('/ip/route/disable', { '.id': '*80000001' });
  expect(await routeTo(router, '0.0.0.0/0')).toEqual([
    {
      '.id': '*80000001',
      comment: 'uplink',
      disabled: 'true',
      'dst-address': '0.0.0.0/0',
      gateway: '10.20.0.1',
      inactive: 'true',
      static: 'true',
    },
  ]);
});

test('a route without a way to its gateway is inactive, and the shortest distance wins among the others', async () => {
  const router = await startLabRouter();
  const lost = row(await router.put('/ip/route', { 'dst-address': '10.66.0.0/16', gateway: '172.31.0.1' }));
  expect(lost).toMatchObject({ 'immediate-gw': '', inactive: 'true' });
  expect(lost).not.toHaveProperty('active');
  await router.put('/ip/route', { 'dst-address': '10.66.0.0/16', gateway: '10.20.0.7', distance: 10 });
  await router.put('/ip/route', { 'dst-address': '10.66.0.0/16', gateway: '10.20.0.8', distance: 5 });
  expect((await routeTo(router, '10.66.0.0/16')).map(({ gateway, active }) => [gateway, active])).toEqual([
    ['172.31.0.1', undefined],
    ['10.20.0.7', undefined],
    ['10.20.0.8', 'true'],
  ]);
  await router.put('/ip/route', { 'dst-address': '10.66.0.0/16', gateway: '10.20.0.9', distance: 5 });
  expect((await routeTo(router, '10.66.0.0/16')).filter((route) => route['ecmp'] === 'true')).toHaveLength(2);
});

test('the same route may exist twice, and a route needs a gateway that can be one', async () => {
  const router = await startLabRouter();
  const route = { 'dst-address': '10.66.7.8/16', gateway: '10.20.0.7' };
  expect(row(await router.put('/ip/route', route))['dst-address']).toBe('10.66.0.0/16');
  expect(await router.put('/ip/route', route)).toMatchObject({ status: 201 });
  expect(await router.put('/ip/route', { 'dst-address': '10.1.0.0/16' })).toMatchObject({
    body: { detail: 'missing =gateway=' },
  });
  expect(await router.put('/ip/route', { gateway: 'ether99' })).toMatchObject({ status: 400 });
});

test('an address may be there twice when one of the two is disabled', async () => {
  const router = await startLabRouter();
  const twin = { address: '192.168.88.1/24', interface: 'ether2', disabled: true };
  expect(await router.put('/ip/address', twin)).toMatchObject({ status: 201 });
  expect(await router.post('/ip/address/enable', { '.id': '*3' })).toMatchObject({
    status: 400,
    body: { detail: 'failure: already have such address' },
  });
});

test('the servers of the NTP client and its sub-menu are the same thing', async () => {
  const router = await startLabRouter();
  await router.post('/system/ntp/client/set', { servers: '162.159.200.1,time.example.net' });
  expect(rows(await router.get('/system/ntp/client/servers')).map((server) => server['address'])).toEqual([
    '162.159.200.1',
    'time.example.net',
  ]);
  await router.put('/system/ntp/client/servers', { address: '162.159.200.123' });
  expect(row(await router.get('/system/ntp/client'))['servers']).toBe('162.159.200.1,time.example.net,162.159.200.123');
  const [, written] = router.device.router.journal.entries();
  expect(written).toMatchObject({ path: '/system/ntp/client/servers', command: 'add' });
  expect(router.device.router.journal.entries()[0]).toMatchObject({
    path: '/system/ntp/client',
    before: { servers: '0.pool.ntp.org,1.pool.ntp.org' },
    after: { servers: '162.159.200.1,time.example.net' },
  });
});

test('the NTP client is stopped, waits for a server that cannot answer, or is synchronized', async () => {
  const router = await startLabRouter();
  const ntp = async () => row(await router.get('/system/ntp/client'));
  expect(await ntp()).toMatchObject({ status: 'synchronized', 'synced-server': '0.pool.ntp.org' });
  await router.post('/system/ntp/client/set', { servers: 'ntp.invalid' });
  expect((await ntp())['status']).toBe('waiting');
  expect(await ntp()).not.toHaveProperty('synced-server');
  await router.post('/system/ntp/client/set', { enabled: 'no' });
  expect(await ntp()).toMatchObject({ status: 'stopped', enabled: 'false' });
});

test('the clock shows local time of its zone, and a synchronized one cannot be set', async () => {
  const router = await startLabRouter();
  const clock = async () => row(await router.get('/system/clock'));
  await router.post('/system/clock/set', { date: '2020-01-01' });
  expect((await clock())['date']).not.toBe('2020-01-01');
  await router.post('/system/ntp/client/set', { enabled: false });
  await router.post('/system/clock/set', { date: '2026-07-01', time: '10:00' });
  expect(await clock()).toMatchObject({ date: '2026-07-01', 'gmt-offset': '+00:00', 'dst-active': 'false' });
  await router.post('/system/clock/set', { 'time-zone-name': 'Europe/Prague' });
  expect(await clock()).toMatchObject({ 'gmt-offset': '+02:00', 'dst-active': 'true' });
  expect((await clock())['time']).toMatch(/^12:00:/);
  expect(await router.post('/system/clock/set', { 'time-zone-name': 'Mars/Olympus' })).toMatchObject({
    body: { detail: 'input does not match any value of time-zone-name' },
  });
});

test('system resource tells board, version with its channel, and an uptime that grows', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/system/resource'))).toMatchObject({
    'board-name': 'RB5009UPr+S+',
    version: '7.20.8 (stable)',
    uptime: expect.stringMatching(/^1d2h3m/) as unknown,
  });
  router.device.router.clock.advance(3_600_000);
  expect(row(await router.get('/system/resource'))['uptime']).toMatch(/^1d3h3m/);
});

test('the log takes lines of its own and of every change, oldest first', async () => {
  const router = await startLabRouter();
  await router.post('/ip/dns/set', { servers: '1.1.1.1' });
  await router.post('/log/warning', { message: 'look here' });
  const lines = rows(await router.get('/log')).map(({ topics, message }) => [topics, message]);
  expect(lines.slice(-2)).toEqual([
    ['system,info', 'dns settings changed by convoy'],
    ['script,warning', 'look here'],
  ]);
});

test('the log keeps the newest thousand lines', async () => {
  const router = await startLabRouter();
  for (let line = 1; line <= 1005; line++) router.device.router.log('script,info', `line ${line}`);
  const lines = rows(await router.get('/log?topics=script,info'));
  expect([lines.length, lines.at(-1)?.['message']]).toEqual([999, 'line 1005']);
});

test('interface counters grow with time and start anew after a reset', async () => {
  const router = await startLabRouter();
  const received = async () => Number(row(await router.get('/interface/ether1'))['rx-byte']);
  const before = await received();
  router.device.router.clock.advance(60_000);
  expect(await received()).toBeGreaterThan(before);
  await router.post('/interface/reset-counters', { numbers: 'ether1' });
  expect(await received()).toBeLessThan(before);
});

test('ping answers when a route leads to the address, with running totals', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  const ping = async (address: string) => rows(await router.post('/tool/ping', { address, count: 2 }));
  expect(await ping('8.8.8.8')).toMatchObject([
    { seq: '0', sent: '1', received: '1', 'packet-loss': '0' },
    { seq: '1', sent: '2', received: '2', 'packet-loss': '0' },
  ]);
  expect(await ping('192.0.2.7')).toMatchObject([{ status: 'timeout' }, { status: 'timeout', 'packet-loss': '100' }]);
  await router.post('/ip/route/disable', { '.id': '*80000001' });
  expect(await ping('8.8.8.8')).toMatchObject([{ status: 'no route to host' }, {}]);
});

test('reboot over REST brings the router down and up again with its settings', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'kept' });
  // The reply may be an empty array or a closed connection.
  await router.post('/system/reboot').catch(() => undefined);
  await expect.poll(() => router.device.power).toBe('booting');
  await expect.poll(() => router.device.power, { timeout: 5000 }).toBe('on');
  await expect.poll(() => router.get('/system/identity').then(row, () => undefined)).toEqual({ name: 'kept' });
});
