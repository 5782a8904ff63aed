import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { firewallFilter } from '../../../shared/plans/firewall-filter.ts';
import { findPlanKind } from '../../../shared/plans/index.ts';
import type { Router, RouterRecord } from '../../../shared/routeros/router.ts';
import { apply, capture, undo } from '../laws.ts';
import { openSimulatedRouter } from '../simulated-router.ts';
import { FILTER, routerWithRules } from './filter-router.ts';

/** Rules of people, some without comments, some alike, of several chains in any order. */
const foreign = fc.record(
  {
    chain: fc.constantFrom('forward', 'input', 'guests'),
    action: fc.constantFrom('accept', 'passthrough', 'log', 'drop'),
    protocol: fc.constantFrom('tcp', 'udp'),
    'dst-port': fc.constantFrom('25', '53', '8000-8100'),
    'src-address': fc.constantFrom('203.0.113.0/24', '198.51.100.7'),
    'connection-state': fc.constantFrom('new', 'established,related'),
    comment: fc.constantFrom('by hand', 'ticket 17', 'do not touch', 'old', 'voip'),
  },
  { requiredKeys: ['chain', 'action', 'protocol', 'src-address'] },
);
/** What a plan of an earlier day may have left. */
const tagged = fc.constantFrom('a', 'b', 'c', 'd').map((ruleId) => ({
  chain: 'forward',
  action: 'accept',
  protocol: 'tcp',
  'dst-port': '9000',
  comment: `convoy:${ruleId} ours`,
}));
const table = fc.record({
  others: fc.array(foreign, { minLength: 2, maxLength: 8 }),
  ours: fc.uniqueArray(tagged, { maxLength: 4, selector: ({ comment }) => comment }),
  seed: fc.infiniteStream(fc.nat(100)),
});

/** In any order, with what the router made itself in front. */
function rowsOf({ others, ours, seed }: { others: RouterRecord[]; ours: RouterRecord[]; seed: Iterator<number> }) {
  const rows = [...others, ...ours].map((row) => ({ row, at: Number(seed.next().value) }));
  const dummy = { chain: 'forward', action: 'passthrough', dynamic: 'true', comment: 'special dummy rule' };
  return [dummy, ...rows.sort((one, other) => one.at - other.at).map(({ row }) => row)];
}

const ruleId = fc.constantFrom('a', 'b', 'c', 'd');
const place = fc.oneof(
  fc.constantFrom('top', 'bottom'),
  ruleId.map((id) => ({ before: { ruleId: id } })),
  ruleId.map((id) => ({ after: { ruleId: id } })),
);
const rule = fc.record({
  action: fc.constantFrom('accept', 'drop', 'reject', 'log'),
  protocol: fc.constant('tcp'),
  dstPort: fc.constantFrom('9000', '9001-9002'),
  srcAddress: fc.constantFrom('203.0.113.0/24', '198.51.100.0/24'),
});
const change = fc.oneof(
  fc.record({ op: fc.constant('add'), chain: fc.constant('forward'), ruleId, rule, place }),
  fc.record({
    op: fc.constant('add'),
    chain: fc.constant('input'),
    ruleId: fc.constantFrom('x', 'y'),
    rule,
    place: fc.constantFrom('top', 'bottom'),
  }),
  fc.record({ op: fc.constant('move'), chain: fc.constant('forward'), rule: fc.record({ ruleId }), place }),
  fc.record({ op: fc.constant('remove'), chain: fc.constant('forward'), rule: fc.record({ ruleId }) }),
  fc.record({
    op: fc.constant('modify'),
    chain: fc.constant('forward'),
    rule: fc.record({ ruleId }),
    set: fc.record(
      {
        action: fc.constantFrom('drop', 'reject'),
        dstPort: fc.constantFrom('9000', '9443'),
        srcAddress: fc.constantFrom('203.0.113.0/24', null),
        comment: fc.constant('renamed'),
        disabled: fc.boolean(),
      },
      { requiredKeys: ['dstPort'] },
    ),
  }),
);
const wish = fc.record({ changes: fc.array(change, { minLength: 1, maxLength: 4 }) });

const withoutIds = async (router: Router): Promise<RouterRecord[]> =>
  (await router.list(FILTER)).map(({ '.id': _id, bytes: _bytes, packets: _packets, ...fields }) => {
    const held = Object.entries(fields).filter(
      ([field, value]) => value !== undefined && !(field === 'disabled' && value === 'false'),
    );
    return Object.fromEntries(held);
  });

/** Whether the wish was carried out; false when it was refused, which must have touched nothing. */
async function checkLaws(router: Router, given: Record<string, unknown>): Promise<boolean> {
  const input = firewallFilter.input.parse(given);
  if (firewallFilter.refuse?.(input)) return false;
  const before = await withoutIds(router);
  const found = await capture(firewallFilter, router, input);
  let steps;
  try {
    steps = firewallFilter.steps(found, input);
  } catch (error) {
    if (error instanceof AppError && error.code !== 'INTERNAL_ERROR') return false;
    throw error;
  }
  const kinds = steps.map(({ op }) => op);
  expect(kinds.lastIndexOf('add'), 'additions before removals').toBeLessThan(
    kinds.includes('remove') ? kinds.indexOf('remove') : 99,
  );
  await apply(router, steps);
  const once = await capture(firewallFilter, router, input);
  expect(firewallFilter.steps(once, input), 'the preview of the wanted state is empty').toEqual([]);
  await apply(router, steps);
  expect(await capture(firewallFilter, router, input), 'applying twice equals once').toEqual(once);
  const isForeign = ({ comment }: RouterRecord): boolean => comment?.startsWith('convoy:') !== true;
  expect((await withoutIds(router)).filter(isForeign), 'foreign rules and their order').toEqual(
    before.filter(isForeign),
  );
  await undo(router, steps);
  expect(await withoutIds(router), 'apply then undo restores, order included').toEqual(before);
  return steps.length > 0;
}

test('keeps the laws of a plan kind on whatever table, and leaves foreign rules in their order', async () => {
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(table, wish, async (held, input) => {
      const rows = rowsOf({ ...held, seed: held.seed[Symbol.iterator]() });
      if (await checkLaws(routerWithRules(rows), input)) carriedOut += 1;
    }),
    { numRuns: 400 },
  );
  expect(carriedOut).toBeGreaterThan(60);
});

test('keeps the laws on a simulated router', async () => {
  const router = await openSimulatedRouter(firewallFilter);
  for (const id of ['a', 'b', 'c', 'd']) {
    const comment = `convoy:${id} ours`;
    await router.add(
      FILTER,
      { chain: 'forward', action: 'accept', protocol: 'tcp', 'dst-port': '9000', comment },
      { key: { comment } },
    );
  }
  let carriedOut = 0;
  await fc.assert(
    fc.asyncProperty(wish, async (input) => {
      if (await checkLaws(router, input)) carriedOut += 1;
    }),
    { numRuns: 25 },
  );
  expect(carriedOut).toBeGreaterThan(0);
});

test('is found by its kind', () => {
  expect(findPlanKind('firewall_filter')?.kind).toBe(firewallFilter.kind);
});
