import type { ConfigurationMenu, ConfigurationRow } from '../../routeros/configuration-objects.ts';
import { BaselineDraft, hasSameValues, type BaselineMove } from './baseline-draft.ts';

/**
 * The baseline once a plan was taken back: what the plan had moved is again as it was, so that what differed before the
 * plan differs after it. `isCertain` false: parts of the plan may still be on the device, and what is found there as the
 * plan left it stays moved. Pure.
 */
export function takeBackMoves(
  baseline: readonly ConfigurationMenu[],
  live: readonly ConfigurationMenu[],
  moves: readonly BaselineMove[],
  isCertain: boolean,
): ConfigurationMenu[] {
  const draft = new BaselineDraft(baseline);
  for (const move of moves.toReversed()) {
    const { menu, isOrdered, isSingleton, before, after } = move;
    const there = live.find((one) => one.menu === menu) ?? { menu, isOrdered, isSingleton, rows: [] };
    if (!isCertain && isStillMade(there.rows, move)) continue;
    const held = after === null ? null : sameRow(draft.rows(menu), after);
    // Somebody set the baseline anew, or a later plan moved it on.
    if (after !== null && held === null) continue;
    if (after === null && before !== null && sameRow(draft.rows(menu), before) !== null) continue;
    if (before !== null && after !== null && hasSameValues(before.values, after.values)) draft.reorder(there, held!);
    else draft.replace(there, held, before);
  }
  return draft.menus;
}

function isStillMade(live: readonly ConfigurationRow[], { before, after }: BaselineMove): boolean {
  if (after !== null) return sameRow(live, after) !== null;
  return before !== null && sameRow(live, before) === null;
}

function sameRow(rows: readonly ConfigurationRow[], wanted: ConfigurationRow): ConfigurationRow | null {
  const alike = rows.filter(({ values }) => hasSameValues(values, wanted.values));
  return alike.find(({ key }) => key === wanted.key) ?? alike[0] ?? null;
}
