import { afterAll, beforeAll, expect, it } from 'vitest';
import { sayClocks } from '../../../cli/commands/doctor/database-checks.ts';
import type { ServiceKind } from '../../../cli/stack/services.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { startOwnStack, type OwnStack } from './support/own-stack.ts';

/** Clocks of running processes are set far off, by more than anything they compare with it may last, and put right again. */
let stack: OwnStack;
let operator: string;
let approver: string;

const DAY_MS = 86_400_000;
const KINDS = ['worker', 'web', 'gateway'] as const satisfies ServiceKind[];
const PLAN_EXPIRES_SECONDS = 7 * 86_400;

beforeAll(async () => {
  const env = {
    CONVOY_PLAN_EXPIRES_SECONDS: String(PLAN_EXPIRES_SECONDS),
    CONVOY_HEALTH_INTERVAL_SECONDS: '10',
    CONVOY_DEVICE_METRICS_SECONDS: '60',
  };
  stack = await startOwnStack({ env, routers: 3 });
  // Of before: good for an hour, by clocks that are right.
  operator = await stack.tokenOf('operator', `${stack.publicUrl}/mcp`, 'fleet:read fleet:write fleet:plan');
  approver = await stack.tokenOf('approver', stack.approvalUrl, 'fleet:read fleet:approve');
}, 400_000);
afterAll(() => stack?.stop());

type Body = Record<string, unknown>;

async function call(url: string, token: string, body?: object): Promise<{ status: number; body: Body }> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

const api = (path: string, body?: object) => call(`${stack.publicUrl}/api/v1${path}`, operator, body);
const nameOf = (index: number): string => stack.simulator.devices[index]?.name ?? '';
const writesAt = (index: number, dnsServer: string): number =>
  (stack.simulator.routers[index]?.router.journal.entries() ?? []).filter(({ after }) =>
    String(after?.['servers']).split(',').includes(dnsServer),
  ).length;

interface Proposed {
  planId: string;
  digest: string;
}

async function propose(dnsServer: string, indexes: number[]): Promise<Proposed> {
  const deviceIds = indexes.map(nameOf);
  const rollout = { canary: 1, batchSize: 1, pauseSeconds: indexes.length > 1 ? 3 : 0 };
  const { status, body } = await api('/plans/dns_ntp', { deviceIds, dnsServers: [dnsServer], rollout });
  expect([status, body['status']], JSON.stringify(body)).toEqual([201, 'awaiting_approval']);
  const expiresInMs = Date.parse(String(body['expiresAt'])) - Date.now();
  expect(Math.abs(expiresInMs - PLAN_EXPIRES_SECONDS * 1000)).toBeLessThan(60_000);
  return { planId: String(body['planId']), digest: String(body['digest']) };
}

async function approve({ planId, digest }: Proposed): Promise<void> {
  const url = `${stack.approvalUrl}/approvals/v1/plans/${planId}/approve`;
  const { status, body } = await call(url, approver, { digest, comment: 'good' });
  expect(status, JSON.stringify(body)).toBe(202);
}

async function untilPlan({ planId }: Proposed, wanted: string): Promise<void> {
  const ended = ['completed', 'failed', 'cancelled', 'expired', 'paused'];
  const read = async () => {
    const { body } = await api(`/plans/${planId}`);
    return (body['status'] === wanted || ended.includes(String(body['status']))) && body;
  };
  const plan = await waitUntil(`the plan to be ${wanted}`, read, { timeoutMs: 90_000, everyMs: 200 });
  expect(plan['status'], JSON.stringify(plan)).toBe(wanted);
}

/** How far off each process says its machine's clock is, seconds, as `/readyz` has it. */
async function offsets(): Promise<Record<string, { status: string; message?: string; offsetSeconds: number }>> {
  const origins: Record<ServiceKind, string> = {
    worker: new URL(stack.services[0]?.metricsUrl ?? '').origin,
    web: stack.publicUrl,
    gateway: stack.approvalUrl,
  };
  const read = async (kind: ServiceKind) => {
    const { dependencies } = (await (await fetch(`${origins[kind]}/readyz`)).json()) as {
      dependencies: { clock: { status: string; message?: string; offsetSeconds: number } };
    };
    return [kind, dependencies.clock] as const;
  };
  return Object.fromEntries(await Promise.all(KINDS.map(read)));
}

