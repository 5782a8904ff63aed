import { expect, test } from 'vitest';
import { row, rows, startLabRouter } from './support/lab-router.ts';

test('GET prints a list as an array and a singleton as an object', async () => {
  const router = await startLabRouter();
  expect(rows(await router.get('/ip/address'))).toHaveLength(2);
  expect((await router.get('/system/identity')).body).toEqual({ name: 'lab-01' });
  expect((await router.get('/system/scheduler')).body).toEqual([]);
});

test('GET of one row goes by id, and by name where the menu has names', async () => {
  const router = await startLabRouter();
  const byId = await router.get('/interface/*1');
  const byName = await router.get('/interface/ether1');
  expect(row(byId)['name']).toBe('ether1');
  expect(row(byName)['.id']).toBe('*1');
  expect((await router.get('/ip/address/ether1')).body).toMatchObject({ detail: 'no such command prefix' });
});

test('PUT adds one row and answers 201 with all of it', async () => {
  const router = await startLabRouter();
  const added = await router.put('/ip/address', { address: '10.9.0.1/24', interface: 'ether2', comment: 'new' });
  expect(added.status).toBe(201);
  expect(added.body).toEqual({
    '.id': '*3',
    'actual-interface': 'bridge',
    address: '10.9.0.1/24',
    comment: 'new',
    disabled: 'false',
    dynamic: 'false',
    interface: 'ether2',
    invalid: 'false',
    network: '10.9.0.0',
    slave: 'true',
    vrf: 'main',
  });
});

test('PATCH sets fields of one row and answers 200 with all of it, also when nothing changes', async () => {
  const router = await startLabRouter();
  const changed = await router.patch('/ip/address/*2', { comment: 'lan' });
  expect(changed.status).toBe(200);
  expect(row(changed)).toMatchObject({ '.id': '*2', comment: 'lan', address: '192.168.88.1/24' });
  expect(await router.patch('/ip/address/*2', { comment: 'lan' })).toMatchObject({ status: 200, body: changed.body });
  expect(row(await router.patch('/interface/ether2', { mtu: 1400 }))['mtu']).toBe('1400');
});

test('DELETE answers 204 with no body, and 404 the second time', async () => {
  const router = await startLabRouter();
  expect(await router.remove('/ip/address/*2')).toMatchObject({ status: 204, body: '' });
  expect(await router.remove('/ip/address/*2')).toMatchObject({
    status: 404,
    body: { error: 404, message: 'Not Found' },
  });
});

test('POST set on a singleton answers an empty array and changes it', async () => {
  const router = await startLabRouter();
  expect(await router.post('/system/identity/set', { name: 'edge-7' })).toMatchObject({ status: 200, body: [] });
  expect((await router.get('/system/identity')).body).toEqual({ name: 'edge-7' });
});

test('POST runs add, set, disable, enable, comment, get and remove with an id or with numbers', async () => {
  const router = await startLabRouter();
  const path = '/ip/address';
  const added = await router.post(`${path}/add`, { address: '10.9.0.1/24', interface: 'ether2' });
  expect(added.body).toEqual({ ret: '*3' });
  expect((await router.post(`${path}/set`, { '.id': '*3', address: '10.9.0.2/24' })).body).toEqual([]);
  expect((await router.post(`${path}/disable`, { numbers: '*3' })).body).toEqual([]);
  expect((await router.post(`${path}/comment`, { numbers: '2', comment: 'by position' })).body).toEqual([]);
  expect(row(await router.get(`${path}/*3`))).toMatchObject({
    address: '10.9.0.2/24',
    disabled: 'true',
    comment: 'by position',
  });
  expect((await router.post(`${path}/enable`, { '.id': '*3' })).body).toEqual([]);
  expect((await router.post(`${path}/get`, { '.id': '*3', 'value-name': 'disabled' })).body).toEqual({ ret: 'false' });
  expect((await router.post(`${path}/remove`, { '.id': '*2,*3' })).body).toEqual([]);
  expect(rows(await router.get(path)).map((address) => address['.id'])).toEqual(['*1']);
});

test('reset puts fields back to what a new row has', async () => {
  const router = await startLabRouter();
  await router.patch('/interface/ether2', { mtu: '1400', comment: 'narrow' });
  expect((await router.post('/interface/reset', { numbers: 'ether2', mtu: '', comment: '' })).status).toBe(200);
  const port = row(await router.get('/interface/ether2'));
  expect(port['mtu']).toBe('1500');
  expect(port).not.toHaveProperty('comment');
});

test('HEAD is not implemented', async () => {
  const router = await startLabRouter();
  expect((await router.send('HEAD', '/ip/dns')).status).toBe(501);
});

test('the page at / needs no login, everything under /rest does', async () => {
  const router = await startLabRouter();
  expect((await fetch(`${router.url}/`)).status).toBe(200);
  expect((await fetch(`${router.url}/rest/ip/dns`)).status).toBe(401);
  expect((await fetch(`${router.url}/elsewhere`)).status).toBe(404);
  expect((await fetch(`${router.url}/restaurant`)).status).toBe(404);
});

test('replies carry a length, are not chunked, and keep the connection open', async () => {
  const router = await startLabRouter();
  const { headers } = await router.get('/ip/dns');
  expect(headers).toMatchObject({ 'content-type': 'application/json', connection: 'keep-alive' });
  expect(Number(headers['content-length'])).toBeGreaterThan(100);
  expect(headers).not.toHaveProperty('transfer-encoding');
  await router.get('/ip/route');
  await router.post('/ip/dns/set', { servers: '1.1.1.1' });
  expect(router.device.router.journal.counters).toMatchObject({ connections: 1, requests: 3, writes: 1 });
});
