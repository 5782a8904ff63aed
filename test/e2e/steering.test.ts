import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, propose, reaches, signalAs, writesOf } from '../support/plans.ts';
import { waitUntil } from '../support/wait-until.ts';

let platform: TestPlatform;
/** Each test changes routers of its own to values of its own. */
let used = 0;

beforeAll(async () => {
  platform = await startPlatform({ routers: 12 });
}, 120_000);
afterAll(() => platform?.stop());

async function rollOutThree(pauseSeconds: number): Promise<{ plan: PreparedPlan; names: string[] }> {
  const devices = platform.devices.slice(used, (used += 3));
  const plan = await propose(platform, {
    devices,
    input: { dnsServers: ['9.9.9.9'] },
    rollout: { canary: 1, batchSize: 1, pauseSeconds },
  });
  await approve(platform, plan);
  return { plan, names: devices.map(({ name }) => name) };
}

function control(plan: PreparedPlan, signal: 'pause' | 'resume' | 'abort' | 'rollback' | 'cancel'): Promise<void> {
  return platform.fleet.signalPlan(plan.planId, signal, { comment: 'test', onBehalfOf: 'olga' });
}

async function canaryDone(names: string[]): Promise<void> {
  await waitUntil('the canary', () => writesOf(platform, names[0] ?? '')['/ip/dns'] === 1, { everyMs: 5 });
}

const written = (names: string[]): number => names.filter((name) => writesOf(platform, name)['/ip/dns']).length;

describe('a person steers a rollout', () => {
  it('pause stops it before the next batch, resume goes on to the end', async () => {
    const { plan, names } = await rollOutThree(3);
    await canaryDone(names);
    await control(plan, 'pause');
    const paused = await reaches(platform, plan.planId, ['paused', 'completed']);
    expect(paused).toMatchObject({ status: 'paused', statusReason: expect.stringContaining('olga') });
    expect(written(names)).toBe(1);
    await control(plan, 'resume');
    const done = await reaches(platform, plan.planId, ['completed', 'failed']);
    expect(done.status).toBe('completed');
    expect(written(names)).toBe(3);
  }, 60_000);

  it('abort starts no more devices and leaves what is changed', async () => {
    const { plan, names } = await rollOutThree(30);
    await canaryDone(names);
    await control(plan, 'abort');
    const over = await reaches(platform, plan.planId, ['failed', 'completed']);
    expect(over).toMatchObject({ status: 'failed', statusReason: expect.stringContaining('abort') });
    expect(over.devices.map(({ status }) => status)).toEqual(['applied', 'pending', 'pending']);
    expect(written(names)).toBe(1);
  }, 60_000);

  it('rollback in the middle ends the rollout and puts back what was changed', async () => {
    const { plan, names } = await rollOutThree(30);
    await canaryDone(names);
    await control(plan, 'rollback');
    const over = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete']);
    expect(over.status).toBe('rolled_back');
    expect(over.devices.map(({ status }) => status)).toEqual(['rolled_back', 'pending', 'pending']);
  }, 60_000);

  it('is refused, and it is on record, when the control means nothing now or its sender may not', async () => {
    const { plan, names } = await rollOutThree(0);
    await reaches(platform, plan.planId, ['completed']);
    await control(plan, 'pause');
    await signalAs(platform, 'mallory', plan.planId, 'rollback', {});
    const refused = await waitUntil('two refusals on record', async () => {
      const events = await platform.database.audit.list({ planId: plan.planId, limit: 50 });
      const found = events.filter((event) => event.outcome === 'refused');
      return found.length >= 2 && found;
    });
    expect(new Set(refused.map(({ action, code }) => `${action} ${code}`))).toEqual(
      new Set(['plan.pause PLAN_STATE_CONFLICT', 'plan.rollback FORBIDDEN']),
    );
    expect((await platform.database.plans.get(plan.planId))?.status).toBe('completed');
    expect(written(names)).toBe(3);
  }, 60_000);
});
