import { expect, onTestFinished, test } from 'vitest';
import { CliError } from '../../cli/client/cli-error.ts';
import { createConvoyClient } from '../../cli/client/convoy-client.ts';
import { readEvents } from '../../cli/client/event-stream.ts';
import { mergeProgress } from '../../cli/client/merge-progress.ts';
import { followPlan, type PlanNews } from '../../cli/client/follow-plan.ts';
import type { PlanView } from '../../cli/client/shapes.ts';
import { deviceLines, renderWatch, watchLine } from '../../cli/commands/plan/render-watch.ts';
import { callApi } from '../mcp-server/support/api-calls.ts';
import { addDevice } from '../mcp-server/support/devices.ts';
import { startFrontEnd, type TestFrontEnd } from '../mcp-server/support/start-front-end.ts';

const PLAN: PlanView = {
  planId: 'pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC',
  kind: 'dns_ntp',
  status: 'rolling_out',
  statusReason: null,
  environment: 'lab',
  risk: 'low',
  riskReasons: [],
  digest: 'a'.repeat(64),
  requestedBy: 'olga',
  comment: '',
  createdAt: '2026-11-26T20:00:00Z',
  expiresAt: '2026-11-27T20:00:00Z',
  approvals: [{ by: 'anna', at: '2026-11-26T20:01:00Z', decision: 'approve', via: 'console', comment: '' }],
  approvalsNeeded: 1,
  approvalCommentRequired: false,
  refusedDecisions: [],
  rollout: {},
  preChecks: [],
  replaces: null,
  replacedBy: null,
  groups: [],
  estimatedEndAt: '2026-11-26T20:10:00Z',
  progress: { applied: 1, failed: 1, pending: 2, skipped: 0, deferred: 1, total: 4 },
  links: { console: '', temporal: '' },
  devices: [
    { deviceId: 'd1', name: 'r1', status: 'applied', changes: [] },
    {
      deviceId: 'd2',
      name: 'r2\u001B[31m',
      status: 'failed',
      changes: [],
      error: { code: 'DEVICE_TIMEOUT', message: 'It did not answer.' },
    },
    { deviceId: 'd3', name: 'r3', status: 'applying', changes: [] },
    { deviceId: 'd4', name: 'r4', status: 'pending', changes: [] },
  ],
};

