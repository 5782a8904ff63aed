import { describe, expect, test } from 'vitest';
import { BOARDS, type BoardKey } from '../../../simulator/boards.ts';
import { row, rows, startLabRouter } from '../support/lab-router.ts';

const fixed = (all: Record<string, string>[]) => all.filter((service) => service['dynamic'] !== 'true');

test('the services of a router stand at their ports, those with TLS name their certificate', async () => {
  const router = await startLabRouter();
  const services = fixed(rows(await router.get('/ip/service')));
  expect(services.map(({ name, port }) => `${name} ${port}`)).toEqual([
    'telnet 23',
    'ftp 21',
    'www 80',
    'ssh 22',
    'www-ssl 443',
    'api 8728',
    'winbox 8291',
    'api-ssl 8729',
  ]);
  expect(row(await router.get('/ip/service/www-ssl'))).toEqual({
    '.id': '*9',
    address: '',
    certificate: 'none',
    disabled: 'true',
    dynamic: 'false',
    invalid: 'false',
    'max-sessions': '20',
    name: 'www-ssl',
    port: '443',
    proto: 'tcp',
    'tls-version': 'any',
    vrf: 'main',
  });
  expect(row(await router.get('/ip/service/www'))).not.toHaveProperty('certificate');
});

test('services are set, and never added, removed or commented', async () => {
  const router = await startLabRouter();
  const set = (body: object) => router.patch('/ip/service/*5', body);
  expect(row(await set({ port: '2323', address: '10.0.0.0/8,192.0.2.7', disabled: 'yes' }))).toMatchObject({
    address: '10.0.0.0/8,192.0.2.7/32',
    disabled: 'true',
    port: '2323',
  });
  expect(row(await set({ comment: 'x' }))['detail']).toBe('unknown parameter comment');
  expect(row(await set({ port: '0' }))['detail']).toBe('value of port out of range (1..65535)');
  expect(row(await set({ address: 'here' }))['detail']).toBe('invalid value for argument address');
  expect((await router.put('/ip/service', { name: 'gopher' })).status).toBe(400);
  expect((await router.remove('/ip/service/*5')).status).toBe(400);
  expect(row(await router.patch('/ip/service/*9', { certificate: 'missing' }))['detail']).toBe(
    'input does not match any value of certificate',
  );
});

test('since 7.19 a manager sees his own connection among the services', async () => {
  const router = await startLabRouter();
  const [own] = rows(await router.get('/ip/service?connection=true'));
  expect(own).toEqual({
    '.id': expect.stringMatching(/^\*[\dA-F]+$/) as unknown,
    connection: 'true',
    disabled: 'false',
    dynamic: 'true',
    invalid: 'false',
    local: '10.20.1.1',
    name: 'www',
    port: '80',
    proto: 'tcp',
    remote: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as unknown,
  });
  expect((await router.patch(`/ip/service/${own?.['.id']}`, { port: '81' })).status).toBe(400);
  const older = await startLabRouter({ version: '7.16.2' });
  expect(rows(await older.get('/ip/service?dynamic=true'))).toEqual([]);
});

test('max-sessions came with 7.16', async () => {
  const router = await startLabRouter({ version: '7.12.2' });
  expect(row(await router.get('/ip/service/ssh'))).not.toHaveProperty('max-sessions');
});

test('a router that is managed over TLS has www-ssl enabled, with the certificate it was made with', async () => {
  const router = await startLabRouter({ http: false });
  const [certificate] = rows(await router.get('/certificate'));
  expect(row(await router.get('/ip/service/www-ssl'))).toMatchObject({
    certificate: certificate?.['name'],
    disabled: 'false',
  });
});

test('since 7.22 the web server can be without REST', async () => {
  const router = await startLabRouter({ version: '7.22.3' });
  expect(row(await router.get('/ip/service/webserver'))).toMatchObject({ 'rest-plain': 'true', 'rest-secure': 'true' });
  await router.post('/ip/service/webserver/set', { 'rest-plain': 'no' });
  expect((await router.get('/system/identity')).status).toBe(404);
  const older = await startLabRouter();
  expect((await older.get('/ip/service/webserver')).body).toMatchObject({
    detail: 'no such command or directory (webserver)',
  });
});

describe.each(Object.keys(BOARDS) as BoardKey[])('a %s', (board) => {
  test('prints its services', async () => {
    const router = await startLabRouter({ board });
    expect(fixed(rows(await router.get('/ip/service')))).toHaveLength(8);
  });
});