async function setClocks(shiftMs: number): Promise<void> {
  await Promise.all(KINDS.map((kind) => stack.setClock(kind, shiftMs)));
  await waitUntil(
    `clocks to be off by ${shiftMs} ms`,
    async () => {
      const found = await offsets();
      const isOff = Object.values(found).every(({ offsetSeconds }) => Math.abs(offsetSeconds * 1000 - shiftMs) < 5_000);
      return isOff || Promise.reject(new Error(JSON.stringify(found)));
    },
    { timeoutMs: 60_000 },
  );
}

/** Columns of times that a process of Convoy gave, beyond the time at which the test ran. */
async function timesOutside(startedAt: Date): Promise<unknown[]> {
  return stack.query(
    `select what, at from (
       select 'audit' as what, at from audit_event
       union all select 'plan', created_at from plan
       union all select 'health', checked_at from device_status
       union all select 'status change', at from device_status_change
       union all select 'metrics', at from metric_device_raw
       union all select 'event', at from fleet_event
     ) as times where at < '${startedAt.toISOString()}'::timestamptz or at > now() + interval '5 seconds'`,
  );
}

it('clocks that are set by weeks change nothing: plans, tokens, rollouts and checks go by the common one', async () => {
  const startedAt = new Date(Date.now() - 600_000);
  const partitions = () => stack.query(`select count(*)::int as n from pg_inherits`);
  const before = await partitions();
  for (const [round, shiftMs] of [30 * DAY_MS, -30 * DAY_MS].entries()) {
    const waiting = await propose(`1.0.${round}.1`, [2]);
    const running = await propose(`1.0.${round}.2`, [0, 1]);
    await approve(running);
    await waitUntil('the rollout to have written the first router', async () => writesAt(0, `1.0.${round}.2`) > 0, {
      timeoutMs: 90_000,
    });
    await setClocks(shiftMs);

    const said = await offsets();
    const where = shiftMs > 0 ? 'ahead of' : 'behind';
    for (const kind of KINDS) {
      expect(said[kind]).toMatchObject({ status: 'degraded', message: expect.stringContaining(where) as unknown });
    }
    const database = await stack.openDatabase();
    const finding = sayClocks(await database.clocks.list(60)).sentence;
    await database.close();
    for (const kind of KINDS)
      expect(finding).toMatch(new RegExp(`${kind} \\S+: .* 25(91|92)\\d{3}(\\.\\d)? s ${where}`));

    await untilPlan(running, 'completed');
    expect(await api(`/devices/${nameOf(0)}/operations/get_dns_status`)).toMatchObject({ status: 200 });
    const write = { dnsServers: [`1.0.${round}.3`] };
    const written = await api(`/devices/${nameOf(1)}/operations/update_dns_servers`, write);
    expect(written).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    const during = await propose(`1.0.${round}.4`, [1]);
    const meanwhile = await stack.tokenOf('operator', `${stack.publicUrl}/mcp`, 'fleet:read');
    expect((await call(`${stack.publicUrl}/api/v1/devices`, meanwhile)).status).toBe(200);
    expect(await api(`/plans/${waiting.planId}`)).toMatchObject({ body: { status: 'awaiting_approval' } });
    await approve(waiting);
    await untilPlan(waiting, 'completed');
    await waitUntil(
      'the fleet to be checked and measured',
      async () => (await stack.query(checkedSince(5))).length > 0,
      {
        timeoutMs: 90_000,
      },
    );

    await setClocks(0);
    for (const { status } of Object.values(await offsets())) expect(status).toBe('ok');
    await approve(during);
    await untilPlan(during, 'completed');
    const writes = [writesAt(2, `1.0.${round}.1`), writesAt(1, `1.0.${round}.3`), writesAt(1, `1.0.${round}.4`)];
    expect([...writes, writesAt(0, `1.0.${round}.2`), writesAt(1, `1.0.${round}.2`)]).toEqual([1, 1, 1, 1, 1]);
  }
  expect(await timesOutside(startedAt)).toEqual([]);
  expect(await partitions()).toEqual(before);
  const database = await stack.openDatabase();
  expect((await database.audit.verify()).ok).toBe(true);
  await database.close();
  expect(stack.services.filter((service) => service.hasExited())).toEqual([]);
}, 400_000);

const checkedSince = (seconds: number): string =>
  `select from device_status where checked_at > now() - interval '${seconds} seconds' and status = 'healthy'`;
