import { request } from 'undici';
import { expect, test } from 'vitest';
import { type LabRouter, row, startLabRouter, until } from './support/lab-router.ts';

const put = async (router: LabRouter, ...faults: object[]): Promise<void> => {
  expect(await router.control('PUT', '/devices/lab-01/faults', faults)).toMatchObject({ status: 200 });
};
const clear = (router: LabRouter) => router.control('DELETE', '/devices/lab-01/faults');
const nameOf = async (router: LabRouter): Promise<string | undefined> =>
  row(await router.get('/system/identity'))['name'];
const rename = (router: LabRouter, name: string) => router.post('/system/identity/set', { name });
const SOCKET_CUT = { code: 'UND_ERR_SOCKET' };

test('refuse closes the port until it is taken away', async () => {
  const router = await startLabRouter();
  await router.get('/ip/dns');
  await put(router, { kind: 'refuse' });
  await expect(request(`${router.url}/rest/ip/dns`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(router.get('/ip/dns')).rejects.toThrow();
  await clear(router);
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
});

test.for([{ http: true }, { http: false }])('refuse with a count resets that many connections: %j', async (door) => {
  const router = await startLabRouter(door);
  await put(router, { kind: 'refuse', count: 2 });
  await expect(router.get('/ip/dns')).rejects.toThrow();
  await expect(router.get('/ip/dns')).rejects.toThrow();
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
});

test('hang never answers and never applies; taking it away cuts the connection', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'hang', match: { method: 'POST' } });
  const hung = rename(router, 'never');
  const cut = expect(hung).rejects.toMatchObject(SOCKET_CUT);
  await until(() => router.device.router.journal.counters.requests === 1);
  await clear(router);
  await cut;
  expect(await nameOf(router)).toBe('lab-01');
});

test('latency delays and combines with another fault', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'latency', latencyMs: 120 }, { kind: 'error', status: 503 });
  const started = performance.now();
  expect(await router.get('/ip/dns')).toMatchObject({ status: 503 });
  expect(performance.now() - started).toBeGreaterThan(115);
});

test('drop_reply applies the write and then cuts the connection', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'drop_reply', match: { method: 'POST', path: '/system/identity/set' }, count: 1 });
  await expect(rename(router, 'applied')).rejects.toMatchObject(SOCKET_CUT);
  expect(await nameOf(router)).toBe('applied');
  expect(await rename(router, 'again')).toMatchObject({ status: 200 });
});

test('error answers with its status and detail and applies nothing', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'error', status: 500, detail: 'action failed (6)', match: { path: '/system/identity' } });
  expect(await rename(router, 'never')).toEqual({
    status: 500,
    body: { detail: 'action failed (6)', error: 500, message: 'Internal Server Error' },
    headers: expect.anything() as unknown,
  });
  await clear(router);
  expect(await nameOf(router)).toBe('lab-01');
});

test('close cuts the connection before the request is handled', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'close', count: 1 });
  await expect(rename(router, 'never')).rejects.toMatchObject(SOCKET_CUT);
  expect(await nameOf(router)).toBe('lab-01');
});

test('auth answers 401 and applies nothing', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'auth', count: 1 });
  expect(await rename(router, 'never')).toMatchObject({ status: 401, body: { error: 401, message: 'Unauthorized' } });
  expect(await nameOf(router)).toBe('lab-01');
});

test('slow_body sends the headers before the body, and the body in pieces over time', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'slow_body', latencyMs: 300 });
  const authorization = `Basic ${Buffer.from('convoy:secret').toString('base64')}`;
  const started = performance.now();
  const reply = await request(`${router.url}/rest/ip/dns`, { headers: { authorization } });
  const pieces: Buffer[] = [];
  for await (const piece of reply.body) pieces.push(piece as Buffer);
  expect(performance.now() - started).toBeGreaterThan(250);
  expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ servers: '8.8.8.8,8.8.4.4' });
  expect(pieces.length).toBeGreaterThan(1);
});

test('wrong_body applies and answers with the body of something else, or with the given text', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'wrong_body' });
  expect(await router.get('/system/identity')).toMatchObject({ status: 200, body: [] });
  expect(await router.get('/ip/address')).toMatchObject({ status: 200, body: { name: 'MikroTik' } });
  await put(router, { kind: 'wrong_body', detail: '{"name":"cut off', match: { method: 'POST' } });
  await expect(rename(router, 'applied')).rejects.toThrow(SyntaxError);
  expect(await nameOf(router)).toBe('applied');
});

test('reboot cuts the connection, is away, and comes back with a new uptime and an empty log', async () => {
  const router = await startLabRouter();
  await rename(router, 'kept');
  await put(router, { kind: 'reboot', latencyMs: 50, count: 1, match: { path: '/ip/dns/set' } });
  await expect(router.post('/ip/dns/set', { servers: '9.9.9.9' })).rejects.toMatchObject(SOCKET_CUT);
  await until(() => router.device.power === 'booting');
  await until(() => router.device.power === 'on');
  await until(() =>
    router.get('/system/resource').then(
      () => true,
      () => false,
    ),
  );
  expect(row(await router.get('/system/resource'))['uptime']).toMatch(/^\d+s$/);
  expect(await nameOf(router)).toBe('kept');
  expect(row(await router.get('/ip/dns'))['servers']).toBe('8.8.8.8,8.8.4.4');
  expect(router.device.router.logLines().map((line) => line.message)).toContain(
    'router was rebooted without proper shutdown',
  );
});

test('a fault strikes only requests that match its method and path', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'error', match: { method: 'post', path: '/ip/dns' } });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
  expect(await router.post('/ip/dns/print')).toMatchObject({ status: 500 });
  expect(await router.post('/ip/address/print')).toMatchObject({ status: 200 });
});

test('count ends a fault, and the list says what is left of it', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'error', count: 2 });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 500 });
  expect((await router.control('GET', '/devices/lab-01/faults')).body).toEqual({
    faults: [{ kind: 'error', count: 1 }],
  });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 500 });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
});

test('probability makes a fault strike some requests and spare others', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'error', probability: 0.5 });
  const statuses = new Set<number>();
  for (let request = 0; request < 200 && statuses.size < 2; request++)
    statuses.add((await router.get('/ip/dns')).status);
  expect(statuses).toEqual(new Set([200, 500]));
});

test('afterMs lets requests through until its time has come', async () => {
  const router = await startLabRouter();
  await put(router, { kind: 'error', afterMs: 150 });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
  await until(async () => (await router.get('/ip/dns')).status === 500);
  await put(router, { kind: 'refuse', afterMs: 100 });
  expect(await router.get('/ip/dns')).toMatchObject({ status: 200 });
  await until(() =>
    router.get('/ip/dns').then(
      () => false,
      () => true,
    ),
  );
});

test('a request that is in the router when its power goes is lost', async () => {
  const router = await startLabRouter({ latencyMs: 100 });
  const lost = expect(rename(router, 'never')).rejects.toThrow();
  await until(() => router.device.router.journal.counters.requests === 1);
  await router.device.switchOff();
  await lost;
  await router.device.switchOn();
  expect(await nameOf(router)).toBe('lab-01');
  expect(router.device.router.journal.entries()).toEqual([]);
});
