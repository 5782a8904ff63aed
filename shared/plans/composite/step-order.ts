import type { Step } from '../../domain/change.ts';

/** One part's steps, cut in three without changing their order. */
export interface Segments {
  /** Up to the last row that is added. */
  additions: Step[];
  changes: Step[];
  /** From the first row on that is removed after all others. */
  removals: Step[];
}

export function segmentsOf(steps: readonly Step[]): Segments {
  const added = steps.findLastIndex(({ op }) => op === 'add') + 1;
  const stay = Math.max(added, steps.findLastIndex(({ op }) => op !== 'remove') + 1);
  return { additions: steps.slice(0, added), changes: steps.slice(added, stay), removals: steps.slice(stay) };
}

/** The steps of all parts as one change: what is added first, what is removed last, each part in its own order. */
export function inOneOrder(parts: readonly (readonly Step[])[]): Step[] {
  const segments = parts.map(segmentsOf);
  return [
    ...segments.flatMap(({ additions }) => additions),
    ...segments.flatMap(({ changes }) => changes),
    ...segments.flatMap(({ removals }) => removals),
  ];
}
