import { afterAll, beforeAll, expect, test } from 'vitest';
import pg from 'pg';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { callTool } from '../mcp-server/support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../mcp-server/support/start-front-end.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { CANARY, plantSecrets } from '../security/planted-secrets.ts';

/** Several boards, so that every kind of radio, tunnel and port with a secret is among them. */
const ROUTERS = 3;

let platform: TestPlatform;
/** Everything that left the routers, by where it was found. */
const traces: { where: string; text: string }[] = [];

beforeAll(async () => {
  platform = await startPlatform({ routers: ROUTERS });
  const planted = platform.simulator.routers.map(({ router }) => plantSecrets(router));
  expect(Math.min(...planted)).toBeGreaterThan(10);
}, 120_000);
afterAll(() => platform.stop());

test('no read, write, plan, log, history or table holds a secret of a router or of its login', async () => {
  const { database, fleet } = platform;
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const front = await startFrontEnd({ backEnd: { database, fleet, keyring } });
  await callEverything(front);
  traces.push({ where: 'log of the web process', text: JSON.stringify(front.log) });
  for (const { log } of platform.workers) traces.push({ where: 'log of a worker', text: JSON.stringify(log) });
  traces.push({ where: 'metrics', text: await front.metrics.registry.metrics() });
  traces.push(...(await tablesOf(platform.postgresUrl)), ...(await historiesOf(platform.namespace)));

  expect(traces.length).toBeGreaterThan(OPERATIONS.length);
  const secrets = [CANARY, ...platform.simulator.devices.map(({ password }) => password)];
  const found = traces.filter(({ text }) => secrets.some((secret) => holds(text, secret))).map(({ where }) => where);
  expect([...new Set(found)]).toEqual([]);
}, 120_000);

/** In the clear, or in base64 at any alignment, as payloads and histories have it. */
function holds(text: string, secret: string): boolean {
  const forms = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
    // The first and last characters also depend on what stands beside it.
    return encoded.slice(shift === 0 ? 0 : shift + 1, -4);
  });
  return [secret, ...forms].some((form) => text.includes(form));
}

async function callEverything(front: TestFrontEnd): Promise<void> {
  const token = await front.tokenOf('admin');
  for (const { name: deviceId } of platform.devices) {
    for (const { name, example } of OPERATIONS) {
      const answer = await callTool(front, token, name, { ...example, deviceId });
      traces.push({ where: `${name} of ${deviceId}`, text: JSON.stringify(answer) });
    }
    for (const menu of ['/system/script', '/system/scheduler', '/user', '/snmp', '/ppp/secret', '/interface/wifi']) {
      const answer = await callTool(front, token, 'get_config_export', { deviceId, menu, limit: 1_000 });
      traces.push({ where: `export of ${menu} of ${deviceId}`, text: JSON.stringify(answer) });
    }
    const whole = await callTool(front, token, 'get_config_export', { deviceId, limit: 1_000 });
    traces.push({ where: `export of ${deviceId}`, text: JSON.stringify(whole) });
  }
  const deviceIds = platform.devices.map(({ deviceId }) => deviceId);
  const plan = await callTool(front, token, 'plan_dns_ntp', { deviceIds, dnsServers: ['192.0.2.53'] });
  traces.push({ where: 'plan', text: JSON.stringify(plan) });
}

async function tablesOf(url: string): Promise<typeof traces> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')",
    );
    const dumps = [];
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ text: string | null }>(`select json_agg(t)::text as text from ${name} t`);
      dumps.push({ where: `table ${name}`, text: rows[0]?.text ?? '' });
    }
    return dumps;
  } finally {
    await client.end();
  }
}

async function historiesOf(namespace: string): Promise<typeof traces> {
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  try {
    const histories = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      histories.push({ where: `history of ${workflowId}`, text: JSON.stringify(history) + decoded(history) });
    }
    return histories;
  } finally {
    await client.connection.close();
  }
}

/** Payloads are bytes: shown as text, so that the secret would be seen as it is. */
function decoded(history: unknown): string {
  if (history instanceof Uint8Array) return Buffer.from(history).toString('utf8');
  if (history === null || typeof history !== 'object') return '';
  return Object.values(history).map(decoded).join('\n');
}
