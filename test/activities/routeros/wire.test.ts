import { X509Certificate } from 'node:crypto';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { RouterTarget } from '../../../activities/routeros/router-target.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { SHORT_LIMITS } from './simulated-device.ts';

async function listen(server: Server | TcpServer, host = '127.0.0.1'): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(0, host, resolve);
  await promise;
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Whoever gives up resets the connection, which a socket without a listener takes for a failure of the test. */
function calm(socket: Socket): Socket {
  return socket.on('error', () => undefined);
}

function routerAt(target: Partial<RouterTarget>): Router {
  const { router, ...opened } = openRouter({
    host: '127.0.0.1',
    restPort: 1,
    tls: { mode: 'plaintext' },
    username: 'convoy',
    password: 'pässword:with colon',
    limits: { ...SHORT_LIMITS, readBackoffMs: [] },
    ...target,
    paths: ['/ip/dns', '/ip/address'],
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  return router;
}

const servingAt = async (handle: RequestListener, host?: string): Promise<number> =>
  listen(createHttpServer(handle), host);

const ROWS = '[{".id":"*1","address":"10.0.0.1/24","comment":"a b&c"}]';

test('sends requests in the form RouterOS reads', async () => {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const restPort = await servingAt((request, response) => {
    void text(request).then((body) => {
      seen.push({ request, body });
      response.end(request.method === 'GET' ? ROWS : '[]');
    });
  });
  const router = routerAt({ restPort });
  await router.list('/ip/address', { where: { comment: 'a b&c' }, fields: ['address', '.id'] });
  await router.set('/ip/dns', { servers: '9.9.9.9' });
  const [listed, written] = seen;
  expect(listed?.request.url).toBe('/rest/ip/address?.proplist=.id,address,comment');
  expect(listed?.request.headers['content-type']).toBeUndefined();
  expect(written?.request).toMatchObject({ method: 'POST', url: '/rest/ip/dns/set' });
  expect(written?.request.headers['content-type']).toBe('application/json');
  expect(written?.body).toBe('{"servers":"9.9.9.9"}');
  const [, credentials] = written?.request.headers.authorization?.split(' ') ?? [];
  expect(Buffer.from(credentials ?? '', 'base64').toString()).toBe('convoy:pässword:with colon');
});

test('follows no redirect, because the password would go with it', async () => {
  let requests = 0;
  const restPort = await servingAt((_request, response) => {
    requests += 1;
    response.writeHead(302, { location: '/rest/elsewhere' }).end();
  });
  const router = routerAt({ restPort });
  await expect(router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_REPLY_INVALID' });
  await expect(router.set('/ip/dns', {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  expect(requests).toBe(2);
});

test('reads a 201, an empty reply to a write, and numbers in a record', async () => {
  const restPort = await servingAt((request, response) => {
    response.writeHead(201);
    response.end(
      request.method === 'POST' ? '' : '{"servers":"","allow-remote-requests":false,"cache-size":2048,"x":{}}',
    );
  });
  const router = routerAt({ restPort });
  expect(await router.get('/ip/dns')).toEqual({ servers: '', 'allow-remote-requests': 'false', 'cache-size': '2048' });
  await router.set('/ip/dns', {});
});

test.each([
  ['something that is not HTTP', 'SSH-2.0-ROSSSH\r\n', 'DEVICE_REPLY_INVALID'],
  ['nothing', '', 'DEVICE_UNREACHABLE'],
  ['half a reply', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"serv', 'DEVICE_UNREACHABLE'],
])('a port that answers with %s is told apart', async (_, bytes, code) => {
  const restPort = await listen(createTcpServer((socket) => calm(socket).once('data', () => socket.end(bytes))));
  const router = routerAt({ restPort });
  await expect(router.get('/ip/dns')).rejects.toMatchObject({ code });
  await expect(router.set('/ip/dns', {})).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
});

test('a TLS handshake that never ends is given up, and nothing was written', async () => {
  const restPort = await listen(createTcpServer((socket) => void calm(socket)));
  const limits = { ...SHORT_LIMITS, connectTimeoutMs: 300, readBackoffMs: [] };
  const router = routerAt({ restPort, limits, tls: { mode: 'pinned', fingerprint256: '' } });
  await expect(router.get('/ip/dns')).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
  await expect(router.set('/ip/dns', {})).rejects.toMatchObject({ code: 'DEVICE_UNREACHABLE' });
});

test('TLS towards a port that speaks plain HTTP fails with a hint', async () => {
  const restPort = await servingAt((_request, response) => response.end('{}'));
  const router = routerAt({ restPort, tls: { mode: 'pinned', fingerprint256: '' } });
  await expect(router.get('/ip/dns')).rejects.toMatchObject({
    code: 'DEVICE_UNREACHABLE',
    hint: expect.stringContaining('HTTPS'),
  });
});

test('a name that does not resolve is unreachable', async () => {
  await expect(routerAt({ host: 'router.invalid' }).get('/ip/dns')).rejects.toMatchObject({
    code: 'DEVICE_UNREACHABLE',
  });
});

test('reaches IPv6 addresses', async () => {
  const restPort = await servingAt((_request, response) => response.end(ROWS), '::1');
  expect(await routerAt({ host: '::1', restPort }).list('/ip/address')).toHaveLength(1);
});

test('resumes no TLS session, because a resumed one shows no certificate to check', async () => {
  const pem = await generate([{ name: 'commonName', value: 'router' }], { keyType: 'ec' });
  const resumed: boolean[] = [];
  const server = createHttpsServer(
    { cert: pem.cert, key: pem.private, maxVersion: 'TLSv1.2' },
    (_request, response) => {
      response.writeHead(200, { connection: 'close' }).end(ROWS);
    },
  );
  server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
  const restPort = await listen(server);
  const fingerprint256 = new X509Certificate(pem.cert).fingerprint256;
  const router = routerAt({ restPort, tls: { mode: 'pinned', fingerprint256 } });
  for (let call = 0; call < 3; call++) await router.list('/ip/address');
  expect(resumed).toEqual([false, false, false]);
});

test('tolerates replies without a length, ones that end the connection, and zipped ones', async () => {
  const bodies: ((response: ServerResponse) => void)[] = [
    (response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write(ROWS.slice(0, 10));
      response.end(ROWS.slice(10));
    },
    (response) => response.writeHead(200, { connection: 'close' }).end(ROWS),
    (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(ROWS)),
  ];
  const answers = [...bodies];
  const restPort = await servingAt((_request, response) => answers.shift()?.(response));
  const router = routerAt({ restPort });
  for (const _ of bodies) expect(await router.list('/ip/address')).toMatchObject([{ '.id': '*1' }]);
});

test('a zipped reply may not grow beyond the limit, and a broken one is no reply', async () => {
  const answers = [gzipSync('x'.repeat(100_000)), Buffer.from('not gzip')];
  const restPort = await servingAt((_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(answers.shift());
  });
  const limits = { ...SHORT_LIMITS, readBackoffMs: [], maxReplyBytes: 10_000, quietAfterTimeoutMs: 0 };
  const router = routerAt({ restPort, limits });
  await expect(router.get('/ip/dns')).rejects.toThrow('too large');
  await expect(router.get('/ip/dns')).rejects.toThrow('not HTTP');
});

/** A router in its first seconds: lists are answered with nothing until it can say what it is. */
async function startingRouter(answersBeforeAwake: number): Promise<{ restPort: number; writes: string[] }> {
  const writes: string[] = [];
  let left = answersBeforeAwake;
  const restPort = await servingAt((request, response) => {
    const isAwake = left <= 0;
    left -= 1;
    if (request.method !== 'GET') writes.push(request.method ?? '');
    if (request.url === '/rest/system/resource') {
      response.end(isAwake ? '{"version":"7.20.8 (stable)","uptime":"31s"}' : '[]');
    } else {
      response.end(isAwake ? ROWS : '[]');
    }
  });
  return { restPort, writes };
}

test('believes an empty list only of a router that is awake', async () => {
  const { restPort } = await startingRouter(2);
  const limits = { ...SHORT_LIMITS, readBackoffMs: [1, 1] };
  expect(await routerAt({ restPort, limits }).list('/ip/address')).toHaveLength(1);
  const { restPort: asleep } = await startingRouter(100);
  await expect(routerAt({ restPort: asleep, limits }).list('/ip/address')).rejects.toMatchObject({
    code: 'DEVICE_REPLY_INVALID',
    retryable: true,
  });
});

test('adds no entry twice to a router that has just started, and removes nothing it cannot see', async () => {
  const { restPort, writes } = await startingRouter(2);
  const limits = { ...SHORT_LIMITS, readBackoffMs: [1, 1] };
  const key = { address: '10.0.0.1/24' };
  const router = routerAt({ restPort, limits });
  expect(await router.add('/ip/address', key, { key })).toEqual({ outcome: 'unchanged' });
  const { restPort: asleep, writes: others } = await startingRouter(100);
  await expect(routerAt({ restPort: asleep, limits }).remove('/ip/address', key)).rejects.toMatchObject({
    code: 'DEVICE_REPLY_INVALID',
  });
  expect([...writes, ...others]).toEqual([]);
});
