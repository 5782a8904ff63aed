import type { Drift, DriftKind, DriftValues } from '../../domain/drift.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { sameValue } from '../../routeros/canonical.ts';
import type { ConfigurationDifference, ConfigurationMenu } from '../../routeros/configuration-objects.ts';

/** What is known of a drift that is not gone. */
export type KnownDrift = Pick<
  Drift,
  'driftId' | 'menu' | 'objectKey' | 'kind' | 'before' | 'after' | 'acknowledgement'
>;

/** An object that is not as the baseline says, as it was just found. */
export interface FoundDrift {
  menu: string;
  objectKey: string;
  kind: DriftKind;
  before: DriftValues;
  after: DriftValues;
}

/** What a comparison makes of the drift that was known. */
export interface DriftNews {
  /** To be told of. */
  found: FoundDrift[];
  /** Known, and different again or otherwise than it was: to be told of, and no acknowledgement holds for it any more. */
  changed: { driftId: string; now: FoundDrift }[];
  /** Known, the same, and acknowledged until a time that is over: to be told of again. */
  lapsed: string[];
  /** Known and the same. */
  stays: string[];
  gone: string[];
}

/** Compares drift that was known with the differences that were just found. Pure. */
export function reconcileDrift(
  known: readonly KnownDrift[],
  differences: readonly ConfigurationDifference[],
  nowMs: number,
): DriftNews {
  const news: DriftNews = { found: [], changed: [], lapsed: [], stays: [], gone: [] };
  const left = new Map(known.map((one) => [identityOf(one), one]));
  for (const now of foundDrift(differences)) {
    const was = left.get(identityOf(now));
    left.delete(identityOf(now));
    if (was === undefined) news.found.push(now);
    else if (!isSame(was, now)) news.changed.push({ driftId: was.driftId, now });
    else if (was.acknowledgement !== null && Date.parse(was.acknowledgement.until) <= nowMs) {
      news.lapsed.push(was.driftId);
    } else news.stays.push(was.driftId);
  }
  news.gone = [...left.values()].map(({ driftId }) => driftId);
  return news;
}

/** Whether a comparison has something to tell people of. */
export function isNews({ found, changed, lapsed }: DriftNews): boolean {
  return found.length + changed.length + lapsed.length > 0;
}

/** One drift per object, and one more where it also moved. */
export function foundDrift(differences: readonly ConfigurationDifference[]): FoundDrift[] {
  const seen = new Map<string, number>();
  return differences.map(({ menu, key, kind, before, after }) => {
    const found = { menu, objectKey: key, kind, before, after };
    const count = (seen.get(identityOf(found)) ?? 0) + 1;
    seen.set(identityOf(found), count);
    // Rows that are named alike, of which one is gone and another one is new.
    return count === 1 ? found : { ...found, objectKey: `${key} (${count})` };
  });
}

/**
 * Menus that can be compared: of an export in which the router left menus out, only those it holds something of, because
 * what is not there may have been left out.
 */
export function comparable(
  baseline: { menus: readonly ConfigurationMenu[]; isComplete: boolean },
  live: { menus: readonly ConfigurationMenu[]; isComplete: boolean },
): { baseline: ConfigurationMenu[]; live: ConfigurationMenu[] } {
  const isIn = ({ menus, isComplete }: typeof live, menu: string): boolean =>
    isComplete || menus.some((one) => one.menu === menu);
  return {
    baseline: baseline.menus.filter(({ menu }) => isIn(live, menu)),
    live: live.menus.filter(({ menu }) => isIn(baseline, menu)),
  };
}

/** An object that changed and moved is two drifts; whether it is there, and as what, are states of one. */
function identityOf({ menu, objectKey, kind }: Pick<FoundDrift, 'menu' | 'objectKey' | 'kind'>): string {
  return JSON.stringify([menu, objectKey, kind === 'moved']);
}

/** In the same fields with the same values; a plan may have changed others, in the baseline and on the device alike. */
function isSame(was: KnownDrift, now: FoundDrift): boolean {
  return was.kind === now.kind && canonicalJson(differingValues(was)) === canonicalJson(differingValues(now));
}

function differingValues({ kind, before, after }: Pick<FoundDrift, 'kind' | 'before' | 'after'>): unknown {
  if (kind === 'moved') return null;
  if (before === null || after === null) return [before, after];
  return driftedFields({ before, after }).map((field) => [field, before[field] ?? null, after[field] ?? null]);
}

/** Fields in which an object differs, sorted; of one that was added or removed all. */
export function driftedFields({ before, after }: Pick<FoundDrift, 'before' | 'after'>): string[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  if (before === null || after === null) return fields;
  return fields.filter((field) => !sameValue(field, before[field], after[field]));
}
