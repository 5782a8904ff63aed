import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executeSql } from '../../cli/stack/postgres-admin.ts';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { deviceChangeWorkflowId } from '../../shared/contract/workflow-ids.ts';
import { DEVICE_CHANGE_WORKFLOW } from '../../shared/contract/workflow-types.ts';
import type { Device } from '../../shared/domain/device.ts';
import type { RolloutOptions } from '../../shared/domain/plan.ts';
import type { StoredPlan } from '../../shared/platform/persistence/stores/plan-store.ts';
import { expectAllToReplay } from '../support/histories.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { reaches, rollOutOn, writesOf } from '../support/plans.ts';
import { temporalClient } from '../support/temporal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { addStep } from './support/guarded-steps.ts';
import { plannedChange } from './support/planned-change.ts';

let platform: TestPlatform;
/** Each test changes routers of its own. */
let used = 0;

beforeAll(async () => {
  platform = await startPlatform({ routers: 4 });
}, 120_000);
afterAll(() => platform?.stop());

const rollOut = (count: number, rollout: Partial<RolloutOptions>, before?: (devices: Device[]) => Promise<unknown>) =>
  rollOutOn(platform, platform.devices.slice(used, (used += count)), rollout, before);

function control(plan: PreparedPlan, signal: 'skip' | 'rollback', deviceIds?: string[]): Promise<void> {
  const named = deviceIds === undefined ? {} : { deviceIds };
  return platform.fleet.signalPlan(plan.planId, signal, { comment: 'test', onBehalfOf: 'olga', ...named });
}

const routerOf = ({ name }: Device) => platform.simulator.routers.find((router) => router.name === name)!;
const writes = (devices: Device[]): number[] => devices.map(({ name }) => writesOf(platform, name)['/ip/dns'] ?? 0);
const statuses = ({ devices }: StoredPlan): string[] => devices.map(({ status }) => status);
const LONG = { timeoutMs: 120_000 };
const ends = ({ planId }: PreparedPlan): Promise<StoredPlan> =>
  reaches(platform, planId, ['completed', 'failed', 'paused'], 120_000);

async function planOf({ planId }: PreparedPlan): Promise<StoredPlan> {
  const plan = await platform.database.plans.get(planId);
  if (plan === null) throw new Error(`there is no plan ${planId}`);
  return plan;
}

/** What is on record of a control that was asked for; false while nothing is. */
async function signalOf({ planId }: PreparedPlan, signal: string, outcome?: string) {
  const events = await platform.database.audit.list({ planId, limit: 100 });
  const found = events.find((event) => event.action === `plan.${signal}` && (!outcome || event.outcome === outcome));
  return found ?? false;
}

describe('a device that is to be left out', () => {
  it('is not changed when another change held it until then', async () => {
    const client = await temporalClient({ subject: 'svc-admin', namespace: platform.namespace });
    try {
      let release = async (): Promise<unknown> => null;
      const { plan, devices } = await rollOut(1, { canary: 0 }, async ([first]) => {
        const { deviceId, name } = first!;
        const cause = { by: 'operation', operation: 'set_system_identity', input: { name } };
        const held = await client.workflow.start(DEVICE_CHANGE_WORKFLOW, {
          workflowId: deviceChangeWorkflowId(deviceId),
          taskQueue: 'nobody',
          args: [{ deviceId, deviceName: name, cause }],
        });
        release = () => held.terminate('released');
      });
      await waitUntil('the rollout at the device', async () => (await planOf(plan)).devices[0]?.wave === 1, LONG);
      await control(plan, 'skip', [devices[0]!.deviceId]);
      const skip = await waitUntil('the skip on record', () => signalOf(plan, 'skip'), LONG);
      expect(skip.outcome).toBe('ok');
      await release();
      const done = await ends(plan);
      expect([done.status, ...statuses(done)]).toEqual(['completed', 'skipped']);
      expect(writes(devices)).toEqual([0]);
    } finally {
      await client.connection.close();
    }
  }, 180_000);

  it('is not called left out when it was changed before that came on record', async () => {
    const { plan, devices } = await rollOut(2, { canary: 1, batchSize: 1, pauseSeconds: 4 });
    const [, second] = devices;
    const { ownerUrl } = platform.testDatabase;
    await executeSql(ownerUrl, [
      `create function away() returns trigger language plpgsql as $$ begin raise exception 'away' using errcode = '57P01'; end $$`,
      `create trigger away before insert on audit_event for each row when (new.action = 'plan.skip') execute function away()`,
    ]);
    try {
      await routerOf(second!).setFaults([
        { kind: 'latency', latencyMs: 4_000, match: { method: 'POST', path: '/ip/dns/set' } },
      ]);
      const isAtWork = async () => (await planOf(plan)).devices[1]?.status === 'applying';
      await waitUntil('the second device at work', isAtWork, LONG);
      await control(plan, 'skip', [second!.deviceId]);
      expect((await ends(plan)).status).toBe('completed');
    } finally {
      await executeSql(ownerUrl, ['drop trigger away on audit_event', 'drop function away']);
    }
    const late = await waitUntil('the refusal', () => signalOf(plan, 'skip', 'refused'), LONG);
    expect(late.code).toBe('PLAN_STATE_CONFLICT');
    expect(statuses(await planOf(plan))).toEqual(['applied', 'applied']);
    await control(plan, 'rollback');
    const undone = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete'], 60_000);
    expect(statuses(undone)).toEqual(['rolled_back', 'rolled_back']);
  }, 240_000);

  it('is not changed by what is left of a rollout when its plan was taken back', async () => {
    const device = platform.devices[used++]!;
    const cause = await plannedChange(platform, device, [addStep('late')]);
    await platform.database.plans.patch({ planId: cause.planId, status: 'rolled_back' });
    const result = await platform.fleet.change({ deviceId: device.deviceId, deviceName: device.name, cause });
    expect(result).toMatchObject({ outcome: 'refused', isHeld: true, error: { code: 'PLAN_STATE_CONFLICT' } });
    expect(writesOf(platform, device.name)).toEqual({});
  }, 120_000);

  it('replays', async () => {
    expect([...(await expectAllToReplay(platform))]).toContain('planWorkflow');
  }, 180_000);
});
