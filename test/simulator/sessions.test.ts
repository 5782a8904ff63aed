import { expect, test } from 'vitest';
import { row, rows, startLabRouter, until } from './support/lab-router.ts';

const UNAUTHORIZED = { status: 401, body: { error: 401, message: 'Unauthorized' } };

test('a wrong password, an unknown user, a disabled user and a group without rest-api are all plain 401s', async () => {
  const router = await startLabRouter();
  await router.put('/user/group', { name: 'console', policy: 'read,write,api,ssh' });
  await router.put('/user', { name: 'shell', group: 'console', password: 'secret' });
  await router.put('/user', { name: 'gone', group: 'full', password: 'secret', disabled: true });
  for (const [user, password] of [
    ['convoy', 'wrong'],
    ['nobody', 'secret'],
    ['shell', 'secret'],
    ['gone', 'secret'],
  ] as const) {
    expect(await router.as(user, password).get('/system/identity'), user).toMatchObject(UNAUTHORIZED);
  }
  const failures = rows(await router.get('/log?topics=system,error,critical')).map((line) => line['message']);
  expect(failures).toContain('login failure for user nobody from 127.0.0.1 via rest-api');
});

test('reading without read, writing without write and anything without api are the 500s of the device', async () => {
  const router = await startLabRouter();
  await router.put('/user/group', { name: 'blind', policy: 'write,api,rest-api' });
  await router.put('/user/group', { name: 'no-api', policy: 'read,write,rest-api' });
  await router.put('/user', { name: 'reader', group: 'read', password: 'p' });
  await router.put('/user', { name: 'blind', group: 'blind', password: 'p' });
  await router.put('/user', { name: 'no-api', group: 'no-api', password: 'p' });
  const refused = (detail: string) => ({ status: 500, body: { detail, error: 500, message: 'Internal Server Error' } });
  const reader = router.as('reader', 'p');
  expect(await reader.get('/ip/dns')).toMatchObject({ status: 200 });
  expect(await reader.post('/ip/dns/set', { servers: '9.9.9.9' })).toMatchObject(refused('not enough permissions (9)'));
  expect(await router.as('blind', 'p').get('/ip/dns')).toMatchObject(refused('not enough permissions (9)'));
  expect(await router.as('no-api', 'p').get('/ip/dns')).toMatchObject(refused('std failure: not allowed (9)'));
  expect(row(await router.get('/ip/dns'))['servers']).toBe('8.8.8.8,8.8.4.4');
});

test('the group write may change settings but not users', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'writer', group: 'write', password: 'p' });
  const writer = router.as('writer', 'p');
  expect(await writer.post('/ip/dns/set', { servers: '9.9.9.9' })).toMatchObject({ status: 200 });
  expect(await writer.send('PUT', '/user', { name: 'x', group: 'full' })).toMatchObject({ status: 500 });
});

test('a login is logged once for a user and address, and stays among the active users', async () => {
  const router = await startLabRouter();
  await router.get('/ip/dns');
  await router.get('/ip/dns');
  const logins = rows(await router.get('/log')).filter((line) => line['topics'] === 'system,info,account');
  expect(logins.map((line) => line['message'])).toEqual(['user convoy logged in from 127.0.0.1 via rest-api']);
  const active = rows(await router.get('/user/active'));
  expect(active.map(({ name, via, address }) => ({ name, via, address }))).toEqual([
    { name: 'convoy', via: 'rest-api', address: '127.0.0.1' },
    { name: 'convoy', via: 'api', address: undefined },
  ]);
});

test('a user whose addresses do not include the client gets the connection closed without a word', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'far', group: 'full', password: 'p', address: '10.0.0.0/8' });
  await router.put('/user', { name: 'near', group: 'full', password: 'p', address: '10.0.0.0/8,127.0.0.0/8' });
  await expect(router.as('far', 'p').get('/ip/dns')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(await router.as('near', 'p').get('/ip/dns')).toMatchObject({ status: 200 });
});

