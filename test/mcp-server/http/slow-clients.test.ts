import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listen, type Patience } from '../../../mcp-server/listen.ts';

const LONG: Patience = { headMs: 60_000, requestMs: 60_000, stalledMs: 60_000 };

it('cuts off a head that never ends', async () => {
  const { client } = await connected({ ...LONG, headMs: 100 }, () => {});
  client.write('GET / HTTP/1.1\r\nhost: te');
  expect(await allOf(client)).toMatch(/^HTTP\/1\.1 408 /);
});

it('cuts off a body that never ends', async () => {
  const { client } = await connected({ ...LONG, headMs: 100, requestMs: 100 }, () => {});
  client.write('POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 1000\r\n\r\nhalf of');
  expect(await allOf(client)).toMatch(/^HTTP\/1\.1 408 /);
});

it('cuts off a reader that leaves its answer, and nobody else', async () => {
  const large = Buffer.alloc(64 * 1024 * 1024);
  const answered: string[] = [];
  const { client, port } = await connected({ ...LONG, stalledMs: 100 }, (request, response) => {
    response.once('close', () => answered.push(`${request.url} ${response.writableFinished}`));
    response.end(request.url === '/left' ? large : 'small');
  });
  client.pause();
  client.write('GET /left HTTP/1.1\r\nhost: test\r\n\r\n');
  const reader = await fetch(`http://127.0.0.1:${port}/taken`);
  expect(await reader.text()).toBe('small');
  await expect.poll(() => answered.toSorted(), { timeout: 30_000 }).toEqual(['/left false', '/taken true']);
});

it('waits for an answer as long as it takes', async () => {
  const { client } = await connected({ ...LONG, stalledMs: 50 }, (_, response) => {
    // By then the connection was silent for a while, and Node has asked what to do about it.
    response.once('timeout', () => setImmediate(() => response.end('worth it')));
  });
  client.write('GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n');
  expect(await allOf(client)).toMatch(/worth it$/);
});

async function connected(patience: Patience, answer: RequestListener): Promise<{ client: Socket; port: number }> {
  const server = await listen({ answer, host: '127.0.0.1', port: 0, graceMs: 0, patience });
  onTestFinished(() => server.close());
  const client = connect(server.port, '127.0.0.1');
  client.on('error', () => {});
  onTestFinished(() => void client.destroy());
  await once(client, 'connect');
  return { client, port: server.port };
}

async function allOf(client: Socket): Promise<string> {
  let text = '';
  client.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(client, 'close');
  return text;
}
