import fc from 'fast-check';
import { expect, test } from 'vitest';
import { staticRoutes } from '../../shared/plans/static-routes.ts';
import type { Router, RouterRecord } from '../../shared/routeros/router.ts';
import { apply, capture, undo } from './laws.ts';
import { openSimulatedRouter } from './simulated-router.ts';
import { configured, routerWith } from './router-with-routes.ts';

type Wish = Record<string, unknown>;

const OPS = ['add', 'change', 'remove'];

const ways = fc.constantFrom(
  { destination: '10.1.0.0/16', gateway: '198.18.0.9' },
  { destination: '10.1.0.0/16', gateway: 'ether2' },
  { destination: '10.2.0.0/16', gateway: '198.18.0.9', table: 'guests' },
  { destination: '10.2.0.0/16', blackhole: true },
  { destination: '10.3.0.7/32', gateway: '198.18.0.9@main' },
  { destination: '2001:db8:1::/48', gateway: 'fe80::1%ether2' },
);
const nameOf = (way: object): string => JSON.stringify(way);
const comment = fc.constantFrom('', 'to the branch', 'second way');
const distance = fc.integer({ min: 1, max: 255 });

const forAll = { distance, comment };
const forGateways = {
  ...forAll,
  scope: fc.integer({ min: 0, max: 255 }),
  targetScope: fc.integer({ min: 0, max: 255 }),
  checkGateway: fc.constantFrom('none', 'ping', 'bfd'),
};
const wanted = ways.chain((way): fc.Arbitrary<Wish> => {
  const settings: fc.Arbitrary<Wish> =
    'blackhole' in way ? fc.record(forAll, { requiredKeys: [] }) : fc.record(forGateways, { requiredKeys: [] });
  return settings.map((more) => ({ ...way, ...more }));
});

const wishes = fc
  .record({
    routes: fc.uniqueArray(wanted, { maxLength: 5, selector: wayOf }),
    remove: fc.uniqueArray(ways, { maxLength: 4, selector: nameOf }),
  })
  .map(({ routes, remove }) => {
    const taken = new Set(routes.map(wayOf));
    return { routes, remove: remove.filter((way) => !taken.has(nameOf(way))) };
  })
  .filter((input) => staticRoutes.refuse?.(staticRoutes.input.parse(input)) === null);

function wayOf({ destination, gateway, table, blackhole }: Wish): string {
  return JSON.stringify({ destination, gateway, table, blackhole });
}

/** What a device may hold: some of the routes in question, and one that nobody asks for. */
const held = fc
  .uniqueArray(wanted, { maxLength: 5, selector: wayOf })
  .map((routes) => [
    ...routes.map((route, index) => configured(index + 2, valuesOf(route))),
    configured(1, { 'dst-address': '172.31.0.0/16', gateway: '198.18.0.77', comment: 'of somebody else' }),
  ]);

function valuesOf(wish: Wish): RouterRecord {
  const [added] = staticRoutes.steps(NOTHING, staticRoutes.input.parse({ routes: [wish] }));
  if (added?.op !== 'add') throw new Error('an empty router gets every route');
  const hidden = wish['blackhole'] ? { scope: undefined, 'target-scope': undefined } : {};
  return { ...added.values, ...hidden };
}

const NOTHING = {
  routes: [],
  managed: { peers: ['198.18.0.5'], tables: ['main'] },
  missing: { interfaces: [], tables: [] },
};

async function checkLaws(router: Router, given: Wish): Promise<void> {
  const input = staticRoutes.input.parse(given);
  const read = () => capture(staticRoutes, router, input);
  const foreign = async () =>
    (await router.list('/ip/route')).filter((row) => row['dst-address'] === '172.31.0.0/16').map(withoutState);
  const [found, others] = [await read(), await foreign()];
  const steps = staticRoutes.steps(found, input);
  const order = steps.map(({ op }) => OPS.indexOf(op));
  expect(order, 'additions come before changes, and these before removals').toEqual(
    order.toSorted((one, other) => one - other),
  );
  await apply(router, steps);
  const once = await read();
  expect(staticRoutes.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await read(), 'applying twice equals once').toEqual(once);
  await undo(router, steps);
  expect(settled(await read()), 'apply then undo restores').toEqual(settled(found));
  expect(await foreign(), 'what nobody asked for stays').toEqual(others);
}

/** Apart from what the router works out itself. */
function settled(current: Record<string, unknown>): unknown {
  const { routes } = current as { routes: { values: RouterRecord; configured: boolean; disabled: boolean }[] };
  const rows = routes.map(({ values, configured: own, disabled }) => JSON.stringify([own, disabled, sorted(values)]));
  return { ...current, routes: rows.toSorted() };
}

function sorted(values: RouterRecord): unknown {
  return Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function withoutState(row: RouterRecord): RouterRecord {
  const derived = ['active', 'inactive', 'immediate-gw'];
  return Object.fromEntries(Object.entries(row).filter(([field]) => !derived.includes(field)));
}

test('keeps the laws of a plan kind for whatever routes there are and whatever are wanted', async () => {
  await fc.assert(
    fc.asyncProperty(held, wishes, (routes, input) => checkLaws(routerWith(routes), input)),
    { numRuns: 100 },
  );
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(staticRoutes);
  await router.add('/routing/table', { name: 'guests', fib: '' }, { key: { name: 'guests' } });
  const onDevice = fc.uniqueArray(wanted, { maxLength: 4, selector: wayOf });
  await fc.assert(
    fc.asyncProperty(onDevice, wishes, async (routes, input) => {
      const present = staticRoutes.input.parse({ routes });
      const prepared = staticRoutes.steps(await capture(staticRoutes, router, present), present);
      await apply(router, prepared);
      await checkLaws(router, input);
      await undo(router, prepared);
    }),
    { numRuns: 5 },
  );
});