async function* chunksOf(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

function event(name: string, id: number | null, data: unknown): string {
  return `event: ${name}\n${id === null ? '' : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
}

async function all(news: AsyncIterable<PlanNews>): Promise<PlanNews[]> {
  const seen: PlanNews[] = [];
  for await (const one of news) seen.push(one);
  return seen;
}

test('events come whole however they are cut into pieces, without comments', async () => {
  const text = `retry: 3000\n\n: nothing new\n\n${event('plan', 7, { é: 1 })}${event('end', null, {})}`;
  const bytes = new TextEncoder().encode(text);
  const events = [];
  async function* bytewise(): AsyncGenerator<Uint8Array> {
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  for await (const one of readEvents(bytewise())) events.push(one);
  expect(events).toEqual([
    { name: 'plan', id: '7', data: '{"é":1}' },
    { name: 'end', id: null, data: '{}' },
  ]);
});

test('a lost connection is made again where it was, and the end of the plan is the end', async () => {
  const asked: (string | null)[] = [];
  const done = { ...PLAN, status: 'completed' };
  const answers = [
    () => chunksOf(event('plan', 3, PLAN)),
    () => {
      throw new CliError('SERVICE_UNAVAILABLE', 'It does not answer.');
    },
    () => chunksOf(event('end', 3, { reason: 'draining' })),
    () => chunksOf(event('plan', 4, done), event('end', 4, { reason: 'settled' })),
  ];
  const open = async (lastEventId: string | null) => {
    asked.push(lastEventId);
    return answers.shift()?.() ?? null;
  };
  const news = await all(followPlan({ open, signal: new AbortController().signal, longestPauseMs: 1 }));
  expect(news).toMatchObject([
    { is: 'plan', plan: { status: 'rolling_out' } },
    { is: 'lost', why: 'It does not answer.' },
    { is: 'plan', plan: { status: 'completed' } },
  ]);
  expect(asked).toEqual([null, '3', '3', '3']);
});

test('a connection that falls silent counts as lost; a plan that cannot be seen is the end of it', async () => {
  let tries = 0;
  const silent = async (_: string | null, until: AbortSignal) => {
    tries += 1;
    if (tries === 2) return chunksOf(event('end', null, { reason: 'not_visible' }));
    return (async function* (): AsyncGenerator<Uint8Array> {
      yield new Uint8Array();
      await new Promise((_resolve, reject) => until.addEventListener('abort', () => reject(new Error('aborted'))));
    })();
  };
  const seen: PlanNews[] = [];
  const following = (async () => {
    const options = { open: silent, signal: new AbortController().signal, silentMs: 20, longestPauseMs: 1 };
    for await (const one of followPlan(options)) seen.push(one);
  })();
  await expect(following).rejects.toMatchObject({ code: 'PLAN_NOT_FOUND' });
  expect(seen).toEqual([{ is: 'lost', why: 'The connection was lost.' }]);
});

test('of a plan only what is new is sent, and the picture stays whole, also over a lost connection', async () => {
  const front = await startFrontEnd();
  const { plans } = front.database;
  const token = await front.tokenOf('operator');
  const client = createConvoyClient(front, token);
  const planId = await planFor(front, token, ['north-01', 'north-02']);
  const [first, second] = (await client.getPlan(planId)).devices.map(({ deviceId }) => ({ planId, deviceId }));
  const sent: string[] = [];
  let connection = new AbortController();
  const ended = new AbortController();
  onTestFinished(() => ended.abort());
  const open = async (lastEventId: string | null, until: AbortSignal) => {
    connection = new AbortController();
    const signal = AbortSignal.any([until, connection.signal]);
    const body = await client.planEvents(planId, { lastEventId, signal });
    return body === null ? null : noted(body, sent);
  };
  const followed = followPlan({ open, signal: ended.signal, longestPauseMs: 1 });
  const seen = async (): Promise<PlanNews> => (await followed.next()).value as PlanNews;
  const isAsAsked = async () => ({ is: 'plan', plan: await client.getPlan(planId) });

  expect(await seen()).toEqual(await isAsAsked());
  await plans.recordDevices([
    { ...first!, status: 'failed', error: { code: 'DEVICE_TIMEOUT', message: 'It did not answer.', retryable: true } },
  ]);
  expect(await seen()).toEqual(await isAsAsked());
  await plans.recordDevices([{ ...first!, status: 'applied' }]);
  expect(await seen()).toEqual(await isAsAsked());

  const lost = seen();
  connection.abort();
  expect(await lost).toMatchObject({ is: 'lost' });
  await plans.recordDevices([{ ...second!, status: 'applied' }]);
  expect(await seen()).toEqual(await isAsAsked());
  await plans.patch({ planId, status: 'completed' });
  expect(await seen()).toEqual(await isAsAsked());
  expect(await followed.next()).toMatchObject({ done: true });
  expect(sent).toEqual(['plan', 'progress', 'progress', 'plan', 'progress', 'end']);
});

test('a device that is told anew has no failure any more, and its diff still', () => {
  const { groups: _, preChecks: __, devices, ...plan } = { ...PLAN, status: 'completed', rollbackUntil: 'soon' };
  const changes = [{ path: '/ip/dns', key: '', summary: 'servers' }];
  const before = { ...PLAN, devices: devices.map((device) => ({ ...device, changes })) };
  const after = mergeProgress(before, { ...plan, devices: [{ deviceId: 'd2', name: 'r2', status: 'applied' }] });
  expect(after.devices.map(({ deviceId }) => deviceId)).toEqual(['d1', 'd2', 'd3', 'd4']);
  expect(after.devices[1]).toEqual({ deviceId: 'd2', name: 'r2', status: 'applied', changes });
  expect(after).toMatchObject({ status: 'completed', rollbackUntil: 'soon', groups: [], preChecks: [] });
});

async function planFor(front: TestFrontEnd, token: string, deviceIds: string[]): Promise<string> {
  for (const name of deviceIds) await addDevice(front.database, name, { tags: ['north'] });
  const { body } = await callApi(front, token, 'POST', '/plans/dns_ntp', { deviceIds, dnsServers: ['9.9.9.9'] });
  return String(body['planId']);
}

/** The same stream; the names of its events are written down. */
async function* noted(stream: AsyncIterable<Uint8Array>, names: string[]): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    const text = new TextDecoder().decode(piece);
    names.push(...Array.from(text.matchAll(/^event: (\w+)$/gm), ([, name]) => name ?? ''));
    yield piece;
  }
}

test('what is shown in place says how far it is, what failed, who decided and how long it takes, within the screen', () => {
  const lines = renderWatch(PLAN, { columns: 60, nowMs: Date.parse('2026-11-26T20:04:00Z') });
  expect(lines).toEqual([
    'dns_ntp on 4 lab devices   pln_01JDXVBM0Q8Z7K4N2T6R9WYFHC',
    'rolling out',
    `[${'█'.repeat(20)}${'░'.repeat(20)}] 1 of 4 changed, …`,
    'expected:  2026-11-26T20:10:00Z (in 6 min)',
    'now:       r3',
    'approvals: 1 of 1 (approve by anna through console)',
    'failures:  1',
    String.raw`  r2\u{1b}[31m (failed) DEVICE_TIMEOUT: It did not answer.`,
  ]);
  expect(watchLine(PLAN)).toBe('rolling_out: 1 of 4 changed, 1 failed, 2 to come, 1 of them tried again');
  expect(deviceLines(null, PLAN)).toEqual([String.raw`r2\u{1b}[31m failed: DEVICE_TIMEOUT: It did not answer.`]);
  expect(deviceLines(PLAN, PLAN)).toEqual([]);
});