test('requests of one user and address are served one at a time, those of another user in between', async () => {
  const router = await startLabRouter();
  await router.put('/user', { name: 'other', group: 'full', password: 'p' });
  await router.control('PUT', '/devices/lab-01/faults', [{ kind: 'hang', match: { path: '/system/clock' } }]);
  const abandoned = new AbortController();
  const authorization = `Basic ${Buffer.from('convoy:secret').toString('base64')}`;
  const hung = fetch(`${router.url}/rest/system/clock`, { headers: { authorization }, signal: abandoned.signal });
  const { counters } = router.device.router.journal;
  await until(() => counters.requests === 2);
  let answered = false;
  const waiting = router.get('/ip/dns').then((reply) => {
    answered = true;
    return reply;
  });
  await until(() => counters.requests === 3);
  expect(await router.as('other', 'p').get('/ip/dns')).toMatchObject({ status: 200 });
  expect(answered).toBe(false);
  abandoned.abort();
  await expect(hung).rejects.toThrow();
  expect(await waiting).toMatchObject({ status: 200 });
  expect(counters.maxInFlight).toBe(3);
});

test('a request that waits in line is not served when its client left', async () => {
  const router = await startLabRouter();
  await router.control('PUT', '/devices/lab-01/faults', [{ kind: 'hang', match: { method: 'GET' } }]);
  const authorization = `Basic ${Buffer.from('convoy:secret').toString('base64')}`;
  const { journal } = router.device.router;
  const first = router.get('/ip/dns');
  await until(() => journal.counters.requests === 1);
  const abandoned = new AbortController();
  const left = fetch(`${router.url}/rest/system/identity/set`, {
    method: 'POST',
    headers: { authorization },
    body: '{"name":"never"}',
    signal: abandoned.signal,
  });
  await until(() => journal.counters.requests === 2);
  abandoned.abort();
  await expect(left).rejects.toThrow();
  await until(() => journal.inFlight === 1);
  await router.control('DELETE', '/devices/lab-01/faults');
  await expect(first).rejects.toThrow();
  expect(row(await router.get('/system/identity'))['name']).toBe('lab-01');
});

test('a request whose client leaves while it is handled is applied all the same, and the router goes on', async () => {
  const router = await startLabRouter();
  await router.control('PUT', '/devices/lab-01/faults', [{ kind: 'latency', latencyMs: 100, count: 1 }]);
  const authorization = `Basic ${Buffer.from('convoy:secret').toString('base64')}`;
  const abandoned = new AbortController();
  const left = fetch(`${router.url}/rest/system/identity/set`, {
    method: 'POST',
    headers: { authorization },
    body: '{"name":"applied"}',
    signal: abandoned.signal,
  });
  await until(() => router.device.router.journal.counters.requests === 1);
  abandoned.abort();
  await expect(left).rejects.toThrow();
  expect(row(await router.get('/system/identity'))['name']).toBe('applied');
});

test('a command without an end is answered Session closed at the time limit, one with once at once', async () => {
  const router = await startLabRouter({ sessionLimitMs: 200 });
  expect(await router.post('/interface/monitor-traffic', { interface: 'ether1' })).toMatchObject({
    status: 400,
    body: { detail: 'Session closed' },
  });
  expect(await router.post('/tool/ping', { address: '10.20.0.1' })).toMatchObject({
    body: { detail: 'Session closed' },
  });
  const once = await router.post('/interface/monitor-traffic', { interface: 'ether1,aggregate', once: '' });
  expect(rows(once).map((sample) => sample['name'])).toEqual(['ether1', 'aggregate']);
});

test('listening to a list never says a word until the session is closed, and a singleton cannot be followed', async () => {
  const router = await startLabRouter({ sessionLimitMs: 200 });
  expect(await router.post('/ip/address/listen')).toMatchObject({ status: 400, body: { detail: 'Session closed' } });
  expect(await router.post('/ip/dns/listen')).toMatchObject({
    status: 400,
    body: { detail: 'unknown parameter follow-only' },
  });
  expect(await router.post('/ip/listen')).toMatchObject({ status: 400 });
});

test('changing the password of the own user ends the old one at once', async () => {
  const router = await startLabRouter();
  await router.patch('/user/convoy', { password: 'new' });
  expect(await router.get('/ip/dns')).toMatchObject(UNAUTHORIZED);
  expect(await router.as('convoy', 'new').get('/ip/dns')).toMatchObject({ status: 200 });
});

test('the last full user can be neither removed, disabled nor demoted', async () => {
  const router = await startLabRouter();
  expect(await router.remove('/user/admin')).toMatchObject({ status: 204 });
  const refused = { status: 400, body: { detail: 'failure: can not remove or disable last full user' } };
  expect(await router.remove('/user/convoy')).toMatchObject(refused);
  expect(await router.patch('/user/convoy', { disabled: true })).toMatchObject(refused);
  expect(await router.patch('/user/convoy', { group: 'read' })).toMatchObject(refused);
});
