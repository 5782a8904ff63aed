import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DriftAcknowledgement } from '../../../shared/domain/drift.ts';
import { driftStateOf } from '../../../shared/domain/drift.ts';
import { foundDrift, reconcileDrift, type KnownDrift } from '../../../shared/plans/drift/reconcile-drift.ts';
import {
  compareConfigurations,
  configurationObjects,
  type ConfigurationDifference,
  type ConfigurationMenu,
  type ConfigurationRow,
} from '../../../shared/routeros/configuration-objects.ts';
import { consoleArgument } from '../../../shared/routeros/console-quote.ts';

type Values = Readonly<Record<string, string>>;

/** Few values, so that rows are often named alike, equal, or differ in one field; with what an export has to quote. */
const comment = fc.constantFrom('a', 'a b', '"', 'x #2', '(2)', 'yes', '\\', 'ä');
const MENUS: Readonly<Record<string, fc.Arbitrary<Values>>> = {
  '/ip firewall filter': fc.record(
    {
      chain: fc.constantFrom('input', 'forward'),
      action: fc.constantFrom('accept', 'drop'),
      'dst-port': fc.constantFrom('22', '23', '80'),
      comment,
    },
    { requiredKeys: ['chain', 'action'] },
  ),
  '/ip dns static': fc.record({ name: fc.constantFrom('a.lan', 'b.lan'), address: fc.ipV4(), comment }),
  '/ip address': fc.record({
    address: fc.constantFrom('192.0.2.1/24', '192.0.2.9/24', '198.51.100.1/24'),
    interface: fc.constantFrom('ether1', 'bridge'),
  }),
  '/interface bridge port': fc.record(
    { bridge: fc.constant('bridge'), interface: fc.constantFrom('ether2', 'ether3'), pvid: fc.constantFrom('2', '3') },
    { requiredKeys: ['bridge', 'interface'] },
  ),
};
const SINGLETON = fc.record(
  { servers: fc.ipV4(), 'cache-size': fc.constantFrom('1024', '4096') },
  { requiredKeys: [] },
);

const configuration: fc.Arbitrary<ConfigurationMenu[]> = fc
  .tuple(
    fc.tuple(...Object.values(MENUS).map((values) => fc.array(values, { maxLength: 6 }))),
    fc.option(SINGLETON, { nil: {} }),
  )
  .map(([menus, dns]) => {
    const added = Object.keys(MENUS).flatMap((menu, index) =>
      (menus[index] ?? []).map((values) => `${menu} add ${argumentsOf(values)}\n`),
    );
    const set = Object.keys(dns).length === 0 ? '' : `/ip dns set ${argumentsOf(dns)}\n`;
    return configurationObjects([...added, set].join(''));
  });

function argumentsOf(values: Values): string {
  return Object.entries(values)
    .map(([field, value]) => consoleArgument(field, value))
    .join(' ');
}

const rowsOf = (menus: readonly ConfigurationMenu[], menu: string): readonly ConfigurationRow[] =>
  menus.find((one) => one.menu === menu)?.rows ?? [];
const textOf = (values: Values): string =>
  JSON.stringify(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1)));
const textsOf = (rows: readonly { values: Values }[]): string[] => rows.map(({ values }) => textOf(values));

test('a configuration does not differ from itself', () => {
  fc.assert(
    fc.property(configuration, (one) => {
      expect(compareConfigurations(one, one)).toEqual([]);
      expect(compareConfigurations(one, structuredClone(one))).toEqual([]);
    }),
  );
});

test('what differs, done to the baseline, gives the other configuration', () => {
  fc.assert(
    fc.property(configuration, configuration, (baseline, live) => {
      const differences = compareConfigurations(baseline, live);
      for (const { menu } of [...baseline, ...live]) {
        const own = differences.filter((one) => one.menu === menu);
        const done = applied(rowsOf(baseline, menu), own);
        expect(textsOf(done).toSorted()).toEqual(textsOf(rowsOf(live, menu)).toSorted());
        if (live.some((one) => one.menu === menu && one.isOrdered)) expectOrder(menu, baseline, live, own);
      }
    }),
    { numRuns: 300 },
  );
});

/** The rows once each of them is what the difference says; those that are new stand at the end. */
function applied(
  rows: readonly ConfigurationRow[],
  differences: readonly ConfigurationDifference[],
): { key: string; values: Values }[] {
  const done: { key: string; values: Values }[] = rows.map(({ key, values }) => ({ key, values }));
  for (const { kind, key, before, after } of differences) {
    if (kind === 'moved') continue;
    const place = done.findIndex((row) => row.key === key);
    if (kind !== 'added') expect(done[place]?.values).toEqual(before);
    if (kind === 'removed') done.splice(place, 1);
    else if (kind === 'changed') done[place] = { key, values: after! };
  }
  const added = differences.filter(({ kind }) => kind === 'added');
  return [...done, ...added.map(({ key, after }) => ({ key, values: after! }))];
}

