import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createStreamLimits, type StreamLimitOptions } from '../../../mcp-server/http/stream-limits.ts';
import type { AppError } from '../../../shared/errors/app-error.ts';

const inAnHour = () => Date.now() / 1000 + 3600;

it('gives each principal its places, and gives them back when a stream closes', async () => {
  const { limits, openStream } = await startStreams({ perPrincipal: 2 });
  const first = await openStream();
  const second = await openStream();
  const third = await openStream();
  const signal = await limits.take({ sub: 'ann', response: first.response, expiresAtSeconds: inAnHour() });
  await limits.take({ sub: 'ann', response: second.response, expiresAtSeconds: inAnHour() });
  expect(await refusalOf(() => take('ann'))).toMatchObject({
    code: 'RATE_LIMITED',
    details: { retryAfterSeconds: 30 },
  });
  expect(await refusalOf(() => take('ben'))).toBeNull();

  first.client.destroy();
  await expect.poll(() => signal.aborted).toBe(true);
  const fourth = await openStream();
  await limits.take({ sub: 'ann', response: fourth.response, expiresAtSeconds: inAnHour() });

  async function take(sub: string) {
    await limits.take({ sub, response: third.response, expiresAtSeconds: inAnHour() });
  }
});

it('gives no place to a client that is gone before it gets one', async () => {
  const { limits, openStream } = await startStreams({ perPrincipal: 1 });
  const { response, client } = await openStream();
  client.destroy();
  await expect.poll(() => response.closed).toBe(true);
  expect((await limits.take({ sub: 'ann', response, expiresAtSeconds: inAnHour() })).aborted).toBe(true);
  const next = await openStream();
  expect((await limits.take({ sub: 'ann', response: next.response, expiresAtSeconds: inAnHour() })).aborted).toBe(
    false,
  );
});

it('refuses everybody when the process has as many streams as it serves', async () => {
  const { limits, openStream } = await startStreams({ inAll: 1 });
  const { response } = await openStream();
  await limits.take({ sub: 'ann', response, expiresAtSeconds: inAnHour() });
  const refusal = await refusalOf(() => limits.take({ sub: 'ben', response, expiresAtSeconds: inAnHour() }));
  expect(refusal).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
});

it('asks a stream to end when its token expires, and cuts off one that does not', async () => {
  const { limits, openStream } = await startStreams({});
  const { response, client } = await openStream();
  const signal = await limits.take({ sub: 'ann', response, expiresAtSeconds: Date.now() / 1000 });
  await expect.poll(() => signal.aborted).toBe(true);
  await expect.poll(() => client.destroyed, { timeout: 5000 }).toBe(true);
});

it('cuts off a reader that takes nothing, and leaves one that takes everything', async () => {
  const { limits, openStream } = await startStreams({ stalledMs: 60 });
  const stalled = await openStream();
  const reading = await openStream();
  stalled.client.pause();
  for (const { response } of [stalled, reading]) {
    await limits.take({ sub: 'ann', response, expiresAtSeconds: inAnHour() });
  }
  // More than the buffers of the system hold, so that something is left to take.
  for (let megabyte = 0; megabyte < 32; megabyte++) stalled.response.write(Buffer.alloc(1024 * 1024));
  reading.response.write('an event');
  await expect.poll(() => stalled.response.destroyed).toBe(true);
  expect(reading.response.destroyed).toBe(false);
});

interface OpenStream {
  response: ServerResponse;
  client: Socket;
}

async function startStreams(options: StreamLimitOptions) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    limits: createStreamLimits(options),
    openStream: async (): Promise<OpenStream> => {
      const asked = once(server, 'request');
      const client = connect(port, '127.0.0.1');
      // Cut off is what some of these tests want.
      client.on('error', () => {});
      client.write('GET / HTTP/1.1\r\nhost: test\r\n\r\n');
      const [, response] = (await asked) as [unknown, ServerResponse];
      response.writeHead(200).flushHeaders();
      client.resume();
      return { response, client };
    },
  };
}

async function refusalOf(work: () => Promise<unknown>): Promise<AppError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error as AppError;
  }
}
