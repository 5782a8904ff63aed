import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { migratedDatabase } from '../support/database.ts';
import { testStack } from '../support/test-stack.ts';
import { tokenFor } from '../support/tokens.ts';
import { waitUntil } from '../support/wait-until.ts';
import { findFreePort } from './support/free-port.ts';
import { callTool, postModern } from './support/mcp-calls.ts';

const PROGRAM = fileURLToPath(new URL('../../mcp-server/main.ts', import.meta.url));

interface WebProcess {
  child: ChildProcess;
  log: Record<string, unknown>[];
}

function start(env: Record<string, string>): WebProcess {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const log: Record<string, unknown>[] = [];
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) =>
      log.push(JSON.parse(line) as Record<string, unknown>),
    );
  return { child, log };
}

async function startReady(env: Record<string, string>): Promise<WebProcess> {
  const web = start(env);
  await waitUntil('the process to be ready', () => web.log.some((record) => record['msg'] === 'web ready'));
  return web;
}

async function environment(port: number): Promise<Record<string, string>> {
  const stack = testStack();
  const database = await migratedDatabase();
  onTestFinished(() => database.drop());
  return {
    CONVOY_POSTGRES_URL: database.url,
    CONVOY_TEMPORAL_ADDRESS: stack.temporal.address,
    CONVOY_TEMPORAL_NAMESPACE: stack.temporal.namespace,
    CONVOY_SIGNING_KEY_FILE: stack.signingKeyFile,
    CONVOY_MASTER_KEY_FILE: stack.masterKeyFile,
    CONVOY_OIDC_ISSUER: stack.issuer,
    CONVOY_PUBLIC_URL: `http://127.0.0.1:${port}`,
    CONVOY_HTTP_PORT: String(port),
    CONVOY_METRICS_PORT: '0',
    CONVOY_ACCESS_FILE: stack.accessFile,
  };
}

it('two processes share a port, take real tokens, and one goes on when the other drains', async () => {
  const port = await findFreePort();
  const env = await environment(port);
  const [first, second] = await Promise.all([startReady(env), startReady(env)]);
  const url = `http://127.0.0.1:${port}`;
  const ready = await fetch(`${url}/readyz`);
  expect(await ready.json()).toMatchObject({ status: 'ready' });

  const front = { mcpUrl: `${url}/mcp` };
  const agent = await tokenFor('operator', {
    resource: front.mcpUrl,
    scope: 'fleet:read fleet:write fleet:plan email',
  });
  expect((await callTool(front, agent, 'list_devices')).structuredContent).toMatchObject({ devices: [], total: 0 });
  const person = await tokenFor('admin', { resource: `${url}/api/v1` });
  const api = await fetch(`${url}/api/v1/audit`, { headers: { authorization: `Bearer ${person}` } });
  expect(api.status).toBe(200);
  expect((await postModern(front, person, { method: 'tools/list' })).status).toBe(401);

  const ended = once(first.child, 'exit');
  first.child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(first.log.at(-1)).toMatchObject({ msg: 'web stopped' });
  for (let index = 0; index < 5; index++) {
    expect((await callTool(front, agent, 'list_devices')).isError).toBeUndefined();
  }
  expect(second.log.some((record) => record['action'] === 'list_devices')).toBe(true);
});

it('ends when the process that started it is gone', async () => {
  const web = await startReady(await environment(await findFreePort()));
  const ended = once(web.child, 'exit');
  web.child.disconnect();
  expect(await ended).toEqual([0, null]);
});

it('says in one sentence what is wrong with its settings', async () => {
  const child = spawn(process.execPath, [PROGRAM], {
    env: { PATH: process.env['PATH'], CONVOY_HTTP_PORT: 'many' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  expect(code).toBe(1);
  expect(said).toMatch(/^INVALID_CONFIGURATION: .*CONVOY_HTTP_PORT: given "many"/);
  expect(said).not.toContain('    at ');
});
