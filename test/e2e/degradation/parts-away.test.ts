import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { waitUntil } from '../../support/wait-until.ts';
import { startOwnStack, type OwnStack } from './support/own-stack.ts';

/** One stack for all: each test takes a part away while reads go on, and leaves everything as it was. */
let stack: OwnStack;
let operator: string;
let admin: string;
let approver: string;

beforeAll(async () => {
  stack = await startOwnStack({ env: { CONVOY_OIDC_KEYS_KEEP_SECONDS: '60' } });
  const { publicUrl, approvalUrl } = stack;
  operator = await stack.tokenOf('operator', `${publicUrl}/mcp`, 'fleet:read fleet:write fleet:plan');
  admin = await stack.tokenOf('admin', `${publicUrl}/api/v1`, 'fleet:read fleet:admin');
  approver = await stack.tokenOf('approver', approvalUrl, 'fleet:read fleet:approve');
}, 400_000);
afterAll(() => stack?.stop());

interface Answer {
  status: number;
  retryAfter: string | null;
  body: Record<string, unknown>;
}

async function call(url: string, token: string, body?: object): Promise<Answer> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, body: (await response.json()) as Record<string, unknown> };
}

const api = (path: string, body?: object, token = operator) => call(`${stack.publicUrl}/api/v1${path}`, token, body);
const nameOf = (index: number): string => stack.simulator.devices[index]?.name ?? '';
const read = (index: number) => api(`/devices/${nameOf(index)}/operations/get_dns_status`);
const write = (dnsServer: string) =>
  api(`/devices/${nameOf(0)}/operations/update_dns_servers`, { dnsServers: [dnsServer] });
const writesAt = (index: number): number => stack.simulator.routers[index]?.router.journal.entries().length ?? 0;

async function propose(dnsServer: string, index = 1): Promise<{ planId: string; digest: string }> {
  const { status, body } = await api('/plans/dns_ntp', { deviceIds: [nameOf(index)], dnsServers: [dnsServer] });
  expect([status, body['status']], JSON.stringify(body)).toEqual([201, 'awaiting_approval']);
  return { planId: String(body['planId']), digest: String(body['digest']) };
}

const decide = ({ planId, digest }: { planId: string; digest: string }) =>
  call(`${stack.approvalUrl}/approvals/v1/plans/${planId}/approve`, approver, { digest, comment: 'good' });

async function conditionOf(part: string): Promise<unknown> {
  const response = await fetch(`${stack.publicUrl}/readyz`);
  const { dependencies } = (await response.json()) as { dependencies: Record<string, { status: string }> };
  return dependencies[part]?.status;
}

const untilPart = (part: string, status: string) =>
  waitUntil(`${part} to be ${status}`, async () => (await conditionOf(part)) === status, {
    timeoutMs: 90_000,
    everyMs: 200,
  });

async function untilPlan(planId: string, wanted: string): Promise<void> {
  const ended = ['completed', 'failed', 'cancelled', 'expired', 'paused'];
  const read = async () => {
    const { body } = await api(`/plans/${planId}`);
    return ended.includes(String(body['status'])) && body;
  };
  const plan = await waitUntil(`the plan to be ${wanted}`, read, { timeoutMs: 90_000, everyMs: 250 });
  expect(plan['status'], JSON.stringify(plan)).toBe(wanted);
}

const READ_ONLY = { status: 503, retryAfter: '5', body: { code: 'SERVICE_READ_ONLY', retryable: true } };
const UNAVAILABLE = { status: 503, body: { code: 'SERVICE_UNAVAILABLE', retryable: true } };

/** Reads the first router all the time, and tells how each read was answered. */
function startTraffic(): { stop(): Promise<unknown[]> } {
  const answers: unknown[] = [];
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const running = (async () => {
    while (!over.signal.aborted) {
      const { status, body } = await read(0);
      answers.push(status === 200 ? body['source'] : body['code']);
      await delay(20);
    }
  })();
  return {
    async stop() {
      over.abort();
      await running;
      return answers;
    },
  };
}

/** What nobody may change while the database takes no writes. */
async function everyChangeIsRefused(plan: { planId: string; digest: string }): Promise<void> {
  const [device] = stack.simulator.devices;
  const registration = { name: 'new-01', host: device?.host, restPort: device?.restPort, environment: 'lab' };
  const login = { username: device?.user, password: device?.password };
  const before = [writesAt(0), writesAt(1)];
  expect(await write('9.9.9.9')).toMatchObject(READ_ONLY);
  expect(await api('/devices', { ...registration, ...login }, admin)).toMatchObject(READ_ONLY);
  expect(await api('/plans/dns_ntp', { deviceIds: [nameOf(1)], dnsServers: ['9.9.9.9'] })).toMatchObject(READ_ONLY);
  expect(await api(`/plans/${plan.planId}/cancel`, { comment: 'no' })).toMatchObject(READ_ONLY);
  expect(await decide(plan)).toMatchObject(READ_ONLY);
  const stop = await api('/stops', { all: true, reason: 'resolvers do not answer' });
  expect(stop).toMatchObject(READ_ONLY);
  expect(stop.body['message']).toContain('the stop is not in force');
  // Its record cannot be written, and what it shows is worth one.
  const sensitive = await api(`/devices/${nameOf(0)}/operations/get_recent_logs`);
  expect(sensitive).toMatchObject({ status: 503, retryAfter: '5' });
  expect([writesAt(0), writesAt(1)]).toEqual(before);
}

