import type { Snapshot } from '../../simulator/engine/definition.ts';

interface ObservedRouter {
  snapshot(): Snapshot;
}

/** All that is configured on a simulated router, menu by menu and in its order, without what it made itself and its ids. */
export function configurationOf(router: ObservedRouter): Record<string, string> {
  const menus = Object.entries(router.snapshot());
  return Object.fromEntries(
    menus.map(([menu, { items }]) => [
      menu,
      JSON.stringify(items.filter(({ dynamic }) => !dynamic).map(({ values }) => sorted(values))),
    ]),
  );
}

/** Menus in which two configurations differ. */
export function menusThatDiffer(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((menu) => before[menu] !== after[menu]);
}

function sorted(values: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
