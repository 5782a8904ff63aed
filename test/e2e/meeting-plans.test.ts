import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { settleEndedPlans } from '../../activities/fleet/settle-ended-plans.ts';
import type { Device } from '../../shared/domain/device.ts';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { planWorkflowId, rolloutWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, propose, reaches, serversOf } from '../support/plans.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await startPlatform({ routers: 3 });
}, 120_000);
afterAll(() => platform?.stop());

function wish(dnsServer: string, devices: Device[], rollout: Record<string, unknown> = {}): Promise<PreparedPlan> {
  return propose(platform, { devices, input: { dnsServers: [dnsServer] }, rollout: { canary: 1, ...rollout } });
}

function control(plan: PreparedPlan, signal: 'pause' | 'resume' | 'abort' | 'rollback'): Promise<void> {
  return platform.fleet.signalPlan(plan.planId, signal, { comment: 'test', onBehalfOf: 'olga' });
}

describe('plans that meet on a device', () => {
  it('are carried out one after the other: the second says whom it waits for, and begins when that one has ended', async () => {
    const [first, shared, last] = platform.devices as [Device, Device, Device];
    const one = await wish('192.0.2.1', [first, shared], { batchSize: 1, pauseSeconds: 3600 });
    const other = await wish('192.0.2.2', [shared, last]);
    // Proposed while the first one was open, and so its people are told.
    expect(other.preChecks).toContainEqual(
      expect.objectContaining({
        check: 'no_other_plan',
        result: 'warning',
        message: expect.stringContaining(one.planId) as string,
      }),
    );
    expect(one.preChecks?.filter(({ result }) => result !== 'ok')).toEqual([]);
    await approve(platform, one);
    await reaches(platform, one.planId, ['rolling_out']);
    await approve(platform, other);
    const waiting = await waitUntil('the second to wait', async () => {
      const plan = await platform.database.plans.get(other.planId);
      return plan?.statusReason?.includes(one.planId) === true ? plan : null;
    });
    expect(waiting.status).toBe('approved');
    expect(waiting.statusReason).toContain(
      `Waits for plan ${one.planId}, which is rolling out, with ${shared.name}. It begins by itself when that one has ended. Its approval holds until 20`,
    );
    expect(serversOf(platform, last.name).dns).not.toBe('192.0.2.2');

    await control(one, 'abort');
    await reaches(platform, one.planId, ['failed']);
    const done = await reaches(platform, other.planId, ['completed', 'failed']);
    expect(done.status).toBe('completed');
    expect([shared, last].map(({ name }) => serversOf(platform, name).dns)).toEqual(['192.0.2.2', '192.0.2.2']);

    // What the first one changed can be taken back now that nobody holds it.
    await control(one, 'rollback');
    await reaches(platform, one.planId, ['rolled_back', 'rollback_incomplete']);
  }, 90_000);

  it('begin one of two when both are approved at once, and a rollback under a plan that runs is refused with its id', async () => {
    const [first, shared, last] = platform.devices as [Device, Device, Device];
    const rollout = { batchSize: 1, pauseSeconds: 3600 };
    const plans = [
      await wish('192.0.2.11', [first, shared], rollout),
      await wish('192.0.2.12', [last, shared], rollout),
    ] as const;
    await Promise.all(plans.map((plan) => approve(platform, plan)));
    const [runs, waits] = await waitUntil('one to run and one to wait', async () => {
      const rows = await Promise.all(plans.map(({ planId }) => platform.database.plans.get(planId)));
      const running = rows.find((row) => row?.status === 'rolling_out');
      const waiting = rows.find((row) => row?.statusReason?.startsWith('Waits for') === true);
      return running && waiting ? [running, waiting] : null;
    });
    expect(waits).toMatchObject({ status: 'approved', statusReason: expect.stringContaining(runs.planId) as string });
    expect(runs.planId).not.toBe(waits.planId);

    const ended = plans.find(({ planId }) => planId === runs.planId)!;
    await control(ended, 'abort');
    await reaches(platform, ended.planId, ['failed']);
    await reaches(platform, waits.planId, ['rolling_out']);
    await control(ended, 'rollback');
    const held = await waitUntil('the rollback to be refused', async () => {
      const plan = await platform.database.plans.get(ended.planId);
      return plan?.statusReason?.includes('rollback was not begun') === true ? plan : null;
    });
    expect(held).toMatchObject({ status: 'failed', statusReason: expect.stringContaining(waits.planId) as string });
    const events = await platform.database.audit.list({ planId: ended.planId, limit: 50 });
    expect(events).toContainEqual(expect.objectContaining({ action: 'plan.rollback', code: 'PLAN_DEVICES_HELD' }));
    await control(
      plans.find(({ planId }) => planId === waits.planId)!,
      'abort',
    );
    await reaches(platform, waits.planId, ['failed']);
  }, 90_000);

  it('leave no gap between a rollout and the rollback that ends it: whoever waits begins after that', async () => {
    const [first, shared, last] = platform.devices as [Device, Device, Device];
    const one = await wish('192.0.2.21', [first, shared], { batchSize: 1, pauseSeconds: 3600 });
    const other = await wish('192.0.2.22', [shared, last, first]);
    await approve(platform, one);
    await waitUntil('the canary', async () => {
      const plan = await platform.database.plans.get(one.planId);
      return plan?.devices[0]?.status === 'applied';
    });
    await approve(platform, other);
    await waitUntil('the second to wait', async () => {
      const plan = await platform.database.plans.get(other.planId);
      return plan?.statusReason?.startsWith('Waits for') === true;
    });
    await control(one, 'rollback');
    const done = await reaches(platform, other.planId, ['completed', 'failed', 'paused']);
    // Its devices were read before the first plan began, so its steps fit only once that one is taken back.
    expect(done.status).toBe('completed');
    expect((await platform.database.plans.get(one.planId))?.status).toBe('rolled_back');
    const events = await platform.database.audit.list({ deviceId: first.deviceId, limit: 20 });
    const ended = (planId: string, action: string): number =>
      events.findIndex((event) => event.planId === planId && event.action === action && event.outcome === 'ok');
    // Newest first.
    expect(ended(other.planId, 'device.change')).toBeGreaterThanOrEqual(0);
    expect(ended(other.planId, 'device.change')).toBeLessThan(ended(one.planId, 'device.rollback'));
  }, 90_000);

  it('say that they were ended from outside, once their workflow is gone, and hold nobody up', async () => {
    const [first, shared, last] = platform.devices as [Device, Device, Device];
    const one = await wish('192.0.2.31', [first, shared], { batchSize: 1, pauseSeconds: 3600 });
    const unapproved = await wish('192.0.2.32', [last]);
    await approve(platform, one);
    await waitUntil('the canary', async () => {
      const plan = await platform.database.plans.get(one.planId);
      return plan?.devices[0]?.status === 'applied';
    });
    // The row of a device that was being changed when everything ended.
    await platform.database.plans.recordDevices([
      { planId: one.planId, deviceId: shared.deviceId, status: 'applying', error: null },
    ]);
    const { database, namespace } = platform;
    const client = await temporalClient({ subject: 'somebody', namespace });
    onTestFinished(() => client.connection.close());
    const deps = { client, database };
    expect(await settleEndedPlans(deps, 0)).toBe(0);
    for (const { planId } of [one, unapproved]) await client.workflow.getHandle(planWorkflowId(planId)).terminate();
    await client.workflow.getHandle(rolloutWorkflowId(one.planId)).terminate();
    expect(await settleEndedPlans(deps, 900_000)).toBe(0);
    await waitUntil('both to be found ended', async () => {
      await settleEndedPlans(deps, 0);
      const rows = await Promise.all([one, unapproved].map(({ planId }) => database.plans.get(planId)));
      return rows.map((row) => row?.status).join() === 'failed,cancelled';
    });
    const plan = await database.plans.get(one.planId);
    expect(plan?.statusReason).toBe('Its workflow was ended from outside, so nobody carries it on.');
    expect(plan?.devices.map(({ status, error }) => [status, error?.code])).toEqual([
      ['applied', undefined],
      ['unknown', 'OUTCOME_UNKNOWN'],
    ]);
  }, 90_000);
});