/** Rows that a refused change must not have left behind. */
async function stored(): Promise<unknown> {
  const database = await stack.openDatabase();
  try {
    const { devices } = await database.devices.list({ grants: [{ all: true }], limit: 10 });
    const plans = await database.plans.list({ grants: [{ all: true }], limit: 50 });
    const { ok } = await database.audit.verify();
    return {
      devices: devices.map(({ name }) => name),
      stops: (await database.stops.active()).length,
      plans: plans.map(({ planId, status, approvals }) => [planId, status, approvals.length]),
      isAuditWhole: ok,
    };
  } finally {
    await database.close();
  }
}

it('a database that takes no writes: routers and all that is known can be read, and nothing is changed', async () => {
  const plan = await propose('1.0.0.1');
  const before = await stored();
  const traffic = startTraffic();
  onTestFinished(() => stack.setReadOnly(false));
  await stack.setReadOnly(true);
  await untilPart('database', 'degraded');
  await everyChangeIsRefused(plan);
  // Its lane was never opened before.
  expect(await read(1)).toMatchObject({ status: 200, body: { source: 'live' } });
  expect(await api(`/plans/${plan.planId}`)).toMatchObject({ status: 200, body: { status: 'awaiting_approval' } });
  expect((await api('/devices')).body).not.toHaveProperty('stale');
  expect(await stored()).toEqual(before);
  await stack.setReadOnly(false);
  await untilPart('database', 'ok');
  expect(await write('1.1.1.1')).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  expect((await decide(plan)).status).toBe(202);
  await untilPlan(plan.planId, 'completed');
  expect(new Set(await traffic.stop())).toEqual(new Set(['live']));
}, 240_000);

it('a database that is away: routers are read on, the registry is shown as it was, and what was begun ends', async () => {
  const waiting = await propose('1.0.0.2', 0);
  const begun = await propose('1.0.0.3');
  expect((await read(0)).status).toBe(200);
  expect((await decide(begun)).status).toBe(202);
  const traffic = startTraffic();
  const wentAt = Date.now();
  await stack.postgres.takeAway();
  await untilPart('database', 'degraded');
  await everyChangeIsRefused(waiting);
  const device = await api(`/devices/${nameOf(0)}`);
  expect(device).toMatchObject({ status: 200, body: { name: nameOf(0), stale: true } });
  expect(Date.parse(String(device.body['asOf']))).toBeLessThanOrEqual(wentAt + 2_000);
  const list = await api('/devices?limit=1');
  expect(list).toMatchObject({ status: 200, body: { total: 2, stale: true, devices: [{ name: nameOf(0) }] } });
  // One that does not exist is answered as one that may not be seen.
  expect(await api('/devices/nowhere')).toMatchObject({ status: 404, body: { code: 'DEVICE_NOT_FOUND' } });
  expect(await api(`/plans/${waiting.planId}`)).toMatchObject(UNAVAILABLE);
  await stack.postgres.giveBack();
  await untilPart('database', 'ok');
  await untilPlan(begun.planId, 'completed');
  expect((await api(`/devices/${nameOf(0)}`)).body).not.toHaveProperty('stale');
  expect((await decide(waiting)).status).toBe(202);
  await untilPlan(waiting.planId, 'completed');
  expect(await write('1.1.1.2')).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  expect(new Set(await traffic.stop())).toEqual(new Set(['live']));
  expect(await stored()).toMatchObject({ isAuditWhole: true });
}, 300_000);

it('a database that says nothing: it is as one that is away, and what waited for it is written once', async () => {
  const plan = await propose('1.0.0.5');
  expect((await read(0)).status).toBe(200);
  const before = await stored();
  const traffic = startTraffic();
  onTestFinished(() => stack.silentPostgres.giveBack());
  await stack.silentPostgres.takeAway();
  await untilPart('database', 'degraded');
  await everyChangeIsRefused(plan);
  expect((await fetch(`${stack.publicUrl}/readyz`)).status).toBe(200);
  expect(await api(`/devices/${nameOf(0)}`)).toMatchObject({ status: 200, body: { name: nameOf(0), stale: true } });
  await stack.silentPostgres.giveBack();
  await untilPart('database', 'ok');
  expect(await stored()).toEqual(before);
  expect((await api(`/devices/${nameOf(0)}`)).body).not.toHaveProperty('stale');
  expect((await decide(plan)).status).toBe(202);
  await untilPlan(plan.planId, 'completed');
  expect(await write('1.1.1.3')).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  expect(new Set(await traffic.stop())).toEqual(new Set(['live']));
}, 300_000);