/** Of each chain: what neither came, went nor moved is in the same order, and what moved stands where it is said to. */
function expectOrder(
  menu: string,
  baseline: readonly ConfigurationMenu[],
  live: readonly ConfigurationMenu[],
  differences: readonly ConfigurationDifference[],
): void {
  const sides = [rowsOf(baseline, menu), rowsOf(live, menu)] as const;
  for (const chain of new Set([...sides[0], ...sides[1]].map(({ values }) => values['chain']))) {
    const [was, is] = sides.map((rows) => rows.filter(({ values }) => values['chain'] === chain)) as [
      ConfigurationRow[],
      ConfigurationRow[],
    ];
    const own = differences.filter(({ before, after }) => (before ?? after)?.['chain'] === chain);
    const moved = own.filter(({ kind }) => kind === 'moved');
    for (const { before, after, places } of moved) {
      expect([was[places!.before]?.values, is[places!.after]?.values]).toEqual([before, after]);
    }
    const gone = new Set(own.filter(({ kind }) => kind === 'removed').map(({ key }) => key));
    const changed = new Map(own.filter(({ kind }) => kind === 'changed').map(({ key, after }) => [key, after!]));
    const from = new Set(moved.map(({ places }) => places!.before));
    const to = new Set(moved.map(({ places }) => places!.after));
    const settled = was
      .filter(({ key }, place) => !gone.has(key) && !from.has(place))
      .map(({ key, values }) => ({ values: changed.get(key) ?? values }));
    const news = new Set(own.filter(({ kind }) => kind === 'added').map(({ key }) => key));
    const stayed = is.filter(({ key }, place) => !to.has(place) && !news.has(key));
    expect(textsOf(settled)).toEqual(textsOf(stayed));
  }
}

const acknowledgements = fc.array(fc.tuple(fc.nat({ max: 30 }), fc.integer({ min: 1, max: 3 })), { maxLength: 4 });

test('known drift is neither lost nor there twice, whatever is found, acknowledged and gone in between', () => {
  fc.assert(
    fc.property(
      configuration,
      fc.array(fc.tuple(configuration, acknowledgements), { maxLength: 6 }),
      (baseline, life) => {
        let known: KnownDrift[] = [];
        let given = 0;
        for (const [hour, [live, acknowledged]] of life.entries()) {
          const differences = compareConfigurations(baseline, live);
          const news = reconcileDrift(known, differences, hour);
          const { found, changed, lapsed, stays, gone } = news;
          const ids = known.map(({ driftId }) => driftId);
          const kept = [...changed.map(({ driftId }) => driftId), ...lapsed, ...stays];
          expect([...kept, ...gone].toSorted(), 'each known one has one fate').toEqual(ids.toSorted());
          for (const driftId of [...lapsed, ...stays]) {
            const one = known.find((entry) => entry.driftId === driftId)!;
            const isExpected = driftStateOf({ goneAt: null, acknowledgement: one.acknowledgement }, hour) !== 'open';
            expect(lapsed.includes(driftId)).toBe(one.acknowledgement !== null && !isExpected);
          }
          known = known
            .filter(({ driftId }) => !gone.includes(driftId))
            .map((one) => {
              const now = changed.find(({ driftId }) => driftId === one.driftId)?.now;
              const isTold = now !== undefined || lapsed.includes(one.driftId);
              return { ...one, ...now, acknowledgement: isTold ? null : one.acknowledgement };
            });
          known.push(...found.map((one) => ({ ...one, driftId: `drf_${given++}`, acknowledgement: null })));
          expect(namesOf(known), 'what differs is what is known').toEqual(namesOf(foundDrift(differences)));
          expect(new Set(namesOf(known)).size, 'nothing is there twice').toBe(known.length);
          // The same once more is no news.
          const again = reconcileDrift(known, differences, hour);
          expect([again.found, again.changed, again.lapsed, again.gone]).toEqual([[], [], [], []]);
          for (const [place, hours] of acknowledged) {
            const one = known[place];
            if (one !== undefined) one.acknowledgement = until(hour + hours);
          }
        }
        // The device is as its baseline says: nothing stays, in whatever state it was.
        const last = reconcileDrift(known, [], life.length + 10);
        expect(last).toEqual({
          found: [],
          changed: [],
          lapsed: [],
          stays: [],
          gone: known.map(({ driftId }) => driftId),
        });
      },
    ),
    { numRuns: 200 },
  );
});

function namesOf(drift: readonly Pick<KnownDrift, 'menu' | 'objectKey' | 'kind'>[]): string[] {
  return drift.map(({ menu, objectKey, kind }) => JSON.stringify([menu, objectKey, kind === 'moved'])).toSorted();
}

function until(ms: number): DriftAcknowledgement {
  return { by: 'olga', reason: 'a test', at: new Date(0).toISOString(), until: new Date(ms).toISOString() };
}
