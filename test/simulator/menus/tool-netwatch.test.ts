import { expect, test } from 'vitest';
import { type LabRouter, row, rows, startLabRouter } from '../support/lab-router.ts';

const advance = (router: LabRouter, milliseconds: number): void => router.device.router.clock.advance(milliseconds);

const entry = async (router: LabRouter): Promise<Record<string, string>> =>
  rows(await router.get('/tool/netwatch'))[0] ?? {};

test('an entry is unknown until its first probe, and says what it waits for', async () => {
  const router = await startLabRouter();
  const added = row(await router.put('/tool/netwatch', { host: '10.20.0.1' }));
  expect(added).toEqual({
    '.about': 'Warning: probe waiting start-delay=3s; 3s remaining',
    '.id': '*1',
    'down-script': '',
    host: '10.20.0.1',
    'http-codes': '',
    interval: '10s',
    status: 'unknown',
    'test-script': '',
    type: 'simple',
    'up-script': '',
  });
  advance(router, 3000);
  const watched = await entry(router);
  expect(watched).toMatchObject({ status: 'up', 'done-tests': '1', 'failed-tests': '0' });
  expect(watched['since']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(watched).not.toHaveProperty('.about');
});

test('after a start of the router all entries wait for five minutes', async () => {
  const router = await startLabRouter();
  await router.put('/tool/netwatch', { host: '10.20.0.1' });
  advance(router, 5000);
  router.device.router.restart();
  expect(await entry(router)).toMatchObject({
    '.about': expect.stringMatching(/^Warning: probe waiting startup-delay=5m; (5m|4m59s) remaining$/) as string,
    status: 'unknown',
  });
  advance(router, 5 * 60_000);
  expect(await entry(router)).toMatchObject({ status: 'up' });
});

test('scripts run when the state changes, with the policies of netwatch only', async () => {
  const router = await startLabRouter({ management: 'bridge' });
  await router.put('/tool/netwatch', {
    host: '8.8.8.8',
    'up-script': '/system/identity/set name=seen-up',
    'down-script': '/system/identity/set name=seen-down',
  });
  const identity = async () => row(await router.get('/system/identity'))['name'];
  advance(router, 3000);
  expect(await identity()).toBe('seen-up');
  await router.post('/ip/route/disable', { '.id': '*80000001' });
  advance(router, 10_000);
  expect(await entry(router)).toMatchObject({ status: 'down', 'failed-tests': '1', 'done-tests': '2' });
  expect(await identity()).toBe('seen-down');
  const lines = rows(await router.get('/log?topics=netwatch,info')).map(({ message }) => message);
  expect(lines).toEqual(['event up [ type: simple, host: 8.8.8.8 ]', 'event down [ type: simple, host: 8.8.8.8 ]']);
  await router.patch('/tool/netwatch/*1', { 'up-script': '/user/add name=intruder group=full password=x' });
  await router.post('/ip/route/enable', { '.id': '*80000001' });
  advance(router, 10_000);
  expect(await entry(router)).toMatchObject({ status: 'up' });
  expect(rows(await router.get('/user?name=intruder'))).toEqual([]);
});

test('a disabled or removed entry does nothing more', async () => {
  const router = await startLabRouter();
  await router.put('/tool/netwatch', { host: '10.20.0.1', disabled: true });
  advance(router, 60_000);
  expect(await entry(router)).toMatchObject({ status: 'unknown', disabled: 'true' });
  await router.post('/tool/netwatch/enable', { '.id': '*1' });
  advance(router, 5000);
  expect((await entry(router))['status']).toBe('up');
  await router.remove('/tool/netwatch/*1');
  advance(router, 60_000);
  expect(rows(await router.get('/tool/netwatch'))).toEqual([]);
});

test('pings of an entry may lose some packets, and its figures tell how many', async () => {
  const router = await startLabRouter();
  await router.put('/tool/netwatch', { host: '198.51.100.7', type: 'icmp', 'packet-count': 8 });
  advance(router, 3000);
  expect(await entry(router)).toMatchObject({
    status: 'up',
    'sent-count': '8',
    'response-count': '6',
    'loss-percent': '25',
  });
  await router.patch('/tool/netwatch/*1', { 'thr-loss-percent': 20 });
  advance(router, 10_000);
  expect((await entry(router))['status']).toBe('down');
});

test('a name is watched as what it resolves to', async () => {
  const router = await startLabRouter();
  await router.put('/ip/dns/static', { name: 'silent.lan', address: '192.0.2.8' });
  await router.put('/tool/netwatch', { host: 'silent.lan' });
  await router.put('/tool/netwatch', { host: 'router.lan', type: 'dns' });
  advance(router, 3000);
  expect(rows(await router.get('/tool/netwatch')).map(({ status }) => status)).toEqual(['down', 'up']);
});

test('a host is needed, and times have bounds', async () => {
  const router = await startLabRouter();
  expect(await router.put('/tool/netwatch', {})).toMatchObject({ body: { detail: 'missing =host=' } });
  expect(await router.put('/tool/netwatch', { host: '10.0.0.1', type: 'gopher' })).toMatchObject({
    body: { detail: 'input does not match any value of type' },
  });
});
