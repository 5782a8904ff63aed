import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { approve, meet, propose, reaches, signalAs } from '../support/plans.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { waitUntil } from '../support/wait-until.ts';
import { startReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

let platform: TestPlatform;
let chat: WebhookReceiver;
let pager: WebhookReceiver;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'convoy-test-'));
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  [chat, pager] = await Promise.all([startReceiver(secret), startReceiver(secret)]);
  const secretFile = path.join(folder, 'secret');
  const webhooks = path.join(folder, 'webhooks.yaml');
  const policy = path.join(folder, 'policy.yaml');
  await Promise.all([
    writeFile(secretFile, secret),
    writeFile(policy, 'environments: { lab: { approvalCommentRequired: true } }'),
    writeFile(
      webhooks,
      `endpoints:
  chat: { url: '${chat.url}', secretFile: ${secretFile}, allowPrivateAddress: true }
  pager: { url: '${pager.url}', secretFile: ${secretFile}, allowPrivateAddress: true, events: [rollout.failed] }
escalation: { remindAfterSeconds: 1, escalateAfterSeconds: 2, escalateTo: [pager] }`,
    ),
  ]);
  env = {
    CONVOY_WEBHOOKS_FILE: webhooks,
    CONVOY_POLICY_FILE: policy,
    CONVOY_PUBLIC_URL: 'https://convoy.example.net',
    CONVOY_APPROVAL_URL: 'https://approvals.example.net',
  };
  platform = await startPlatform({ routers: 2, workers: 0 });
  await meet(platform, 'anna', ['approver']);
  await platform.startWorker(env);
}, 240_000);

afterAll(async () => {
  await platform?.stop();
  await Promise.all([chat?.close(), pager?.close(), rm(folder, { recursive: true, force: true })]);
});

/** What an endpoint was told of a plan, by the answer it gave. */
function told(receiver: WebhookReceiver, planId: string): [type: string, status: number, eventId: string][] {
  return receiver.events
    .filter(({ data }) => data.plan['planId'] === planId)
    .map(({ type, status, eventId }) => [type, status, eventId]);
}

async function hears(receiver: WebhookReceiver, planId: string, wanted: string, times = 1): Promise<void> {
  await waitUntil(
    `${wanted} of ${planId}`,
    async () => {
      const taken = told(receiver, planId).filter(([type, status]) => type === wanted && status === 204);
      return taken.length >= times || null;
    },
    { timeoutMs: 60_000 },
  );
}

test('an endpoint that fails at first is told until it takes it; people who wait are reminded; silent votes do not count', async () => {
  const answers = [500, 0];
  chat.answer = ({ type }) => (type === 'plan.approval_needed' ? (answers.shift() ?? 204) : 204);
  const plan = await propose(platform);
  await hears(chat, plan.planId, 'plan.approval_needed');
  const attempts = told(chat, plan.planId).filter(([type]) => type === 'plan.approval_needed');
  expect(attempts.map(([, status]) => status)).toEqual([500, 0, 204]);
  // The same event each time, so that the endpoint can tell that it has it already.
  expect(new Set(attempts.map(([, , eventId]) => eventId)).size).toBe(1);

  await hears(chat, plan.planId, 'plan.approval_reminder');
  await hears(chat, plan.planId, 'plan.approval_escalated');
  // Only what is escalated goes there besides what it asked for.
  await hears(pager, plan.planId, 'plan.approval_escalated');
  expect(told(pager, plan.planId)).toHaveLength(1);

  await signalAs(platform, 'anna', plan.planId, 'approve', { digest: plan.digest, comment: ' ' });
  await waitUntil('the refusal', async () => {
    const [refused] = (await platform.database.plans.get(plan.planId))?.refusedDecisions ?? [];
    return refused?.code === 'APPROVAL_COMMENT_REQUIRED' || null;
  });
  await approve(platform, plan);
  await reaches(platform, plan.planId, ['completed']);
  await hears(chat, plan.planId, 'rollout.completed');
  for (const type of ['plan.approved', 'rollout.started', 'rollout.completed']) await hears(chat, plan.planId, type);
  const taken = told(chat, plan.planId).filter(([, status]) => status === 204);
  expect(taken.map(([type]) => type).sort()).toEqual([
    'plan.approval_escalated',
    'plan.approval_needed',
    'plan.approval_reminder',
    'plan.approved',
    'rollout.completed',
    'rollout.started',
  ]);
  expect(chat.forged).toBe(0);

  const needed = chat.events.find(({ type }) => type === 'plan.approval_needed')?.data.plan;
  expect(needed).toMatchObject({
    planId: plan.planId,
    kind: 'dns_ntp',
    environment: 'lab',
    status: 'awaiting_approval',
    digest: plan.digest,
    requestedByName: 'olga@example.test',
    approvals: { needed: 1, given: 0, commentRequired: true, votes: [] },
    devices: { total: 2, toChange: 2, names: platform.devices.map(({ name }) => name), namesLeftOut: 0 },
    rollout: { how: 'A canary of 1 device, then 1 device at once.', notBefore: null },
    links: { console: `https://convoy.example.net/plans/${plan.planId}` },
  });
  // Of the diff there is nothing in it: neither what is wanted nor what routers hold.
  expect(JSON.stringify(chat.events)).not.toContain('9.9.9.9');
}, 180_000);

