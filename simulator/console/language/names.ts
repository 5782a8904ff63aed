/** What a command takes. */
export type Signature = {
  readonly parameters: readonly string[];
  /** Parameters that bare values stand for, in their order. */
  readonly positional: readonly string[];
  /** Parameters that are given by their bare name: `detail`, `once`. */
  readonly flags: readonly string[];
  /** Parameters that hold code, and are given in braces. */
  readonly code: readonly string[];
  /** What stands in braces is kept as text, to be run later (`on-event`). */
  readonly storesCode: boolean;
  /** Parameters that hold names of variables. */
  readonly variables: readonly string[];
  /** `all`: everything after the command is a condition (`find`). `keyword`: what follows `where` is. */
  readonly condition?: 'all' | 'keyword';
};

/** The words a router knows, for reading scripts. */
export type Names = {
  /** Full name of a menu below a path that a word names or abbreviates. */
  readonly directory: (path: string, word: string) => string | undefined;
  /** Full name of a command in a menu that a word names or abbreviates. */
  readonly command: (path: string, word: string) => string | undefined;
  readonly signature: (path: string, command: string) => Signature;
};

/** The word itself, or the only one that it abbreviates. */
export function expand(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.includes(word)) return word;
  const longer = candidates.filter((candidate) => candidate.startsWith(word));
  return longer.length === 1 ? longer[0] : undefined;
}
