import type { Command } from '../language/syntax-tree.ts';
import type { Frame, Steps } from './script-run.ts';

/** A command of the script language itself, as `:put` is. */
export type Builtin = {
  readonly positional: readonly string[];
  /** Parameters that are given by name only. */
  readonly named?: readonly string[];
  readonly flags?: readonly string[];
  readonly code?: readonly string[];
  /** What stands in braces is kept as text. */
  readonly storesCode?: boolean;
  readonly variables?: readonly string[];
  readonly run: (command: Command, frame: Frame) => Steps;
  /** First RouterOS version that has the command. */
  readonly since?: string;
};