test('a worker that is killed between an event and its delivery leaves one event, which is told all the same', async () => {
  let isDown = true;
  chat.answer = () => (isDown ? 503 : 204);
  const plan = await propose(platform, { input: { dnsServers: ['10.8.7.1'] } });
  const [delivery] = await waitUntil('the event in the outbox', async () => {
    const rows = await platform.database.webhooks.list({ planId: plan.planId, limit: 10 });
    // Tried and not taken: the next attempt is a while away.
    return rows[0] !== undefined && rows[0].attempts > 0 ? rows : null;
  });
  await platform.workers[0]?.kill('SIGKILL');
  expect(delivery).toMatchObject({ type: 'plan.approval_needed', endpoint: 'chat', state: 'pending' });
  isDown = false;
  await platform.startWorker(env);
  await hears(chat, plan.planId, 'plan.approval_needed');
  const ids = told(chat, plan.planId).flatMap(([type, , eventId]) =>
    type === 'plan.approval_needed' ? [eventId] : [],
  );
  expect(new Set(ids)).toEqual(new Set([delivery?.eventId]));
  await waitUntil('the row', async () => {
    const [row] = await platform.database.webhooks.list({ planId: plan.planId, state: 'delivered', limit: 10 });
    return row ?? null;
  });
  await signalAs(platform, 'anna', plan.planId, 'reject', { digest: plan.digest, comment: 'enough' });
  await hears(chat, plan.planId, 'plan.rejected');
}, 180_000);

test('what an endpoint does not take for good is left to people, who have it told once more', async () => {
  chat.answer = ({ type }) => (type === 'plan.rejected' ? 410 : 204);
  const plan = await propose(platform, { input: { dnsServers: ['10.8.7.2'] } });
  await signalAs(platform, 'anna', plan.planId, 'reject', { digest: plan.digest, comment: 'no' });
  const failed = await waitUntil('the failed delivery', async () => {
    const [row] = await platform.database.webhooks.list({ state: 'failed', limit: 1 });
    return row ?? null;
  });
  expect(failed).toMatchObject({ type: 'plan.rejected', attempts: 1, lastStatus: 410, lastError: 'It answered 410.' });
  const { eventId, endpoint } = failed;
  chat.answer = () => 204;
  await platform.database.webhooks.setState(eventId, endpoint, 'pending', null);
  await platform.fleet.deliverWebhook({ eventId, endpoint });
  await hears(chat, plan.planId, 'plan.rejected');
}, 180_000);

test('after its approval lapsed a plan that waits expires, and failed devices are not tried again but by a plan made anew', async () => {
  const lapsing = path.join(folder, 'lapsing.yaml');
  await writeFile(lapsing, 'environments: { lab: { approvalValidHours: 0.005 } }');
  await Promise.all(platform.workers.map((worker) => worker.kill('SIGTERM')));
  await platform.startWorker({ ...env, CONVOY_POLICY_FILE: lapsing });
  const [router] = platform.simulator.routers;
  await router!.setFaults([{ kind: 'error', match: { method: 'POST', path: '/ip/dns/set' } }]);
  const wish = { input: { dnsServers: ['10.8.7.5'] }, rollout: { canary: 0, maxFailures: 1 } };
  const begun = await propose(platform, wish);
  await approve(platform, begun);
  const ended = await reaches(platform, begun.planId, ['completed']);
  expect(ended.devices.map(({ status }) => status).toSorted()).toEqual(['applied', 'failed']);
  const votedAt = ended.approvals.at(-1)?.at ?? '';
  expect(Date.parse(ended.approvalValidUntil ?? '')).toBe(Date.parse(votedAt) + 0.005 * 3_600_000);
  await router!.setFaults([]);

  const holder = await propose(platform, { input: { dnsServers: ['10.8.7.3'] } });
  const plan = await propose(platform, { input: { dnsServers: ['10.8.7.4'] } });
  expect(await platform.database.plans.get(plan.planId)).toMatchObject({
    approvalValidHours: 0.005,
    approvalValidUntil: null,
  });
  // It holds the devices for as long as the other one waits for them.
  await platform.database.plans.patch({ planId: holder.planId, status: 'rolling_out' });
  await approve(platform, plan);
  const over = await reaches(platform, plan.planId, ['expired']);
  expect(over.statusReason).toMatch(/^Its approval held until 20\S+Z \(0\.005 h, approvalValidHours of the policy\)/);
  expect(over.devices.map(({ status }) => status)).toEqual(['pending', 'pending']);
  await hears(chat, plan.planId, 'plan.expired');
  await platform.database.plans.patch({ planId: holder.planId, status: 'cancelled' });

  // The one that was approved before has lapsed too.
  await platform.fleet.signalPlan(begun.planId, 'retry', { comment: 'once more', onBehalfOf: 'olga' });
  const refusal = await waitUntil('the refusal', async () => {
    const [event] = await platform.database.audit.list({ planId: begun.planId, action: 'plan.retry', limit: 1 });
    return event ?? null;
  });
  expect(refusal).toMatchObject({ outcome: 'refused', code: 'PLAN_EXPIRED', actor: 'olga' });
  const still = await platform.database.plans.get(begun.planId);
  expect(still?.devices.map(({ status }) => status).toSorted()).toEqual(['applied', 'failed']);
  const anew = await propose(platform, wish);
  expect(anew).toMatchObject({ toChange: 1, skipped: 1 });
  await approve(platform, anew);
  await reaches(platform, anew.planId, ['completed']);
  await expectAllToReplay(platform);
}, 300_000);
