import { expect, onTestFinished, test } from 'vitest';
import { openRouter } from '../../activities/routeros/open-router.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import { startFleet, type Fleet } from '../../simulator/fleet.ts';
import { apply, capture, undo } from './laws.ts';
import { configurationOf, menusThatDiffer } from './router-state.ts';
import { makesSense } from './scenario.ts';
import { SCENARIOS, scenarioOf } from './scenarios.ts';

test('every kind has one', () => {
  expect(PLAN_KINDS.map(({ kind }) => kind).filter((kind) => !(kind in SCENARIOS))).toEqual([]);
});

/** The first of them has no radios, and the second has. */
const BOARDS = 2;

async function open(): Promise<Fleet> {
  const fleet = await startFleet({ routers: BOARDS, http: true });
  onTestFinished(() => fleet.stop());
  return fleet;
}

function portTo(fleet: Fleet, index: number, { paths }: Pick<PlanKind, 'paths'>) {
  const { host, restPort, user: username, password } = fleet.devices[index]!;
  const tls = { mode: 'plaintext' } as const;
  const { router, ...opened } = openRouter({ host, restPort, tls, username, password, paths, effect: 'write' });
  onTestFinished(() => opened.close());
  return router;
}

test('each comes to what it says on boards with and without radios, changes nothing else, and is taken back without a trace', async () => {
  const fleet = await open();
  for (const kind of PLAN_KINDS) {
    const scenario = scenarioOf(kind.kind);
    const { wish, menus, rows } = scenario;
    const input = kind.input.parse(wish);
    expect(kind.refuse?.(input) ?? null, kind.kind).toBeNull();
    const fit = [...fleet.routers.entries()].filter(([, { router }]) => makesSense(scenario, router));
    expect(fit.length, kind.kind).toBeGreaterThan(0);
    for (const [index, { name, router: simulated }] of fit) {
      const [router, where] = [portTo(fleet, index, kind), `${kind.kind} on ${name}`];
      const device = { name };
      const before = configurationOf(simulated);
      const held = (): boolean[] =>
        rows.map(({ menu, holds }) =>
          simulated.rows(menu).some((row) => Object.entries(holds).every(([field, value]) => row[field] === value)),
        );
      const steps = kind.steps(await capture(kind, router, input, device), input);
      await apply(router, steps);
      expect(held(), where).toEqual(rows.map(() => true));
      expect(menusThatDiffer(before, configurationOf(simulated)).toSorted(), where).toEqual(menus.toSorted());
      expect(kind.steps(await capture(kind, router, input, device), input), where).toEqual([]);
      await undo(router, steps);
      expect(menusThatDiffer(before, configurationOf(simulated)), where).toEqual([]);
    }
  }
});
