import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import * as nexus from 'nexus-rpc';
import { Pool } from 'undici';
import { parse } from 'yaml';
import { z } from 'zod';
import { startServiceToken } from '../../shared/platform/temporal/service-token.ts';
import { loadSigningKey, SERVICE_SUBJECTS } from '../../shared/platform/temporal/temporal-token.ts';
import { pollers } from '../../worker/pollers.ts';
import type { BenchStack } from './bench-stack.ts';
import { percentile, type Figure } from './figures.ts';

const QUEUE = 'bare';
const SAMPLES = 600;
const ServerConfig = z.object({ services: z.object({ frontend: z.object({ rpc: z.object({ httpPort: z.int() }) }) }) });

/** What the fast door stands on: a Nexus operation that a worker answers at once, without Convoy, on the stack's server. */
export async function measureBareNexus({ stack, file }: BenchStack): Promise<Figure> {
  const { address, namespace } = file.temporal;
  const token = await startServiceToken({
    signingKey: await loadSigningKey(path.join(stack.home.keysDir, 'platform-es256.pem')),
    subject: SERVICE_SUBJECTS.admin,
    permissions: [`${namespace}:write`],
    onError: (error) => console.error(error),
  });
  const config: unknown = parse(await readFile(path.join(stack.home.temporalDir, 'server.yaml'), 'utf8'));
  const { httpPort } = ServerConfig.parse(config).services.frontend.rpc;
  const connection = await NativeConnection.connect({ address, tls: false, apiKey: token.current() });
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: QUEUE,
    nexusServices: [nexus.serviceHandler(bare, { echo: (_context, text) => Promise.resolve(text) })],
    nexusTaskPollerBehavior: pollers(1),
  });
  const pool = new Pool(`http://127.0.0.1:${httpPort}`, { connections: 1 });
  try {
    const ms = await worker.runUntil(() => askOften(pool, namespace, token.current()));
    return {
      name: 'bare Nexus operation, p50',
      value: percentile(ms, 0.5),
      unit: 'ms',
      target: null,
      note: `${ms.length} calls one after the other over HTTP, answered at once; the fast door stands on it`,
    };
  } finally {
    await Promise.all([connection.close(), pool.close()]);
    token.stop();
  }
}

const bare = nexus.service('bare', { echo: nexus.operation<string, string>() });

/** Milliseconds of each call, without those in which the code was still being compiled. */
async function askOften(pool: Pool, namespace: string, token: string): Promise<number[]> {
  const ms: number[] = [];
  for (let index = 0; index < 2 * SAMPLES; index++) {
    const startedAtMs = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'POST',
      path: `/namespaces/${namespace}/task-queues/${QUEUE}/nexus-services/bare/echo`,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'nexus-request-id': randomUUID(),
        'request-timeout': '5000ms',
      },
      body: '"asked"',
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`a bare operation was answered ${statusCode}: ${text.slice(0, 200)}`);
    if (index >= SAMPLES) ms.push(performance.now() - startedAtMs);
  }
  return ms;
}
