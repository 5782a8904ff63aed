import { expect, test } from 'vitest';
import { startFleet } from '../../simulator/fleet.ts';
import { startLabRouter, until } from './support/lab-router.ts';

test('the list of devices says where each one is', async ({ onTestFinished }) => {
  const fleet = await startFleet({ routers: 3, http: true, namePrefix: 'edge', version: '7.16.2' });
  onTestFinished(() => fleet.stop());
  const { devices } = (await (await fetch(`${fleet.controlUrl}/devices`)).json()) as { devices: { name: string }[] };
  expect(devices.map((device) => device.name)).toEqual(['edge-01', 'edge-02', 'edge-03']);
  expect(devices[1]).toEqual({
    name: 'edge-02',
    host: '127.0.0.1',
    restPort: fleet.devices[1]?.restPort,
    sshPort: fleet.devices[1]?.sshPort,
    version: '7.16.2',
    model: 'hAP ax^2',
    fingerprint: '',
    power: 'on',
    latencyMs: 0,
  });
});

test('state shows what every menu prints', async () => {
  const router = await startLabRouter();
  const { menus } = (await router.control('GET', '/devices/lab-01/state')).body as { menus: Record<string, unknown> };
  expect(menus['/ip/dns']).toEqual((await router.get('/ip/dns')).body);
  expect(menus['/ip/address']).toEqual((await router.get('/ip/address')).body);
  expect(menus).not.toHaveProperty('/tool');
});

test('the journal holds every write with who, how, where, before and after', async () => {
  const router = await startLabRouter();
  await router.get('/system/identity');
  await router.post('/system/identity/set', { name: 'one' });
  await router.post('/system/identity/set', { name: 'one' });
  await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2' });
  await router.remove('/ip/address/*3');
  const { entries, counters } = (await router.control('GET', '/devices/lab-01/journal')).body as {
    entries: Record<string, unknown>[];
    counters: Record<string, number>;
  };
  expect(entries.map(({ seq, command, path, id }) => [seq, command, path, id])).toEqual([
    [1, 'set', '/system/identity', null],
    [2, 'set', '/system/identity', null],
    [3, 'add', '/ip/address', '*3'],
    [4, 'remove', '/ip/address', '*3'],
  ]);
  expect(entries[0]).toMatchObject({
    user: 'convoy',
    address: '127.0.0.1',
    transport: 'rest',
    before: { name: 'lab-01' },
    after: { name: 'one' },
  });
  expect(Math.abs(Date.now() - Date.parse(String(entries[0]?.['time'])))).toBeLessThan(10_000);
  expect(entries[2]).toMatchObject({ before: null, after: { address: '10.9.0.1/24' } });
  expect(entries[3]).toMatchObject({ before: { address: '10.9.0.1/24' }, after: null });
  expect(counters).toEqual({ requests: 5, writes: 4, maxInFlight: 1, connections: 1, tlsHandshakes: 0 });
});

test('clearing the journal starts the counters anew', async () => {
  const router = await startLabRouter();
  await router.post('/system/identity/set', { name: 'one' });
  await router.control('DELETE', '/devices/lab-01/journal');
  await router.get('/ip/dns');
  expect((await router.control('GET', '/devices/lab-01/journal')).body).toMatchObject({
    entries: [],
    counters: { requests: 1, writes: 0 },
  });
});

test('a change by hand is journaled as one of WinBox and does not count as a write of a client', async () => {
  const router = await startLabRouter();
  const edit = (body: object) => router.control('POST', '/devices/lab-01/edit', body);
  expect(await edit({ path: '/ip/dns', set: { servers: '9.9.9.9', 'allow-remote-requests': true } })).toMatchObject({
    status: 200,
    body: { entries: [{ user: 'admin', transport: 'winbox', path: '/ip/dns', after: { servers: '9.9.9.9' } }] },
  });
  await edit({ path: '/ip/address', add: { address: '10.9.0.1/24', interface: 'ether2' } });
  await edit({ path: '/ip/address/*3', set: { comment: 'by hand' } });
  await edit({ path: '/interface/ether2', set: { disabled: 'yes' } });
  await edit({ path: '/ip/address', remove: '*2' });
  await edit({ path: '/ip/address', remove: { '.id': '*1' } });
  // The router has no address any more, so nobody can ask it.
  expect(router.device.router.rows('/ip/address').map((each) => [each['.id'], each['comment']])).toEqual([
    ['*3', 'by hand'],
  ]);
  expect(router.device.router.find('/interface', 'ether2')?.values['disabled']).toBe('true');
  expect(router.device.router.journal.counters.writes).toBe(0);
});

