import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { homeAt } from '../../cli/stack/home.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import { loadKeyring } from '../../shared/platform/encryption/keyring.ts';
import { callTool } from '../mcp-server/support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../mcp-server/support/start-front-end.ts';
import { CANARY, plantSecrets } from '../security/planted-secrets.ts';
import {
  filesBelow,
  placesOf,
  processList,
  tablesOfPostgres,
  tablesOfSqlite,
  traceOf,
  type Trace,
} from '../security/search-traces.ts';
import { opened } from '../support/histories.ts';
import { approve, propose, reaches, signalAs } from '../support/plans.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { temporalClient } from '../support/temporal.ts';
import { testStack } from '../support/test-stack.ts';
import { uniqueName } from '../support/unique-name.ts';

/** Several boards, so that every kind of radio, tunnel and port with a secret is among them. */
const ROUTERS = 3;
/** Device data that is no secret, and stands readable on the router and in Convoy's own tables only. */
const IDENTITY = uniqueName('identity-of-router');
const COMMENT = uniqueName('comment-of-uplink');
const RESOLVER = '198.51.100.53';
/** A vote's comment, sent without a key as people with Temporal's own tools send it. */
const PLAIN_VOTE = uniqueName('comment-in-the-clear');

let platform: TestPlatform;
/** Answers, logs and metrics: what people and programs are shown. */
const shown: Trace[] = [];
/** Everything that Temporal keeps or says by itself. */
const kept: Trace[] = [];

beforeAll(async () => {
  platform = await startPlatform({ routers: ROUTERS });
  const planted = platform.simulator.routers.map(({ router }) => {
    for (const item of router.items('/system/identity')) item.values['name'] = IDENTITY;
    for (const item of router.items('/interface')) item.values['comment'] = COMMENT;
    return plantSecrets(router);
  });
  expect(Math.min(...planted)).toBeGreaterThan(10);
}, 120_000);
afterAll(() => platform?.stop());

let isGathered = false;

/** Reads and changes all there is, once, and gathers what it left behind; the front end lives as long as the calling test. */
async function gather(): Promise<void> {
  if (isGathered) return;
  isGathered = true;
  const keyring = await loadKeyring({ masterKeyFile: testStack().masterKeyFile });
  const { database, fleet } = platform;
  const front = await startFrontEnd({ backEnd: { database, fleet, keyring } });
  await callEverything(front);
  await changeEverything();
  shown.push(traceOf('log of the web process', JSON.stringify(front.log)));
  for (const { log } of platform.workers) shown.push(traceOf('log of a worker', JSON.stringify(log)));
  shown.push(traceOf('metrics', await front.metrics.registry.metrics()));
  kept.push(...(await histories()), ...tablesOfSqlite(path.join(stackHome().temporalDir, 'temporal.db')));
}

test('no read, write, plan, log, metric, table or history holds a secret of a router or of its login', async () => {
  await gather();
  expect(shown.length).toBeGreaterThan(OPERATIONS.length);
  const traces = [...shown, ...kept, ...(await tablesOfPostgres(platform.postgresUrl)), ...(await logFiles())];
  expect(placesOf(traces, secretsOfRouters())).toEqual([]);
}, 300_000);

test("Temporal's own store and interface hold nothing of what routers say or are told", async () => {
  await gather();
  // The search would find them: they stand in what people are shown, and in the platform's own tables.
  expect(placesOf(shown, [IDENTITY])).not.toEqual([]);
  expect(placesOf(shown, [COMMENT])).not.toEqual([]);
  expect(placesOf(shown, [RESOLVER]).filter((place) => place.startsWith('opened history of'))).not.toEqual([]);
  expect(placesOf(kept, [IDENTITY, COMMENT, RESOLVER])).toEqual([]);
});

test('what is signalled without a key is found in the store, so that the search is known to look there', async () => {
  await gather();
  const places = placesOf(kept, [PLAIN_VOTE]);
  expect(places).toContain("Temporal's table history_node");
  expect(places.some((place) => place.startsWith('history of plan/'))).toBe(true);
});

test('no process list, environment or log file holds a key of the platform or a password of a router', async () => {
  await gather();
  const { masterKeyFile, cookieSecretFile, signingKeyFile, temporal } = testStack();
  const keys = await Promise.all(
    [masterKeyFile, cookieSecretFile, signingKeyFile].map(async (file) => longestLineOf(await readFile(file, 'utf8'))),
  );
  const pids = [temporal.pid, ...platform.workers.map(({ pid }) => pid)];
  const everywhere = [...(await processList(pids)), ...(await logFiles()), ...shown, ...kept];
  expect(everywhere.filter(({ where }) => where.endsWith('/environ'))).toHaveLength(pids.length);
  expect(placesOf(everywhere, [...keys, ...secretsOfRouters()])).toEqual([]);
});

function stackHome() {
  return homeAt(testStack().home);
}

function secretsOfRouters(): string[] {
  return [CANARY, ...platform.simulator.devices.map(({ password }) => password)];
}

/** Keys are one line, or the longest one of a PEM file. */
function longestLineOf(text: string): string {
  return text.split('\n').reduce((longest, line) => (line.length > longest.length ? line : longest), '');
}

async function logFiles(): Promise<Trace[]> {
  return filesBelow(stackHome().logsDir, () => false);
}

async function callEverything(front: TestFrontEnd): Promise<void> {
  const token = await front.tokenOf('admin');
  for (const { name: deviceId } of platform.devices) {
    for (const { name, example } of OPERATIONS) {
      const answer = await callTool(front, token, name, { ...example, deviceId });
      shown.push(traceOf(`${name} of ${deviceId}`, JSON.stringify(answer)));
    }
    for (const menu of ['/system/script', '/system/scheduler', '/user', '/snmp', '/ppp/secret', '/interface/wifi']) {
      const answer = await callTool(front, token, 'get_config_export', { deviceId, menu, limit: 1_000 });
      shown.push(traceOf(`export of ${menu} of ${deviceId}`, JSON.stringify(answer)));
    }
    const whole = await callTool(front, token, 'get_config_export', { deviceId, limit: 1_000 });
    shown.push(traceOf(`export of ${deviceId}`, JSON.stringify(whole)));
  }
}

/** One plan that is rolled out, and one that is rejected in the clear. */
async function changeEverything(): Promise<void> {
  const plan = await propose(platform, { input: { dnsServers: [RESOLVER] } });
  await approve(platform, plan);
  await reaches(platform, plan.planId, ['completed', 'failed', 'rolled_back'] satisfies Plan['status'][]);
  const refused = await propose(platform, { input: { dnsServers: ['198.51.100.54'] } });
  await signalAs(platform, 'anna', refused.planId, 'reject', { digest: refused.digest, comment: PLAIN_VOTE });
  await reaches(platform, refused.planId, ['rejected']);
}

/** As the interface gives them to whoever may read the namespace and has no key; what is in them when opened is shown too. */
async function histories(): Promise<Trace[]> {
  const { namespace } = platform;
  const client = await temporalClient({ subject: 'svc-admin', namespace });
  try {
    const traces: Trace[] = [];
    for await (const { workflowId, runId } of client.workflow.list()) {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      traces.push(traceOf(`history of ${workflowId}`, JSON.stringify(history)));
      const readable = JSON.stringify(await opened(history, namespace));
      shown.push(traceOf(`opened history of ${workflowId}`, readable));
    }
    return traces;
  } finally {
    await client.connection.close();
  }
}
