import { Client, Connection } from '@temporalio/client';
import { ulid } from 'ulid';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { planWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { RolloutOptions, type PlanStatus } from '../../shared/domain/plan.ts';
import type { Role } from '../../shared/domain/principal.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import type { TestPlatform } from './platform.ts';
import { temporalToken } from './temporal.ts';
import { testStack } from './test-stack.ts';
import { waitUntil } from './wait-until.ts';

export const WANTED = { dnsServers: ['9.9.9.9', '149.112.112.112'], ntpServers: ['162.159.200.1'] };

/** Makes a plan, of DNS and NTP unless told, as the front end would: rows first, then the workflow. */
export async function propose(
  platform: TestPlatform,
  options: {
    kind?: string;
    rollout?: Partial<RolloutOptions>;
    input?: Record<string, unknown>;
    requestedBy?: string;
    expiresInMs?: number;
    devices?: TestPlatform['devices'];
  } = {},
): Promise<PreparedPlan> {
  const planId = `pln_${ulid()}`;
  const devices = options.devices ?? platform.devices;
  const rollout = RolloutOptions.parse({ pauseSeconds: 0, batchSize: 2, ...options.rollout });
  const requestedBy = options.requestedBy ?? 'olga';
  const shared = {
    planId,
    kind: options.kind ?? 'dns_ntp',
    environment: 'lab' as const,
    rollout,
    requestedBy,
    requestedByName: `${requestedBy}@example.test`,
    expiresAt: new Date(Date.now() + (options.expiresInMs ?? 3_600_000)).toISOString(),
  };
  // As the front end notes whoever calls it.
  await platform.database.people.met({
    sub: requestedBy,
    issuer: 'https://idp.example.test',
    email: `${requestedBy}@example.test`,
    name: requestedBy,
    grants: [{ roles: ['operator'], devices: [{ all: true }] }],
  });
  await platform.database.plans.create({
    ...shared,
    input: options.input ?? WANTED,
    comment: '',
    devices: devices.map(({ deviceId, name }) => ({ deviceId, name })),
  });
  return platform.fleet.startPlan({ ...shared, deviceIds: devices.map(({ deviceId }) => deviceId) });
}

/** Makes a person known, as a login would. */
export async function meet(platform: TestPlatform, sub: string, roles: Role[]): Promise<void> {
  await platform.database.people.seen({
    sub,
    issuer: 'https://idp.example.test',
    email: `${sub}@example.test`,
    name: sub,
    grants: [{ roles, devices: [{ all: true }] }],
  });
}

/** Sends a signal straight to Temporal with a token whose subject is `subject`, claiming to be `claimedIdentity`. */
export async function signalAs(
  platform: TestPlatform,
  subject: string,
  planId: string,
  signal: string,
  payload: unknown,
  claimedIdentity = `cli:${subject}`,
): Promise<void> {
  const { namespace } = platform;
  const metadata = { authorization: `Bearer ${await temporalToken({ subject, namespace })}` };
  const connection = await Connection.connect({ address: testStack().temporal.address, metadata });
  try {
    const client = new Client({ connection, namespace, identity: claimedIdentity });
    await client.workflow.getHandle(planWorkflowId(planId)).signal(signal, payload);
  } finally {
    await connection.close();
  }
}

/** Approves as a proven approver who did not ask. */
export async function approve(platform: TestPlatform, plan: PreparedPlan, by = 'anna'): Promise<void> {
  await meet(platform, by, ['approver']);
  await signalAs(platform, by, plan.planId, 'approve', { digest: plan.digest, comment: 'fine' });
}

/** Makes a plan of DNS servers for the devices and approves it, with whatever is to be done `before` that. */
export async function rollOutOn(
  platform: TestPlatform,
  devices: TestPlatform['devices'],
  rollout: Partial<RolloutOptions>,
  before: (devices: TestPlatform['devices']) => Promise<unknown> = async () => null,
): Promise<{ plan: PreparedPlan; devices: TestPlatform['devices'] }> {
  const plan = await propose(platform, { devices, input: { dnsServers: ['9.9.9.9'] }, rollout });
  await before(devices);
  await approve(platform, plan);
  return { plan, devices };
}

/** Waits until the plan's row shows one of the statuses, and returns it. */
export async function reaches(
  platform: TestPlatform,
  planId: string,
  statuses: PlanStatus[],
  timeoutMs = 60_000,
): Promise<StoredPlan> {
  return waitUntil(
    `${planId} to be ${statuses.join(' or ')}`,
    async () => {
      const plan = await platform.database.plans.get(planId);
      if (plan && statuses.includes(plan.status)) return plan;
      return null;
    },
    { timeoutMs },
  );
}

/** What the plan kind manages, straight from the simulated router. */
export function serversOf(platform: TestPlatform, name: string): Record<string, string | undefined> {
  const { router } = routerNamed(platform, name);
  const [dns] = router.rows('/ip/dns');
  const [ntp] = router.rows('/system/ntp/client');
  return { dns: dns?.['servers'], ntp: ntp?.['servers'], ntpEnabled: ntp?.['enabled'] };
}

function routerNamed(platform: TestPlatform, name: string) {
  const router = platform.simulator.routers.find((candidate) => candidate.name === name);
  if (!router) throw new Error(`there is no simulated router ${name}`);
  return router;
}

/** How often each menu of a router was written over REST, from the router's own journal. */
export function writesOf(platform: TestPlatform, name: string): Record<string, number> {
  const { router } = routerNamed(platform, name);
  const counts: Record<string, number> = {};
  for (const entry of router.journal.entries()) {
    if (entry.transport === 'rest') counts[entry.path] = (counts[entry.path] ?? 0) + 1;
  }
  return counts;
}
