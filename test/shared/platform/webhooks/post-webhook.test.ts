import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { isPrivateAddress } from '../../../../shared/platform/webhooks/private-address.ts';
import { postWebhook } from '../../../../shared/platform/webhooks/post-webhook.ts';
import { keyOfSecret, signatureHeaders } from '../../../../shared/platform/webhooks/sign-webhook.ts';

const EVENT = { eventId: 'evt_01JDXVBM0Q8Z7K4N2T6R9WYFHC', body: '{"type":"webhook.test"}' };

async function listening(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}

test('the signature is the one of Standard Webhooks', () => {
  // The example of the specification's own libraries.
  const key = keyOfSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? Buffer.alloc(0);
  const body = '{"test": 2432232314}';
  const headers = signatureHeaders({
    eventId: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: 1614265330,
    body,
    keys: [key],
  });
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each secret signs what is sent, byte for byte', async () => {
  const keys = [randomBytes(32), randomBytes(24)];
  const received: { headers: IncomingMessage['headers']; body: string }[] = [];
  const url = await listening((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  const event = { ...EVENT, body: '{"comment":"grün → ✓"}' };
  expect(await postWebhook({ url, keys, allowPrivateAddress: true }, event)).toMatchObject({
    is: 'answered',
    status: 204,
  });
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const signatures = String(headers['webhook-signature']).split(' ');
  for (const [index, key] of keys.entries()) {
    const expected = Buffer.from(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect(timingSafeEqual(Buffer.from(signatures[index] ?? ''), expected)).toBe(true);
  }
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(5);
});

test('no redirect is followed, no endless answer is read, and no private address is told unless that is allowed', async () => {
  let elsewhere = 0;
  const other = await listening((_, response) => {
    elsewhere += 1;
    response.end();
  });
  const redirecting = await listening((_, response) => response.writeHead(307, { location: other }).end());
  const keys = [randomBytes(32)];
  expect(await postWebhook({ url: redirecting, keys, allowPrivateAddress: true }, EVENT)).toMatchObject({
    status: 307,
  });
  expect(elsewhere).toBe(0);

  const endless = await listening((_, response) => {
    response.writeHead(200);
    const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
    more();
  });
  expect(await postWebhook({ url: endless, keys, allowPrivateAddress: true }, EVENT)).toMatchObject({ status: 200 });

  const silent = await listening(() => {});
  expect(await postWebhook({ url: silent, keys, allowPrivateAddress: true }, EVENT, 100)).toMatchObject({
    is: 'failed',
    why: 'no answer (UND_ERR_HEADERS_TIMEOUT)',
  });

  // By address, and by a name that leads to one.
  for (const url of [other, other.replace('127.0.0.1', 'localhost')]) {
    expect(await postWebhook({ url, keys, allowPrivateAddress: false }, EVENT)).toMatchObject({ isPrivate: true });
  }
  expect(elsewhere).toBe(0);
});

test.each([
  ['127.0.0.1', true],
  ['10.20.30.40', true],
  ['172.31.255.255', true],
  ['192.168.88.1', true],
  ['169.254.169.254', true],
  ['100.64.0.1', true],
  ['0.0.0.0', true],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['::ffff:127.0.0.1', true],
  ['64:ff9b::a00:1', true],
  ['8.8.8.8', false],
  ['172.32.0.1', false],
  ['2606:4700::1111', false],
])('%s is private: %s', (address, isPrivate) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});
