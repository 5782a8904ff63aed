import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createForwarder, type ForwardedAnswer, type Forwarder } from '../../../mcp-server/gateway/forward.ts';

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that passes everything on to `upstream`, as the gateway does. */
async function proxyTo(
  upstream: string,
  onAnswer: (answer: ForwardedAnswer) => void = () => undefined,
): Promise<string> {
  const forwarder: Forwarder = createForwarder(upstream);
  onTestFinished(() => forwarder.close());
  return serve((request, response) => {
    forwarder.forward({ request, response, token: 'minted' }).then(
      (answer) => {
        onAnswer(answer);
        response.writeHead(answer.status, answer.headers);
        answer.body.on('error', () => response.destroy()).pipe(response);
      },
      () => response.destroy(),
    );
  });
}

test('passes on only headers that are known to do no harm', async () => {
  let seen: IncomingMessage['headers'] = {};
  const upstream = await serve((request, response) => {
    seen = request.headers;
    response.end('ok');
  });
  const proxy = await proxyTo(upstream);
  await fetch(`${proxy}/api/v1/x?y=1`, {
    headers: {
      accept: 'text/plain',
      authorization: 'Bearer mine',
      cookie: 'convoy_gateway=secret',
      'grpc-metadata-temporal-principal-name': 'somebody',
      'x-http-method-override': 'DELETE',
      'x-forwarded-for': '1.2.3.4',
    },
  });
  expect(seen.authorization).toBe('Bearer minted');
  expect(seen.accept).toBe('text/plain');
  for (const name of ['cookie', 'grpc-metadata-temporal-principal-name', 'x-http-method-override', 'x-forwarded-for']) {
    expect(seen).not.toHaveProperty(name);
  }
});

test('passes bodies on as they come, compressed ones unopened, and keeps cookies and hop-by-hop headers back', async () => {
  const upstream = await serve((_request, response) => {
    response.setHeader('content-encoding', 'gzip');
    response.setHeader('content-type', 'text/plain');
    response.setHeader('set-cookie', '_csrf=1');
    response.setHeader('connection', 'x-private');
    response.setHeader('x-private', '1');
    response.end(gzipSync('hello'));
  });
  const answers: ForwardedAnswer[] = [];
  const proxy = await proxyTo(upstream, (answer) => answers.push(answer));
  const response = await fetch(proxy);
  expect(await response.text()).toBe('hello');
  expect(Object.keys(answers[0]?.headers ?? {})).toEqual(expect.arrayContaining(['content-encoding', 'content-type']));
  for (const name of ['set-cookie', 'connection', 'x-private', 'transfer-encoding']) {
    expect(answers[0]?.headers).not.toHaveProperty(name);
  }
});

test('hands on what has come before the rest is there', async () => {
  const upstream = await serve((_request, response) => {
    response.write('first');
  });
  const proxy = await proxyTo(upstream);
  const response = await fetch(proxy);
  const reader = response.body?.getReader();
  const chunk = await reader?.read();
  expect(Buffer.from(chunk?.value ?? []).toString()).toBe('first');
  await reader?.cancel();
});

test('gives up a long poll when its visitor leaves', async () => {
  const arrived = Promise.withResolvers<IncomingMessage>();
  const upstream = await serve((request) => arrived.resolve(request));
  const proxy = await proxyTo(upstream);
  const leave = new AbortController();
  const poll = fetch(proxy, { signal: leave.signal });
  const request = await arrived.promise;
  const closed = once(request.socket, 'close');
  leave.abort();
  await expect(poll).rejects.toThrow();
  await closed;
});

test('says that the Temporal UI is away', async () => {
  const forwarder = createForwarder('http://127.0.0.1:9');
  onTestFinished(() => forwarder.close());
  await expect(forwarder.ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

test('a body that is given up before anybody read it disturbs nobody', async () => {
  const upstream = await serve((_request, response) => {
    response.write('the beginning');
  });
  const forwarder = createForwarder(upstream);
  onTestFinished(() => forwarder.close());
  const { promise, resolve } = Promise.withResolvers<ForwardedAnswer>();
  const proxy = await serve((request, response) => {
    void forwarder.forward({ request, response, token: null }).then(resolve);
  });
  const leaves = new AbortController();
  const asked = fetch(proxy, { signal: leaves.signal }).catch((error: Error) => error.name);
  const { body } = await promise;
  // An error that nobody listens for would end the process.
  expect(body.listenerCount('error')).toBeGreaterThan(0);
  // What a web framework does with a body whose reader is gone.
  body.destroy();
  leaves.abort();
  expect(await asked).toBe('AbortError');
});
