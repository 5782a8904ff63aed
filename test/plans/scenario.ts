import type fc from 'fast-check';

export type Wish = Record<string, unknown>;

/** A change that makes sense on every simulated board as it comes from its box, and what it must come to there. */
export interface Scenario {
  wish: Wish;
  /** The only menus of the configuration that differ once it is made. */
  menus: readonly string[];
  /** Rows that are there afterwards and were not before, by the fields given. */
  rows: readonly { menu: string; holds: Record<string, string> }[];
  /** Other wishes that may or may not change something there. */
  wishes: fc.Arbitrary<Wish>;
}
