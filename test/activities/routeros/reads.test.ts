import { expect, onTestFinished, test } from 'vitest';
import { createDeviceSession } from '../../../activities/routeros/device-session.ts';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { RouterLimits } from '../../../activities/routeros/router-target.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { SHORT_LIMITS, startDevice, type SimulatedDevice } from './simulated-device.ts';

const PATHS = ['/ip/dns', '/interface', '/ip/address', '/system/resource', '/system/routerboard'];

function readerOf(device: SimulatedDevice, limits: Partial<RouterLimits> = {}): Router {
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: { ...SHORT_LIMITS, ...limits },
    paths: PATHS,
    effect: 'read',
  });
  onTestFinished(() => opened.close());
  return router;
}

const outcomes = (device: SimulatedDevice): string[] => device.observed.map(({ outcome }) => outcome);

test('reads a singleton as one record and a list as rows with ids', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device);
  expect((await router.get('/ip/dns'))['servers']).toBe('8.8.8.8,8.8.4.4');
  const rows = await router.list('/interface');
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.every((row) => /^\*[0-9A-F]+$/.test(row['.id'] ?? ''))).toBe(true);
});

test('asks only for the wanted fields plus the id, and filters here', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device);
  const rows = await router.list('/interface', { where: { name: 'ether2' }, fields: ['name', 'type'] });
  expect(rows).toEqual([{ '.id': expect.stringMatching(/^\*/), name: 'ether2', type: 'ether' }]);
  expect(await router.list('/interface', { where: { name: 'no such & interface=1' } })).toEqual([]);
});

test('has the router itself leave rows out, and count them', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const router = readerOf(device);
  const only = { type: 'ether', name: 'ether2' };
  expect(await router.list('/interface', { only, fields: ['name'] })).toEqual([
    { '.id': expect.stringMatching(/^\*/), name: 'ether2' },
  ]);
  expect(await router.list('/interface', { only: { name: 'no such & type=ether' } })).toEqual([]);
  const ports = await router.list('/interface', { where: { type: 'ether' } });
  expect(await router.count('/interface', { type: 'ether' })).toBe(ports.length);
  expect(await router.count('/interface')).toBeGreaterThan(ports.length);
  expect(await router.count('/interface', only)).toBe(1);
  await expect(router.count('/user')).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
});

test('reuses its connection', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device);
  for (let call = 0; call < 5; call++) await router.get('/ip/dns');
  expect((await device.journal()).counters).toMatchObject({ requests: 5, connections: 1, tlsHandshakes: 1 });
});

test('works over plain HTTP when the device is registered so', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  expect((await readerOf(device).get('/ip/dns'))['servers']).toBe('8.8.8.8,8.8.4.4');
});

test('refuses a menu the operation did not declare without sending anything', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device);
  await expect(router.get('/user')).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  await expect(router.list('/ip/dns/static')).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  expect((await device.journal()).counters.connections).toBe(0);
});

test('calls a menu that the device does not have unsupported', async () => {
  const device = await startDevice({ board: 'chr' });
  onTestFinished(device.stop);
  await expect(readerOf(device).get('/system/routerboard')).rejects.toMatchObject({
    code: 'DEVICE_UNSUPPORTED',
    details: { deviceText: 'no such command or directory (routerboard)' },
  });
  expect(device.observed).toHaveLength(1);
});

const REPEATED = [
  { fault: { kind: 'close' }, code: 'DEVICE_UNREACHABLE', outcome: 'closed' },
  { fault: { kind: 'hang' }, code: 'DEVICE_TIMEOUT', outcome: 'timeout' },
  { fault: { kind: 'slow_body', latencyMs: 5_000 }, code: 'DEVICE_TIMEOUT', outcome: 'timeout' },
  { fault: { kind: 'error', status: 500, detail: 'internal error' }, code: 'DEVICE_ERROR', outcome: '500' },
  { fault: { kind: 'error', status: 404 }, code: 'DEVICE_REPLY_INVALID', outcome: '404' },
  { fault: { kind: 'wrong_body' }, code: 'DEVICE_REPLY_INVALID', outcome: 'ok' },
  { fault: { kind: 'wrong_body', detail: '{"name":"MikroTik"}' }, code: 'DEVICE_REPLY_INVALID', outcome: 'ok' },
  { fault: { kind: 'wrong_body', detail: '<html>WebFig</html>' }, code: 'DEVICE_REPLY_INVALID', outcome: 'ok' },
] as const;

for (const { fault, code, outcome } of REPEATED) {
  const name = Object.values(fault).join(' ');

  test(`survives one "${name}" by reading again`, async () => {
    const device = await startDevice();
    onTestFinished(device.stop);
    await device.faults([{ ...fault, count: 1 }]);
    expect((await readerOf(device).get('/ip/dns'))['servers']).toBe('8.8.8.8,8.8.4.4');
    expect(outcomes(device)).toEqual([outcome, 'ok']);
  });

  test(`gives up with ${code} when "${name}" lasts`, async () => {
    const device = await startDevice();
    onTestFinished(device.stop);
    await device.faults([fault]);
    await expect(readerOf(device).get('/ip/dns')).rejects.toMatchObject({ code });
    expect(outcomes(device)).toEqual([outcome, outcome, outcome]);
  });
}

