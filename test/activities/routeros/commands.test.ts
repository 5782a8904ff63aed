import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../../activities/routeros/open-router.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { PATIENT_LIMITS, startDevice } from './simulated-device.ts';

/** A router that answers every command with the same text. */
async function answering(
  reply: string,
): Promise<{ router: Router; seen: { request: IncomingMessage; body: string }[] }> {
  const seen: { request: IncomingMessage; body: string }[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      seen.push({ request, body });
      response.end(reply);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { router, ...opened } = openRouter({
    host: '127.0.0.1',
    restPort: (server.address() as AddressInfo).port,
    tls: { mode: 'plaintext' },
    username: 'convoy',
    password: 'x',
    limits: { ...PATIENT_LIMITS, readBackoffMs: [] },
    paths: ['/', '/ip/dns/cache', '/tool/ping', '/system/backup'],
    effect: 'write',
  });
  onTestFinished(async () => {
    await opened.close();
    server.closeAllConnections();
    server.close();
  });
  return { router, seen };
}

test('sends a command with its arguments as one request', async () => {
  const { router, seen } = await answering('[]');
  expect(await router.run('/ip/dns/cache', 'flush')).toEqual({ rows: [], ret: null });
  await router.run('/', 'execute', { script: ':put 1', 'as-string': '' });
  expect(seen.map(({ request, body }) => [request.method, request.url, body])).toEqual([
    ['POST', '/rest/ip/dns/cache/flush', '{}'],
    ['POST', '/rest/execute', '{"script":":put 1","as-string":""}'],
  ]);
});

test('a path may name one command of a menu', async () => {
  const { router, seen } = await answering('[]');
  await router.run('/tool', 'ping', { address: '10.0.0.1', count: '1' });
  await expect(router.run('/tool', 'torch', { duration: '1s' })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  await expect(router.list('/tool')).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  expect(seen).toHaveLength(1);
});

test('returns what a script returned', async () => {
  const { router } = await answering('{"ret":"MikroTik\\r\\n"}');
  expect(await router.run('/', 'execute', { script: ':put x', 'as-string': '' })).toEqual({
    rows: [],
    ret: 'MikroTik\r\n',
  });
});

test.each([
  ['input does not match any value of certificate (/ip/service/set (certificate); line 1)', 'DEVICE_REFERENCE_MISSING'],
  ['syntax error (line 1 column 5)', 'DEVICE_VALUE_REFUSED'],
  ['bad command name foo (line 1 column 2)', 'DEVICE_UNSUPPORTED'],
  ['expected end of command (line 1 column 14)', 'DEVICE_VALUE_REFUSED'],
  ['failure: already have such address (/ip/address/add; line 1)', 'DEVICE_ENTRY_EXISTS'],
  ['no such item (/ip/address/remove; line 1)', 'DEVICE_ENTRY_MISSING'],
  ['what the script itself says (:error; line 1)', 'DEVICE_ERROR'],
])('a script that fails with "%s" has failed, although the status is 200', async (words, code) => {
  const { router } = await answering(JSON.stringify({ ret: words }));
  await expect(router.run('/', 'execute', { script: 'x', 'as-string': '' })).rejects.toMatchObject({
    code,
    details: { deviceText: words, untrusted: ['deviceText'], settle: 'none' },
  });
});

test('a writing command whose reply is lost says how to find out what became of it', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: ['/log'],
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  await device.faults([{ kind: 'drop_reply', count: 1 }]);
  await expect(router.run('/log', 'info', { message: 'hello' })).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    details: { settle: 'read' },
  });
  expect(device.observed).toHaveLength(1);
});

test('a read may look, and not run what writes', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: ['/log', '/tool'],
    effect: 'read',
  });
  onTestFinished(() => opened.close());
  await expect(router.run('/log', 'info', { message: 'hello' })).rejects.toMatchObject({ code: 'UNSAFE_OPERATION' });
  const { rows } = await router.run('/tool', 'ping', { address: '10.20.0.1', count: '2' });
  expect(rows.map(({ seq, host }) => [seq, host])).toEqual([
    ['0', '10.20.0.1'],
    ['1', '10.20.0.1'],
  ]);
});

test('a command about a row finds it by what it holds', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({
    ...device.target,
    limits: PATIENT_LIMITS,
    paths: ['/interface'],
    effect: 'write',
  });
  onTestFinished(() => opened.close());
  await router.run('/interface', 'reset-counters', {}, { row: { name: 'ether2' } });
  await expect(router.run('/interface', 'reset-counters', {}, { row: { name: 'nothing' } })).rejects.toMatchObject({
    code: 'DEVICE_ENTRY_MISSING',
  });
});

test('what is asked behind a long command waits for it, and is not taken for a router that hangs', async () => {
  const device = await startDevice({ http: true });
  onTestFinished(device.stop);
  const { router, ...opened } = openRouter({
    ...device.target,
    maxInFlight: 2,
    limits: { ...PATIENT_LIMITS, headersTimeoutMs: 600, readBackoffMs: [] },
    paths: ['/tool/ping', '/ip/dns'],
    effect: 'read',
  });
  onTestFinished(() => opened.close());
  await router.get('/ip/dns');
  const pinging = router.run('/tool', 'ping', { address: '10.20.0.1', count: '4', interval: '500ms' });
  await waitUntil('the ping to arrive', async () => (await device.journal()).counters.requests === 2);
  const behind = router.get('/ip/dns');
  expect((await pinging).rows).toHaveLength(4);
  expect(await behind).toHaveProperty('servers');
  expect(device.observed.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
});