it('Temporal that is away: routers cannot be asked, what is known can, and nobody is started anew', async () => {
  const plan = await propose('1.0.0.4');
  const before = writesAt(0);
  await stack.temporal.takeAway();
  await untilPart('temporal', 'down');
  for (const refused of [await read(0), await write('9.9.9.9')]) {
    expect(refused).toMatchObject({ ...UNAVAILABLE, retryAfter: '5' });
    expect(String(refused.body['message'])).toContain('Temporal does not answer');
  }
  expect(await decide(plan)).toMatchObject(UNAVAILABLE);
  expect((await api('/devices')).status).toBe(200);
  expect(await api(`/plans/${plan.planId}`)).toMatchObject({ status: 200, body: { status: 'awaiting_approval' } });
  expect((await api('/audit?limit=5', undefined, admin)).status).toBe(200);
  expect(writesAt(0)).toBe(before);
  await stack.temporal.giveBack();
  await untilPart('temporal', 'ok');
  await waitUntil('a router to be read again', async () => (await read(0)).status === 200, { timeoutMs: 90_000 });
  // Each process finds out for itself that it is back; what it refuses until then was not done.
  await waitUntil('a decision to be taken', async () => (await decide(plan)).status === 202, { timeoutMs: 90_000 });
  await untilPlan(plan.planId, 'completed');
  expect(stack.services.filter((service) => service.hasExited())).toEqual([]);
}, 300_000);

it('an identity provider that is away: who is signed in goes on, and who wants to sign in is told', async () => {
  const page = () =>
    fetch(`${stack.approvalUrl}/oauth/login`, { redirect: 'manual', headers: { accept: 'text/html' } });
  // Verified by a key that is known, and not remembered from before.
  const unseen = await stack.tokenOf('operator', `${stack.publicUrl}/mcp`, 'fleet:read');
  await stack.identityProvider.takeAway();
  expect(await read(0)).toMatchObject({ status: 200 });
  expect(await api('/devices', undefined, unseen)).toMatchObject({ status: 200 });
  expect(await conditionOf('identityProvider')).not.toBe('down');
  const refused = await page();
  expect([refused.status, await refused.text()]).toEqual([
    503,
    expect.stringContaining('The identity provider does not answer') as string,
  ]);
  await stack.identityProvider.giveBack();
  const asked = await waitUntil('the gateway to send people to sign in', async () => {
    const { status } = await page();
    return status === 302;
  });
  expect(asked).toBe(true);
}, 120_000);

it('keys that cannot be read: known ones do up to their limit, unknown ones are told apart, and all is well again by itself', async () => {
  const { identityProvider } = stack;
  const signIn = () => stack.tokenOf('operator', `${stack.publicUrl}/mcp`, 'fleet:read');
  const devices = (token: string) => api('/devices', undefined, token);
  const NO_KEY = {
    status: 401,
    body: { message: expect.stringContaining('no key of the issuer matches it') as unknown },
  };
  const renewKeys = async (): Promise<string> => {
    await identityProvider.takeAway();
    await identityProvider.giveBack({ newKeys: true });
    return signIn();
  };
  // A token that was seen is remembered for a minute, so each of these is used once.
  const withdrawn = await signIn();
  const known = await renewKeys();
  const [early, late, last] = [await signIn(), await signIn(), await signIn()];
  // New keys are read by the first token that needs them, though not again and again.
  // No more often than a caller may: the next one would be told so instead.
  const patience = { timeoutMs: 90_000, everyMs: 1_000 };
  await waitUntil('the new keys to be read', async () => (await devices(known)).status === 200, patience);
  expect(await devices(withdrawn)).toMatchObject(NO_KEY);
  const unknown = await renewKeys();
  await identityProvider.takeAway();
  expect(await devices(unknown)).toMatchObject(NO_KEY);
  expect((await devices(early)).status).toBe(200);
  await untilPart('identityProvider', 'down');
  const refused = await devices(late);
  expect(refused).toMatchObject({ ...UNAVAILABLE, retryAfter: '5' });
  expect(String(refused.body['message'])).toContain('signing keys cannot be read');
  expect(await devices(unknown)).toMatchObject(UNAVAILABLE);
  await identityProvider.giveBack();
  await untilPart('identityProvider', 'ok');
  expect((await devices(unknown)).status).toBe(200);
  expect(await devices(last)).toMatchObject(NO_KEY);
}, 240_000);
