import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { findFreePorts } from '../../../cli/stack/ports.ts';
import { migratedDatabase } from '../../support/database.ts';
import { testStack } from '../../support/test-stack.ts';

interface GatewayProcess {
  /** Resolves with the log line of this message. */
  said(message: string): Promise<Record<string, unknown>>;
  exited: Promise<number | null>;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  disconnect(): void;
}

const program = fileURLToPath(new URL('../../../mcp-server/gateway/main.ts', import.meta.url));

function startProcess(env: Record<string, string>): GatewayProcess {
  const child = spawn(process.execPath, [program], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const lines: Record<string, unknown>[] = [];
  const waiting: { message: string; resolve: (line: Record<string, unknown>) => void }[] = [];
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (text) => {
    const line = JSON.parse(text) as Record<string, unknown>;
    lines.push(line);
    for (const one of waiting) if (one.message === line['msg']) one.resolve(line);
  });
  return {
    said: (message) =>
      new Promise((resolve) => {
        const known = lines.find((line) => line['msg'] === message);
        if (known) resolve(known);
        else waiting.push({ message, resolve });
      }),
    exited: once(child, 'exit').then(([code]) => code as number | null),
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    disconnect: () => child.disconnect(),
  };
}

async function settings(): Promise<{ env: Record<string, string>; url: string; metricsUrl: string }> {
  const { temporal, issuer, signingKeyFile, masterKeyFile, accessFile, cookieSecretFile } = testStack();
  const database = await migratedDatabase();
  onTestFinished(() => database.drop());
  const [port = 0, metricsPort = 0] = await findFreePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const env = {
    CONVOY_POSTGRES_URL: database.url,
    CONVOY_TEMPORAL_UI_URL: temporal.uiUrl,
    CONVOY_SIGNING_KEY_FILE: signingKeyFile,
    CONVOY_MASTER_KEY_FILE: masterKeyFile,
    CONVOY_OIDC_ISSUER: issuer,
    CONVOY_APPROVAL_URL: url,
    CONVOY_APPROVAL_PORT: String(port),
    CONVOY_METRICS_PORT: String(metricsPort),
    CONVOY_ACCESS_FILE: accessFile,
    CONVOY_COOKIE_SECRET_FILE: cookieSecretFile,
  };
  return { env, url, metricsUrl: `http://127.0.0.1:${metricsPort}/metrics` };
}

test('serves with a second one on the same port, and ends in order on SIGTERM', async () => {
  const { env, url, metricsUrl } = await settings();
  const first = startProcess(env);
  await first.said('gateway ready');
  const second = startProcess({ ...env, CONVOY_METRICS_PORT: '0' });
  await second.said('gateway ready');
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(metricsUrl)).text()).toContain('convoy_approvals_total');

  first.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  second.disconnect();
  expect(await second.exited).toBe(0);
  await second.said('gateway stopped');
});

test('logs a line a request without cookies, codes or cards', async () => {
  const { env, url } = await settings();
  const gateway = startProcess(env);
  await gateway.said('gateway ready');
  await fetch(`${url}/render?content=a-router-said`, {
    headers: { cookie: 'convoy_gateway=secret', 'x-correlation-id': 'trace-12345' },
  });
  const line = await gateway.said('request answered');
  expect(line).toMatchObject({ method: 'GET', path: '/render', status: 401, correlationId: 'trace-12345' });
  expect(JSON.stringify(line)).not.toMatch(/a-router-said|secret/);
});

test.each([
  ['CONVOY_TEMPORAL_UI_URL', { CONVOY_TEMPORAL_UI_URL: '' }],
  ['CONVOY_APPROVAL_URL', { CONVOY_APPROVAL_URL: 'http://127.0.0.1:8081/path' }],
  ['CONVOY_APROVAL_PORT', { CONVOY_APROVAL_PORT: '1' }],
])('refuses to start with a bad %s, in one sentence', async (name, wrong) => {
  const { env } = await settings();
  const gateway = startProcess({ ...env, ...wrong });
  expect(await gateway.exited).toBe(1);
  await expect.poll(() => gateway.stderr()).toMatch(/^INVALID_CONFIGURATION: .*\n$/);
  expect(gateway.stderr()).toContain(name);
  expect(gateway.stderr()).not.toContain('    at ');
});

test('names the variable of a port that is taken', async () => {
  const { env } = await settings();
  const taken = createServer();
  taken.listen({ port: Number(env['CONVOY_APPROVAL_PORT']), host: '127.0.0.1' });
  await once(taken, 'listening');
  onTestFinished(() => void taken.close());
  const gateway = startProcess(env);
  expect(await gateway.exited).toBe(1);
  await expect.poll(() => gateway.stderr()).toContain('Set CONVOY_APPROVAL_PORT to a free port.');
});
