import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NOTIFICATIONS_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import type { FleetEvent } from '../../shared/domain/fleet-event.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

let platform: TestPlatform;
let chat: WebhookReceiver;
let slack: WebhookReceiver;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'convoy-test-'));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  [chat, slack] = await Promise.all([startReceiver(secret), startReceiver(secret)]);
  const [secretFile, urlFile, webhooks] = ['secret', 'url', 'webhooks.yaml'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([
    writeFile(secretFile, secret),
    writeFile(urlFile, `${slack.url}\n`),
    writeFile(
      webhooks,
      `endpoints:
  chat: { url: '${chat.url}', secretFile: ${secretFile}, allowPrivateAddress: true, groupSeconds: 8 }
  slack:
    urlFile: ${urlFile}
    secretFile: ${secretFile}
    allowPrivateAddress: true
    template: slack
    tags: ['site:berlin']
    events: [device.status_changed, audit.anchored]
    groupSeconds: 8`,
    ),
  ]);
  env = { CONVOY_WEBHOOKS_FILE: webhooks, CONVOY_NOTIFICATION_INTERVAL_SECONDS: '1' };
  platform = await startPlatform({ routers: 0, workers: 0 });
  await platform.startWorker(env);
}, 240_000);

afterAll(async () => {
  await platform?.stop();
  await Promise.all([chat?.close(), slack?.close(), rm(folder, { recursive: true, force: true })]);
});

function turns(site: string, names: readonly string[], from: string, to: string): FleetEvent[] {
  return names.map((name) => ({
    type: 'device.status_changed',
    key: `status/${name}/${from}-${to}`,
    at: new Date().toISOString(),
    deviceId: `dev_${name}`,
    deviceName: name,
    environment: 'prod',
    tags: [`site:${site}`],
    details: { from, to, reasons: to === 'healthy' ? [] : ['It does not answer <!channel>.'] },
  }));
}

const BERLIN = Array.from({ length: 14 }, (_, index) => `ber-${String(index + 1).padStart(2, '0')}`);

/** Titles of what an endpoint took, in their order by name. */
function titles(receiver: WebhookReceiver): string[] {
  const taken = receiver.events.filter(({ status }) => status === 204);
  return taken
    .map(({ body }) => String((body['data'] as Record<string, unknown> | undefined)?.['title']))
    .sort((one, other) => (one < other ? -1 : 1));
}

async function quietens(): Promise<void> {
  await waitUntil(
    'nothing to be told any more',
    async () => {
      const [untold, pending] = await Promise.all([
        platform.database.notices.untold(),
        platform.database.webhooks.list({ state: 'pending', limit: 1 }),
      ]);
      return (untold.size === 0 && pending.length === 0) || null;
    },
    { timeoutMs: 90_000 },
  );
}

test('a dead site is one message, although the worker is killed meanwhile and the endpoint fails at first', async () => {
  const answers = [503, 0];
  chat.answer = () => answers.shift() ?? 204;
  const down = turns('berlin', BERLIN, 'healthy', 'unreachable');
  await platform.database.fleetEvents.append(down.slice(0, 9));
  await waitUntil('the group', async () => (await platform.database.notices.untold()).has('chat') || null);
  await platform.workers[0]?.kill('SIGKILL');
  await platform.database.fleetEvents.append([...down.slice(5), ...turns('rome', ['rom-01'], 'healthy', 'degraded')]);
  await platform.startWorker(env);
  await waitUntil('both messages', async () => titles(chat).length >= 2 || null, { timeoutMs: 90_000 });
  await waitUntil('the message in Slack', async () => titles(slack).length > 0 || null, { timeoutMs: 90_000 });

  await platform.database.fleetEvents.append([...down, ...turns('berlin', BERLIN, 'unreachable', 'healthy')]);
  await waitUntil('the recovery', async () => titles(chat).length >= 3 || null, { timeoutMs: 90_000 });
  await quietens();
  expect(titles(chat)).toEqual([
    'Site berlin: 14 devices healthy again',
    'Site berlin: 14 devices unreachable',
    'rom-01 is degraded, and was healthy',
  ]);
  // What was posted again had the id under which it was not taken.
  const ids = chat.events.map(({ eventId }) => eventId);
  expect([ids.length, new Set(ids).size, chat.forged, slack.forged]).toEqual([5, 3, 0, 0]);
  expect(chat.events.find(({ data }) => JSON.stringify(data).includes('unreachable'))?.data).toMatchObject({
    place: 'site:berlin',
    environment: 'prod',
    count: 14,
    devices: { total: 14, names: BERLIN, byStatus: { unreachable: 14 } },
  });
  expect(slack.events.map(({ body }) => body)).toMatchObject([
    {
      text: 'Site berlin: 14 devices unreachable',
      attachments: [
        {
          blocks: [
            { type: 'header', text: { type: 'plain_text', text: 'Site berlin: 14 devices unreachable' } },
            {
              type: 'section',
              text: {
                type: 'plain_text',
                text: `unreachable: ${BERLIN.slice(0, 10).join(', ')} and 4 more\nFor the first: It does not answer <!channel>.`,
              },
            },
          ],
        },
      ],
    },
    { text: 'Site berlin: 14 devices healthy again' },
  ]);
}, 300_000);

test('an anchor of the audit is told to whom it was promised; what an endpoint does not take can be told once more', async () => {
  slack.answer = () => 410;
  await platform.database.audit.append({ key: 'a', action: 'x', actor: 'olga', outcome: 'ok' });
  const { seq, hash } = await platform.database.audit.head();
  await platform.database.audit.anchor({ seq, hash });
  const failed = await waitUntil(
    'the failed delivery',
    async () => (await platform.database.webhooks.list({ state: 'failed', limit: 1 }))[0] ?? null,
    { timeoutMs: 90_000 },
  );
  expect(failed).toMatchObject({ type: 'audit.anchored', endpoint: 'slack', planId: null, lastStatus: 410 });
  slack.answer = () => 204;
  const { eventId, endpoint } = failed;
  await platform.database.webhooks.setState(eventId, endpoint, 'pending', null);
  await platform.fleet.deliverWebhook({ eventId, endpoint });
  await quietens();
  expect(slack.events.at(-1)).toMatchObject({ status: 204, body: { text: `The audit ends with entry ${seq}` } });
  // Nobody asked for it there.
  expect(titles(chat)).toHaveLength(3);
  expect([...(await expectAllToReplay(platform))]).toContain(NOTIFICATIONS_WORKFLOW);
}, 300_000);
