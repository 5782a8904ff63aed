import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { deviceChangeWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { DEVICE_CHANGE_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import type { Device } from '../../shared/domain/device.ts';
import type { RolloutOptions } from '../../shared/domain/plan.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { reaches, rollOutOn, serversOf, writesOf } from '../support/plans.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;
/** Each test changes routers of its own. */
let used = 0;

const COOLS_DOWN_SOON = { CONVOY_BREAKER_COOL_DOWN_SECONDS: '1', CONVOY_BREAKER_MAX_COOL_DOWN_SECONDS: '2' };

beforeAll(async () => {
  platform = await startPlatform({ routers: 30, workers: 0 });
  await platform.startWorker(COOLS_DOWN_SOON);
}, 240_000);
afterAll(() => platform?.stop());

const rollOut = (count: number, rollout: Partial<RolloutOptions>, before?: (devices: Device[]) => Promise<unknown>) =>
  rollOutOn(platform, platform.devices.slice(used, (used += count)), rollout, before);

function control(
  plan: PreparedPlan,
  signal: 'skip' | 'retry' | 'rollback' | 'abort' | 'resume',
  deviceIds?: string[],
): Promise<void> {
  const named = deviceIds === undefined ? {} : { deviceIds };
  return platform.fleet.signalPlan(plan.planId, signal, { comment: 'test', onBehalfOf: 'olga', ...named });
}

const routerOf = ({ name }: Device) => platform.simulator.routers.find((router) => router.name === name)!;
const refuseSets = (device: Device): Promise<void> =>
  routerOf(device).setFaults([
    { kind: 'error', match: { method: 'POST', path: '/ip/dns/set' }, status: 400, detail: 'failure: no' },
  ]);
const writes = (devices: Device[]): number[] => devices.map(({ name }) => writesOf(platform, name)['/ip/dns'] ?? 0);
const statuses = ({ devices }: StoredPlan): string[] => devices.map(({ status }) => status);
const ENDED = ['completed', 'failed', 'paused', 'rolled_back', 'rollback_incomplete'] as const;

async function planOf({ planId }: PreparedPlan): Promise<StoredPlan> {
  const plan = await platform.database.plans.get(planId);
  if (plan === null) throw new Error(`there is no plan ${planId}`);
  return plan;
}

const LONG = { timeoutMs: 120_000 };

const reachesAny = (plan: PreparedPlan): Promise<StoredPlan> => reaches(platform, plan.planId, [...ENDED], 120_000);

describe('a rollout', () => {
  it('grows its batches and writes one device of a site at a time', async () => {
    const { plan, devices } = await rollOut(
      5,
      { canary: 0, batchSize: 1, batchGrowth: 4, maxParallelPerSite: 1 },
      async ([, ...others]) => {
        for (const [index, { deviceId }] of others.entries()) {
          await platform.database.devices.edit(deviceId, { tags: [index < 2 ? 'site:a' : 'site:b'] });
        }
      },
    );
    const done = await reachesAny(plan);
    expect(done.status).toBe('completed');
    expect(done.devices.map(({ wave }) => wave)).toEqual([1, 2, 2, 2, 2]);
    expect(done.estimatedEndAt).toBeNull();
    const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
    try {
      const [, a1, a2, b1, b2] = await Promise.all(
        devices.map(({ deviceId }) => client.workflow.getHandle(deviceChangeWorkflowId(deviceId)).describe()),
      );
      expect(a2!.startTime.getTime()).toBeGreaterThanOrEqual(a1!.closeTime!.getTime());
      expect(b2!.startTime.getTime()).toBeGreaterThanOrEqual(b1!.closeTime!.getTime());
      expect(b1!.startTime.getTime()).toBeLessThan(a1!.closeTime!.getTime());
    } finally {
      await client.connection.close();
    }
  }, 180_000);

  it('goes on without a device that cannot be reached, and changes it once it can', async () => {
    const { plan, devices } = await rollOut(3, { canary: 1, batchSize: 1, unreachableSeconds: 600 }, ([, away]) =>
      routerOf(away!).switchOff(),
    );
    const waiting = await waitUntil(
      'the last device',
      async () => {
        const now = await planOf(plan);
        return now.devices[2]?.status === 'applied' && now;
      },
      LONG,
    );
    expect(waiting.status).toBe('rolling_out');
    expect(waiting.devices[1]).toMatchObject({
      status: 'pending',
      error: { message: expect.stringContaining('tried again at'), details: { tries: expect.any(Number) } },
    });
    await routerOf(devices[1]!).switchOn();
    const done = await reachesAny(plan);
    expect(done.status).toBe('completed');
    expect(statuses(done)).toEqual(['applied', 'applied', 'applied']);
    expect(done.devices[1]).not.toHaveProperty('error');
    expect(writes(devices)).toEqual([1, 1, 1]);
  }, 180_000);

  it('waits for a canary that cannot be reached, can be steered meanwhile, and counts it in the end', async () => {
    const { plan, devices } = await rollOut(2, { canary: 1, batchSize: 1, unreachableSeconds: 3 }, ([canary]) =>
      routerOf(canary!).switchOff(),
    );
    const paused = await reachesAny(plan);
    expect(paused).toMatchObject({ status: 'paused', statusReason: expect.stringContaining('1 of 2 devices failed') });
    expect(statuses(paused)).toEqual(['failed', 'pending']);
    expect(writes(devices)).toEqual([0, 0]);
    await routerOf(devices[0]!).switchOn();
    await control(plan, 'skip', [devices[1]!.deviceId]);
    await waitUntil('the skip', async () => (await planOf(plan)).devices[1]?.status === 'skipped', LONG);
    await control(plan, 'retry');
    const done = await reaches(platform, plan.planId, ['completed', 'failed'], 120_000);
    expect(done).toMatchObject({ status: 'completed', statusReason: '1 device(s) were left out.' });
    expect(statuses(done)).toEqual(['applied', 'skipped']);
    expect(done.devices[1]?.error).toMatchObject({
      code: 'DEVICE_SKIPPED',
      message: expect.stringContaining('skip asked by olga@example.test: test'),
    });
    expect(writes(devices)).toEqual([1, 0]);
    const events = await platform.database.audit.list({ planId: plan.planId, limit: 100 });
    expect(events.filter(({ action }) => action === 'plan.skip' || action === 'plan.retry')).toEqual([
      expect.objectContaining({ action: 'plan.retry', outcome: 'ok', actor: 'olga' }),
      expect.objectContaining({ action: 'plan.skip', outcome: 'ok', actor: 'olga' }),
    ]);
  }, 180_000);

  it('is carried out again on devices that failed, after its end, and once more writes nothing twice', async () => {
    const { plan, devices } = await rollOut(2, { canary: 0, batchSize: 2, maxFailures: 1 }, ([bad]) =>
      refuseSets(bad!),
    );
    const first = await reachesAny(plan);
    expect(first).toMatchObject({ status: 'completed', statusReason: '1 device(s) failed.' });
    expect(statuses(first)).toEqual(['failed', 'applied']);
    await routerOf(devices[0]!).setFaults([]);
    await control(plan, 'retry');
    const done = await waitUntil(
      'both devices',
      async () => {
        const now = await planOf(plan);
        return now.status === 'completed' && now.devices.every(({ status }) => status === 'applied') && now;
      },
      LONG,
    );
    expect(done.statusReason).toBeNull();
    expect(devices.map(({ name }) => serversOf(platform, name).dns)).toEqual(['9.9.9.9', '9.9.9.9']);
    // Nothing failed, so there is nothing to retry.
    await control(plan, 'retry');
    const refused = await waitUntil(
      'the refusal',
      async () => {
        const events = await platform.database.audit.list({ planId: plan.planId, action: 'plan.retry', limit: 9 });
        return events.find(({ outcome }) => outcome === 'refused');
      },
      LONG,
    );
    expect(refused.code).toBe('PLAN_STATE_CONFLICT');
    expect(writes([devices[1]!])).toEqual([1]);
  }, 180_000);

  it('looks again after the pause, and takes back what is in trouble since', async () => {
    const { plan, devices } = await rollOut(2, { canary: 1, batchSize: 1, pauseSeconds: 8 });
    await waitUntil('the canary', async () => (await planOf(plan)).devices[0]?.status === 'applied', LONG);
    await routerOf(devices[0]!).cyclePower(0);
    const paused = await reachesAny(plan);
    expect(paused).toMatchObject({ status: 'paused', statusReason: expect.stringContaining('put back') });
    expect(paused.devices[0]).toMatchObject({
      status: 'failed',
      error: { code: 'HEALTH_CHECK_FAILED', message: expect.stringContaining('rebooted') },
    });
    expect(statuses(paused)).toEqual(['failed', 'pending']);
    expect(serversOf(platform, devices[0]!.name).dns).not.toBe('9.9.9.9');
    expect(writes(devices)).toEqual([2, 0]);
  }, 180_000);

  it('looks again after its last wave too, and is not completed before', async () => {
    const { plan, devices } = await rollOut(1, { canary: 1, batchSize: 1, pauseSeconds: 8 });
    await waitUntil('the only device', async () => (await planOf(plan)).devices[0]?.status === 'applied', LONG);
    expect((await planOf(plan)).status).toBe('rolling_out');
    await routerOf(devices[0]!).cyclePower(0);
    const failed = await reachesAny(plan);
    expect(failed).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('put back') });
    expect(statuses(failed)).toEqual(['failed']);
    expect(writes(devices)).toEqual([2]);
  }, 180_000);

  it('has everything taken back when the plan wants that', async () => {
    const { plan, devices } = await rollOut(3, { canary: 1, batchSize: 1, pauseSeconds: 8, rollbackScope: 'all' });
    await waitUntil('the second device', async () => (await planOf(plan)).devices[1]?.status === 'applied', LONG);
    await routerOf(devices[1]!).cyclePower(0);
    const back = await reachesAny(plan);
    expect(back).toMatchObject({
      status: 'rolled_back',
      statusReason: expect.stringContaining('1 of 3 devices failed'),
    });
    expect(statuses(back)).toEqual(['rolled_back', 'rolled_back', 'pending']);
    expect(writes(devices)).toEqual([2, 2, 0]);
  }, 180_000);

  it('gives up devices it could not reach when it is aborted, and a retry is no completion while others had no turn', async () => {
    const { plan, devices } = await rollOut(
      3,
      { canary: 0, batchSize: 1, pauseSeconds: 45, unreachableSeconds: 600 },
      ([away]) => routerOf(away!).switchOff(),
    );
    // The wave of the first has nothing to watch, so the next one goes on; it is the one that is watched.
    const isUnderWay = async () => {
      const [first, second] = (await planOf(plan)).devices;
      return first?.error !== undefined && second?.status === 'applied';
    };
    await waitUntil('the second device', isUnderWay, LONG);
    await control(plan, 'abort');
    const aborted = await reaches(platform, plan.planId, ['failed'], 120_000);
    expect(statuses(aborted)).toEqual(['failed', 'applied', 'pending']);
    expect(aborted.devices[0]?.error).toMatchObject({
      code: 'DEVICE_UNREACHABLE',
      message: expect.not.stringContaining('tried again'),
    });
    await routerOf(devices[0]!).switchOn();
    await control(plan, 'retry');
    const retried = await waitUntil(
      'the retry',
      async () => {
        const now = await planOf(plan);
        return now.devices[0]?.status === 'applied' && now.status !== 'rolling_out' && now;
      },
      LONG,
    );
    expect(retried).toMatchObject({
      status: 'failed',
      statusReason: '1 device(s) had no turn before the rollout was ended.',
    });
    expect(writes(devices)).toEqual([1, 1, 0]);
  }, 300_000);

  it('changes the others while more devices than it starts at once are held by other changes', async () => {
    const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
    const release: (() => Promise<unknown>)[] = [];
    try {
      const { plan, devices } = await rollOut(7, { canary: 0, batchSize: 7 }, async (all) => {
        // Their locks; nobody serves that queue, so they are held until they are released.
        for (const { deviceId, name } of all.slice(0, 6)) {
          const cause = { by: 'operation', operation: 'set_system_identity', input: { name } };
          const held = await client.workflow.start(DEVICE_CHANGE_WORKFLOW, {
            workflowId: deviceChangeWorkflowId(deviceId),
            taskQueue: 'nobody',
            args: [{ deviceId, deviceName: name, cause }],
          });
          release.push(() => held.terminate('released'));
        }
      });
      const isFreeOneDone = async () => (await planOf(plan)).devices[6]?.status === 'applied';
      await waitUntil('the device that nobody holds', isFreeOneDone, LONG);
      expect(writes(devices)).toEqual([0, 0, 0, 0, 0, 0, 1]);
      await Promise.all(release.map((one) => one()));
      const done = await reachesAny(plan);
      expect(done.status).toBe('completed');
      expect(writes(devices)).toEqual(devices.map(() => 1));
    } finally {
      await client.connection.close();
    }
  }, 180_000);

  it('ends when all that were left are left out while it is paused', async () => {
    const { plan, devices } = await rollOut(2, { canary: 1, pauseSeconds: 0 }, ([first]) => refuseSets(first!));
    expect((await reachesAny(plan)).status).toBe('paused');
    await control(plan, 'skip', [devices[1]!.deviceId]);
    await waitUntil('the skip', async () => (await planOf(plan)).devices[1]?.status === 'skipped', LONG);
    await control(plan, 'resume');
    const done = await reaches(platform, plan.planId, ['completed', 'failed'], 60_000);
    expect(statuses(done)).toEqual(['failed', 'skipped']);
    expect(writes([devices[1]!])).toEqual([0]);
  }, 180_000);

  it('replays, whatever it went through', async () => {
    expect([...(await expectAllToReplay(platform))]).toContain('rolloutWorkflow');
  }, 300_000);
});
