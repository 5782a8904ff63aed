import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { addDevice } from '../support/devices.ts';
import { connectClient, postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

const LIST = { method: 'tools/list' };

function post(front: TestFrontEnd, token: string, body: string, headers: Record<string, string> = {}) {
  return fetch(front.mcpUrl, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body,
  });
}

describe('a client of 2025-11-25', () => {
  it('lists and calls tools without a session, and checks the answers against their schemas', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const client = await connectClient(front, await front.tokenOf('operator'));
    expect(client.getServerVersion()).toMatchObject({ name: 'convoy' });
    expect(client.getInstructions()).toContain('list_devices');
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(10);
    const read = await client.callTool({ name: 'get_dns_status', arguments: { deviceId: 'lab-01' } });
    expect(read.structuredContent).toMatchObject({ servers: ['1.1.1.1'] });
    const plan = await client.callTool({
      name: 'plan_dns_ntp',
      arguments: { deviceIds: ['lab-01'], dnsServers: ['9.9.9.9'] },
    });
    expect(plan.structuredContent).toMatchObject({ status: 'awaiting_approval' });
    const refused = await client.callTool({ name: 'get_dns_status', arguments: { deviceId: 'nobody' } });
    expect(refused).toMatchObject({ isError: true, structuredContent: { code: 'DEVICE_NOT_FOUND' } });
  });

  it('is told that an unknown tool is unknown', async () => {
    const front = await startFrontEnd();
    const client = await connectClient(front, await front.tokenOf('viewer'));
    await expect(client.callTool({ name: 'approve_plan', arguments: {} })).rejects.toThrow(
      /Tool approve_plan not found/,
    );
    await expect(client.callTool({ name: '__proto__', arguments: {} })).rejects.toThrow(/not found/);
  });
});

describe('a client of 2026-07-28', () => {
  it('discovers, lists and calls without a handshake', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const discovered = await postModern(front, token, { method: 'server/discover' });
    expect(await discovered.json()).toMatchObject({
      result: {
        supportedVersions: ['2026-07-28'],
        capabilities: { tools: {} },
        instructions: expect.any(String) as string,
      },
    });
    const listed = await postModern(front, token, LIST);
    expect(await listed.json()).toMatchObject({
      result: { resultType: 'complete', ttlMs: 300_000, cacheScope: 'private' },
    });
    const call = { method: 'tools/call', params: { name: 'list_devices', arguments: {} } };
    expect(await (await postModern(front, token, call)).json()).toMatchObject({
      result: { resultType: 'complete', structuredContent: { devices: [], total: 0 } },
    });
  });

  it('is refused when its headers and its message differ, or its envelope is missing', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const mismatch = await postModern(front, token, LIST, { 'mcp-method': 'tools/call' });
    expect(mismatch.status).toBe(400);
    expect(await mismatch.json()).toMatchObject({ error: { code: -32_020 } });
    const bare = await post(front, token, JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }), {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
    });
    expect(bare.status).toBe(400);
    const version = await postModern(front, token, LIST, { 'mcp-protocol-version': '2031-01-01' });
    expect(version.status).toBe(400);
  });

  it('gets 404 for a method that does not exist', async () => {
    const front = await startFrontEnd();
    const response = await postModern(front, await front.tokenOf('viewer'), { method: 'tools/destroy' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: -32_601 } });
  });
});

it('a 2025 client must take both kinds of answers, and gets its answer as an event', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('viewer');
  const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  expect((await post(front, token, message, { accept: 'application/json' })).status).toBe(406);
  const response = await post(front, token, message);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('mcp-session-id')).toBeNull();
  expect(await response.text()).toMatch(/^event: message\ndata: \{/);
});

describe('what the SDK leaves to its user', () => {
  it('batches are refused', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    const response = await post(front, token, JSON.stringify([message, { ...message, id: 2 }]));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringContaining('Batches') as string });
  });

  it('a body over 1 MiB, of another type or no JSON is refused', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const large = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { x: 'y'.repeat(1_100_000) } });
    expect((await post(front, token, large)).status).toBe(413);
    expect((await post(front, token, '{}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(front, token, '{"jsonrpc":')).status).toBe(400);
  });

  it('foreign hosts and origins are refused, our own are served', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('viewer');
    const statusFor = (headers: Record<string, string>) =>
      new Promise<number>((resolve, reject) => {
        const request = httpRequest(front.mcpUrl, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${token}`,
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            ...headers,
          },
        });
        request.once('response', (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.once('error', reject);
        request.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }));
      });
    expect(await statusFor({ host: 'attacker.example' })).toBe(403);
    expect(await statusFor({ origin: 'https://attacker.example' })).toBe(403);
    expect(await statusFor({ origin: 'null' })).toBe(403);
    expect(await statusFor({ origin: front.url })).toBe(200);
    expect(await statusFor({ host: 'localhost' })).toBe(200);
  });

  it("an answer is not a 404 because of the framework's preset", async () => {
    const front = await startFrontEnd();
    const response = await post(
      front,
      await front.tokenOf('viewer'),
      JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    );
    expect(response.status).toBe(202);
  });

  it('each client gets its own answers when many ask at once', async () => {
    const front = await startFrontEnd();
    const [viewer, operator] = [await front.tokenOf('viewer'), await front.tokenOf('operator')];
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const isOperator = index % 2 === 0;
        const body = await (await postModern(front, isOperator ? operator : viewer, LIST)).text();
        return body.includes('"plan_dns_ntp"') === isOperator;
      }),
    );
    expect(answers).not.toContain(false);
  });
});

it('a 2025 client that breaks off its request does not disturb the next one', async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('viewer');
  const gone = new AbortController();
  const broken = fetch(front.mcpUrl, {
    method: 'POST',
    signal: gone.signal,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });
  gone.abort();
  await expect(broken).rejects.toThrow(/abort/i);
  expect((await postModern(front, token, LIST)).status).toBe(200);
});

it("says nothing of the SDK's own failures", async () => {
  const front = await startFrontEnd();
  const token = await front.tokenOf('viewer');
  const request = httpRequest(front.mcpUrl, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  });
  request.end(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 7 } }));
  const answer = await new Promise<string>((resolve, reject) => {
    request.once('response', (response) => {
      text(response).then(resolve, reject);
    });
    request.once('error', reject);
  });
  expect(answer).not.toMatch(/node_modules|at .*\.m?js|\.ts:\d/);
});
