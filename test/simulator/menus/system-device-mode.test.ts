import { expect, test } from 'vitest';
import { row, rows, startLabRouter, until } from '../support/lab-router.ts';

test('since 7.17 the mode is advanced and every feature is listed', async () => {
  const router = await startLabRouter();
  expect(row(await router.get('/system/device-mode'))).toEqual({
    'allowed-versions': '7.13+,6.49.8+',
    'attempt-count': '0',
    'bandwidth-test': 'true',
    container: 'false',
    email: 'true',
    fetch: 'true',
    flagged: 'false',
    'flagging-enabled': 'true',
    hotspot: 'true',
    'install-any-version': 'false',
    ipsec: 'true',
    l2tp: 'true',
    mode: 'advanced',
    partitions: 'false',
    pptp: 'true',
    proxy: 'true',
    romon: 'true',
    routerboard: 'false',
    scheduler: 'true',
    smb: 'true',
    sniffer: 'true',
    socks: 'true',
    'traffic-gen': 'false',
    zerotier: 'true',
  });
});

test('before 7.17 the mode is enterprise and nothing else is printed', async () => {
  const router = await startLabRouter({ version: '7.16.2' });
  expect(row(await router.get('/system/device-mode'))).toEqual({ mode: 'enterprise' });
});

test('the command print fails over REST while GET works', async () => {
  const router = await startLabRouter();
  expect(await router.post('/system/device-mode/print')).toMatchObject({
    status: 500,
    body: { error: 500, message: 'Internal Server Error' },
  });
});

test('REST stands still until the power is cut, and the mode home forbids the scheduler', async () => {
  const router = await startLabRouter();
  await router.put('/system/scheduler', { name: 'before', interval: '1m', 'on-event': ':log info ran' });
  const updated = router.post('/system/device-mode/update', { mode: 'home' }).catch(() => 'cut');
  await until(() => router.device.router.held !== undefined);
  const { counters } = router.device.router.journal;
  const requests = counters.requests;
  const waiting = router
    .as('admin', 'x')
    .get('/system/identity')
    .catch(() => 'cut');
  await until(() => counters.requests > requests);
  await router.device.cyclePower(1);
  expect([await updated, await waiting]).toEqual(['cut', 'cut']);
  await until(() => router.device.power === 'on');
  expect(row(await router.get('/system/device-mode'))).toMatchObject({ mode: 'home', scheduler: 'false' });
  expect(await router.put('/system/scheduler', { name: 'x' })).toMatchObject({
    status: 400,
    body: { detail: 'failure: not allowed by device-mode' },
  });
  router.device.router.clock.advance(120_000);
  expect(rows(await router.get('/log')).map(({ message }) => message)).not.toContain('ran');
});

test('when nobody comes in time, nothing changes', async () => {
  const router = await startLabRouter();
  const updated = router.post('/system/device-mode/update', { scheduler: 'no', 'activation-timeout': '10s' });
  await until(() => router.device.router.held !== undefined);
  router.device.router.clock.advance(10_000);
  expect(await updated).toMatchObject({ status: 200 });
  expect(row(await router.get('/system/device-mode'))).toMatchObject({ scheduler: 'true', 'attempt-count': '1' });
  router.device.router.restart();
  expect(row(await router.get('/system/device-mode'))).toMatchObject({ scheduler: 'true' });
});

test('a request that waits longer than a session may is ended', async () => {
  const router = await startLabRouter({ sessionLimitMs: 150 });
  const updated = router.post('/system/device-mode/update', { mode: 'home' });
  await until(() => router.device.router.held !== undefined);
  const sessionClosed = { status: 400, body: { detail: 'Session closed' } };
  expect(await updated).toMatchObject(sessionClosed);
  expect(await router.get('/system/identity')).toMatchObject(sessionClosed);
});

test('the timeout has bounds', async () => {
  const router = await startLabRouter();
  expect(await router.post('/system/device-mode/update', { mode: 'home', 'activation-timeout': '2s' })).toMatchObject({
    status: 400,
    body: { detail: 'value of activation-timeout is out of range (00:00:10 .. 1d00:00:00)' },
  });
});