test('power off refuses connections, on brings the router back, cycle does both', async () => {
  const router = await startLabRouter();
  const power = (body: unknown) => router.control('POST', '/devices/lab-01/power', body);
  expect((await power({ action: 'off' })).body).toEqual({ power: 'off' });
  await expect(fetch(`${router.url}/`)).rejects.toThrow();
  expect((await power('on')).body).toEqual({ power: 'on' });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
  const port = router.device.restPort;
  expect((await power({ action: 'cycle', downMs: 20 })).body).toEqual({ power: 'booting' });
  await until(
    async () => (await router.control('GET', '/devices/lab-01')).body !== null && router.device.power === 'on',
  );
  expect(router.device.restPort).toBe(port);
});

test('a router without power cannot be changed by hand', async () => {
  const router = await startLabRouter();
  await router.device.switchOff();
  const edit = { path: '/ip/dns', set: { servers: '9.9.9.9' } };
  expect(await router.control('POST', '/devices/lab-01/edit', edit)).toMatchObject({
    status: 409,
    body: { code: 'DEVICE_OFF' },
  });
});

test('a cycle that is under way does not undo a later off', async () => {
  const router = await startLabRouter();
  const cycled = router.device.cyclePower(30);
  await router.device.switchOff();
  await cycled;
  expect(router.device.power).toBe('off');
});

test('latency can be changed while the router runs', async () => {
  const router = await startLabRouter();
  expect((await router.control('PUT', '/devices/lab-01/latency', { latencyMs: 80 })).body).toEqual({ latencyMs: 80 });
  const started = performance.now();
  await router.get('/ip/dns');
  expect(performance.now() - started).toBeGreaterThan(75);
});

test.for([
  ['an unknown device', 'GET', '/devices/lab-99/state', undefined, 404, 'DEVICE_UNKNOWN', 'lab-99'],
  ['a name that is no text', 'GET', '/devices/%E0%A4%A/state', undefined, 404, 'DEVICE_UNKNOWN', '%E0%A4%A'],
  ['an unknown route', 'GET', '/devices/lab-01/secrets', undefined, 404, 'ROUTE_UNKNOWN', '/devices/lab-01/secrets'],
  ['an unknown collection', 'GET', '/routers', undefined, 404, 'ROUTE_UNKNOWN', '/routers'],
  ['an unknown key', 'PUT', '/faults', [{ kind: 'hang', times: 2 }], 400, 'BODY_INVALID', 'times'],
  ['an unknown kind', 'PUT', '/faults', [{ kind: 'explode' }], 400, 'BODY_INVALID', 'drop_reply'],
  ['latency without a time', 'PUT', '/faults', [{ kind: 'latency' }], 400, 'BODY_INVALID', 'latencyMs'],
  [
    'a fault path with /rest',
    'PUT',
    '/faults',
    [{ kind: 'hang', match: { path: '/rest/ip' } }],
    400,
    'BODY_INVALID',
    '/rest',
  ],
  ['faults that are no array', 'PUT', '/faults', { kind: 'hang' }, 400, 'BODY_INVALID', 'array'],
  [
    'an edit with two verbs',
    'POST',
    '/edit',
    { path: '/ip/dns', set: {}, add: {} },
    400,
    'BODY_INVALID',
    'exactly one',
  ],
  [
    'an edit the router refuses',
    'POST',
    '/edit',
    { path: '/ip/dns', set: { servers: 'x!' } },
    400,
    'ROUTER_REFUSED',
    'servers',
  ],
  ['an edit of an unknown menu', 'POST', '/edit', { path: '/ip/nowhere', set: {} }, 400, 'ROUTER_REFUSED', 'command'],
  ['a clock without a distance', 'POST', '/clock', {}, 400, 'BODY_INVALID', 'advanceSeconds'],
  ['an unknown power action', 'POST', '/power', { action: 'explode' }, 400, 'BODY_INVALID', ''],
  ['a new certificate over plain HTTP', 'POST', '/certificate', undefined, 409, 'NO_CERTIFICATE', 'plain HTTP'],
] as const)('%s is refused', async ([, method, path, body, status, code, text]) => {
  const router = await startLabRouter();
  const target = /^\/(devices|routers)/.test(path) ? path : `/devices/lab-01${path}`;
  const reply = await router.control(method, target, body);
  expect(reply).toMatchObject({ status, body: { code } });
  expect((reply.body as { message: string }).message).toContain(text);
  expect(router.device.router.journal.entries()).toEqual([]);
  expect(router.device.faults.list()).toEqual([]);
});

test('a body that is no JSON is refused', async () => {
  const router = await startLabRouter();
  const reply = await fetch(`${router.controlUrl}/devices/lab-01/faults`, { method: 'PUT', body: '{kind' });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toEqual({ code: 'BODY_INVALID', message: 'The body is not JSON.' });
});