test('gives up on a router that refuses connections, and says so', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  await device.faults([{ kind: 'refuse' }]);
  await expect(readerOf(device).get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
  expect(outcomes(device)).toEqual(['unreachable', 'unreachable', 'unreachable']);
});

test('reads again after a reboot that is shorter than its patience', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device, { readBackoffMs: [100, 200, 400, 800] });
  await device.faults([{ kind: 'reboot', latencyMs: 150, count: 1 }]);
  expect((await router.get('/system/resource'))['uptime']).toMatch(/^\d+s$/);
});

const FINAL = [
  { fault: { kind: 'auth' }, code: 'DEVICE_AUTH_FAILED' },
  { fault: { kind: 'error', status: 500, detail: 'not enough permissions (9)' }, code: 'DEVICE_PERMISSION_DENIED' },
  { fault: { kind: 'error', status: 400, detail: 'unknown parameter x' }, code: 'DEVICE_VALUE_REFUSED' },
] as const;

for (const { fault, code } of FINAL) {
  test(`does not repeat a read that ended with ${code}`, async () => {
    const device = await startDevice();
    onTestFinished(device.stop);
    await device.faults([fault]);
    await expect(readerOf(device).get('/ip/dns')).rejects.toMatchObject({ code });
    expect(device.observed).toHaveLength(1);
  });
}

test('asks again when a router refuses a login it accepted before, as routers do while they start', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device);
  await router.get('/ip/dns');
  await device.faults([{ kind: 'auth', count: 1 }]);
  await router.get('/ip/dns');
  expect(outcomes(device)).toEqual(['ok', '401', 'ok']);
});

test('tells a wrong password apart, without showing it', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const password = 'not-the-password';
  const { router, ...opened } = openRouter({ ...device.target, password, paths: PATHS, effect: 'read' });
  onTestFinished(() => opened.close());
  const error: unknown = await router.get('/ip/dns').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'DEVICE_AUTH_FAILED' });
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(password);
});

test('calls a service that only allows other addresses unreachable', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  await device.edit(`/user/${device.target.username}`, { address: '203.0.113.0/24' });
  await expect(readerOf(device).get('/ip/dns')).rejects.toMatchObject({
    code: 'DEVICE_UNREACHABLE',
    hint: expect.stringContaining('does not allow'),
  });
});

test('leaves the router in peace after cutting a request off', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const router = readerOf(device, { readBackoffMs: [], quietAfterTimeoutMs: 700 });
  await device.faults([{ kind: 'hang', count: 1 }]);
  await expect(router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_TIMEOUT' });
  const cutAt = performance.now();
  await router.get('/ip/dns');
  expect(performance.now() - cutAt).toBeGreaterThan(650);
});

test('refuses a reply larger than the limit and does not ask again', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  await expect(readerOf(device, { maxReplyBytes: 200 }).list('/interface')).rejects.toMatchObject({
    code: 'DEVICE_REPLY_INVALID',
  });
  expect(device.observed).toHaveLength(1);
});

test('an aborted read gives up waiting at once, and leaves the connection whole for the next one', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const session = createDeviceSession(device.target);
  onTestFinished(() => session.close());
  const controller = new AbortController();
  await device.faults([{ kind: 'latency', latencyMs: 200, count: 1 }]);
  const reading = session.router({ paths: PATHS, effect: 'read', signal: controller.signal }).get('/ip/dns');
  await expect.poll(async () => (await device.journal()).counters.requests).toBe(1);
  controller.abort(new Error('the caller left'));
  await expect(reading).rejects.toThrow('the caller left');
  const resource = await session.router({ paths: PATHS, effect: 'read' }).get('/system/resource');
  expect(resource['version']).toBe('7.20.8 (stable)');
  expect((await device.journal()).counters).toMatchObject({ requests: 2, connections: 1 });
});

test('an aborted caller waits for no repetition', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  const controller = new AbortController();
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: { ...SHORT_LIMITS, readBackoffMs: [60_000] },
    paths: PATHS,
    effect: 'read',
    signal: controller.signal,
  });
  onTestFinished(() => opened.close());
  await device.faults([{ kind: 'close' }]);
  const reading = router.get('/ip/dns');
  await expect.poll(() => device.observed.length).toBe(1);
  controller.abort(new Error('the caller left'));
  await expect(reading).rejects.toThrow('the caller left');
});

test('never has more requests on their way than allowed', async () => {
  const device = await startDevice({ latencyMs: 20 });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({ ...device.target, maxInFlight: 2, paths: PATHS, effect: 'read' });
  onTestFinished(() => opened.close());
  await Promise.all(Array.from({ length: 8 }, () => router.get('/ip/dns')));
  const { counters } = await device.journal();
  expect(counters.maxInFlight).toBeLessThanOrEqual(2);
  expect(counters.connections).toBe(2);
});

test('passes every request through the gate, repeats included', async () => {
  const device = await startDevice();
  onTestFinished(device.stop);
  let passed = 0;
  const { router, ...opened } = openRouter({
    ...device.target,
    gate: (send) => {
      passed += 1;
      return send();
    },
    paths: PATHS,
    effect: 'read',
  });
  onTestFinished(() => opened.close());
  await device.faults([{ kind: 'close', count: 2 }]);
  await router.get('/ip/dns');
  expect(passed).toBe(3);
});
