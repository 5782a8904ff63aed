import { expect, test } from 'vitest';
import { moveBaseline } from '../../../shared/plans/drift/move-baseline.ts';
import { takeBackMoves } from '../../../shared/plans/drift/take-back-moves.ts';
import { PLAN_KINDS } from '../../../shared/plans/index.ts';
import {
  compareConfigurations,
  configurationObjects,
  type ConfigurationMenu,
} from '../../../shared/routeros/configuration-objects.ts';
import { normalExport } from '../../../shared/routeros/normal-export.ts';
import type { Router } from '../../../shared/routeros/router.ts';
import { apply, capture, undo } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';

const exported = async (router: Router): Promise<ConfigurationMenu[]> =>
  configurationObjects(normalExport((await router.exportConfiguration({ format: 'terse' })).text).text);

const VLAN = '/interface/vlan';
const BY_HAND = [
  { menu: '/ip/service', key: { name: 'telnet' }, values: { disabled: 'true' } },
  { menu: '/system/note', key: null, values: { note: 'somebody was here' } },
] as const;

test.for(PLAN_KINDS)('what $kind writes is never drift, and what was drift before stays so', async (kind) => {
  const hands = BY_HAND.map(({ menu }) => menu);
  const router = await openSimulatedRouter(
    { paths: [...kind.paths, '/export', VLAN, ...hands] },
    undefined,
    kind.kind === 'wireless' ? 'hap_ax2' : 'rb5009',
  );
  // What the example of DHCP is about.
  await router.add(VLAN, { name: 'vlan20', interface: 'bridge', 'vlan-id': '20' }, { key: { name: 'vlan20' } });
  if (kind.kind === 'wireless') {
    await router.change('/interface/wifi', { name: 'wifi2' }, { 'configuration.country': 'Latvia' });
  }
  const baseline = await exported(router);
  for (const { menu, key, values } of BY_HAND) {
    if (key === null) await router.set(menu, values);
    else await router.change(menu, key, values);
  }
  const drifted = compareConfigurations(baseline, await exported(router));
  expect(drifted.length).toBeGreaterThan(0);

  const input = kind.input.parse(kind.example);
  const steps = kind.steps(await capture(kind, router, input), input);
  await apply(router, steps);
  const live = await exported(router);
  const moved = moveBaseline(baseline, live, { steps, isCertain: true });
  expect(compareConfigurations(moved.menus, live)).toEqual(drifted);
  expect(compareConfigurations(moveBaseline(baseline, live, { steps, isCertain: false }).menus, live)).toEqual(drifted);
  // Done twice it is the same as once.
  expect(moveBaseline(moved.menus, live, { steps, isCertain: true }).menus).toEqual(moved.menus);

  await undo(router, steps);
  const after = await exported(router);
  expect(compareConfigurations(takeBackMoves(moved.menus, after, moved.moves, true), after)).toEqual(drifted);
  expect(compareConfigurations(takeBackMoves(moved.menus, after, moved.moves, false), after)).toEqual(drifted);
});
