import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedPlan } from '../../shared/contract/plan-messages.ts';
import { CAPABILITY_FLAGS } from '../../shared/domain/device.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { configurationOf, menusThatDiffer } from '../plans/router-state.ts';
import { makesSense } from '../plans/scenario.ts';
import { scenarioOf } from '../plans/scenarios.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { approve, propose, reaches } from '../support/plans.ts';

/** Routers of each kind's own, so that all kinds are tried at the same time. */
const ROUTERS_EACH = 2;
/** Every so manyth board of a fleet is the same, and one of them has radios. */
const BOARDS = 6;

let platform: TestPlatform;
beforeAll(async () => {
  const flags = Object.fromEntries(CAPABILITY_FLAGS.map((flag) => [flag, true]));
  platform = await startPlatform({
    routers: PLAN_KINDS.length * ROUTERS_EACH + BOARDS * ROUTERS_EACH,
    workers: 2,
    flags,
  });
}, 120_000);
/** Two that the scenario makes sense on, and that no kind before has taken. */
function takeRouters(kind: string): number[] {
  const free = platform.simulator.routers.flatMap(({ router }, index) =>
    !taken.has(index) && makesSense(scenarioOf(kind), router) ? [index] : [],
  );
  const own = free.slice(0, ROUTERS_EACH);
  for (const index of own) taken.add(index);
  return own;
}
const taken = new Set<number>();

afterAll(() => platform?.stop());

describe.concurrent('on the whole stack', () => {
  it.each(PLAN_KINDS.map(({ kind }) => ({ kind })))(
    '$kind comes to what was wanted, is asked for no second time, and is taken back without a trace',
    async ({ kind }) => {
      const { wish, menus, rows } = scenarioOf(kind);
      const own = takeRouters(kind);
      const devices = own.map((index) => platform.devices[index]!);
      const routers = own.map((index) => platform.simulator.routers[index]!.router);
      const configurations = () => routers.map(configurationOf);
      const changed = (before: Record<string, string>[]) =>
        configurations().map((after, index) => menusThatDiffer(before[index]!, after).toSorted());
      const ask = (): Promise<PreparedPlan> =>
        propose(platform, { kind, devices, input: inputOf(kind, wish), rollout: { canary: 1, batchSize: 5 } });

      const before = configurations();
      const plan = await ask();
      expect(plan).toMatchObject({ toChange: ROUTERS_EACH, skipped: 0 });
      for (let person = 0; person < plan.approvalsNeeded; person++) await approve(platform, plan, `${kind}-${person}`);
      const done = await reaches(platform, plan.planId, ['completed', 'failed', 'paused'], 120_000);
      expect(done.devices.map(({ status, error }) => error ?? status)).toEqual(devices.map(() => 'applied'));
      expect(done.status).toBe('completed');
      for (const router of routers) {
        for (const { menu, holds } of rows) expect(router.rows(menu)).toContainEqual(expect.objectContaining(holds));
      }
      expect(changed(before)).toEqual(routers.map(() => menus.toSorted()));

      await expect(ask()).rejects.toMatchObject({ code: 'PLAN_EMPTY' });

      await platform.fleet.signalPlan(plan.planId, 'rollback', { comment: 'back', onBehalfOf: 'olga' });
      const back = await reaches(platform, plan.planId, ['rolled_back', 'rollback_incomplete'], 120_000);
      expect(back.devices.map(({ status, error }) => error ?? status)).toEqual(devices.map(() => 'rolled_back'));
      expect(changed(before)).toEqual(routers.map(() => []));

      for (const action of ['device.change', 'device.rollback']) {
        const records = await platform.database.audit.records({ planId: plan.planId, action, limit: 50 });
        expect(records.map(({ deviceId, outcome }) => `${deviceId} ${outcome}`).toSorted(), action).toEqual(
          devices.map(({ deviceId }) => `${deviceId} ok`).toSorted(),
        );
      }
    },
    240_000,
  );
});

/** As the front end keeps it. */
function inputOf(kind: string, wish: Record<string, unknown>): Record<string, unknown> {
  return PLAN_KINDS.find((one) => one.kind === kind)!.input.parse(wish);
}
