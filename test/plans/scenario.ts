import type fc from 'fast-check';

export type Wish = Record<string, unknown>;

/** A change that makes sense on simulated boards as they come from their boxes, and what it must come to there. */
export interface Scenario {
  wish: Wish;
  /** A menu without whose rows it makes none, as of radios. Default: it makes sense on every board. */
  needs?: string;
  /** The only menus of the configuration that differ once it is made. */
  menus: readonly string[];
  /** Rows that are there afterwards and were not before, by the fields given. */
  rows: readonly { menu: string; holds: Record<string, string> }[];
  /** Other wishes that may or may not change something there. */
  wishes: fc.Arbitrary<Wish>;
}

interface Board {
  rows(menu: string): readonly unknown[];
}

export function makesSense({ needs }: Pick<Scenario, 'needs'>, router: Board): boolean {
  return needs === undefined || router.rows(needs).length > 0;
}
