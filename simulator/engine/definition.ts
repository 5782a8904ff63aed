import type { Board } from '../boards.ts';
import type { RouterClock } from '../router/clock.ts';
import type { Policy } from './policy.ts';

/** A row as the device prints it: every value is text. */
export type Row = Record<string, string>;

/** Values of a row in stored form: references hold the id of what they point at, so that renames show everywhere. */
export type Values = Record<string, string>;

/** One row of a menu. */
export type Item = {
  /** `*` and upper-case hexadecimal. */
  readonly id: string;
  /** Made by the router itself: cannot be changed or removed. */
  readonly dynamic: boolean;
  values: Values;
  /** Facts a menu keeps about the row that are never printed as they are (times in milliseconds, counts). */
  readonly internal: Record<string, number>;
};

/** Who runs a command, over what. */
export type Caller = {
  readonly user: string;
  readonly policies: ReadonlySet<Policy>;
  readonly transport: 'rest' | 'winbox' | 'script';
  /** Source address; empty for the router itself. */
  readonly address: string;
};

/** Arguments of a command in the order given. */
export type Arguments = ReadonlyMap<string, string | readonly string[]>;

/** What a command answers: rows, or the end of the command with an optional return value. */
export type Reply =
  { readonly kind: 'rows'; readonly rows: readonly Row[] } | { readonly kind: 'done'; readonly ret?: string };

/** How the text of a field is read, checked and printed. */
export type FieldType = {
  /** For readers that print differently (the console writes booleans as yes/no). */
  readonly kind: 'text' | 'boolean' | 'flag' | 'integer' | 'duration' | 'word' | 'address' | 'reference' | 'list';
  /** Turns input into the stored form or throws a `RouterError`. */
  readonly parse: (input: string, field: string, router: RouterView) => string;
  /** Turns the stored form into the printed one. Default: as stored. */
  readonly show?: (stored: string, router: RouterView) => string;
};

/** One field of a menu. */
export type Field = {
  readonly type: FieldType;
  /**
   * `write-only` is stored and never printed (passwords); `argument` is read by a hook and not stored, and is printed
   * only when it also has `compute`. Default `settable`.
   */
  readonly access?: 'settable' | 'read-only' | 'write-only' | 'argument';
  /** Value of a new row when none is given. Without a default the key is absent until it is set. */
  readonly default?: string | ((router: RouterView, caller: Caller) => string);
  /** Must be given on add. */
  readonly required?: boolean;
  /** Computed at every print instead of stored; undefined means that the key is absent. */
  readonly compute?: (item: Item, router: RouterView) => string | undefined;
  /** An empty value removes the key (comments). */
  readonly emptyClears?: boolean;
  /** May be removed with `unset` or `!field`. */
  readonly canUnset?: boolean;
  /** First RouterOS version that has the field. */
  readonly since?: string;
  /** First RouterOS version that has it no more. */
  readonly until?: string;
};

/** A write that is about to happen (`prepare`) or has happened (`applied`). */
export type Change = {
  readonly kind: 'add' | 'set' | 'remove';
  readonly item: Item;
  readonly before: Values | undefined;
  /** `prepare` may complete it: derived values, normalisation across fields. */
  readonly after: Values;
  /** The fields that the caller gave, in stored form; `argument` fields are only here. */
  readonly given: ReadonlyMap<string, string>;
  readonly caller: Caller;
};

/** A command besides the usual ones. */
export type CommandDefinition = {
  readonly policy: Policy;
  readonly parameters: readonly string[];
  /** Leaves a journal entry when it changes something. */
  readonly run: (
    args: ReadonlyMap<string, string>,
    router: RouterView,
    caller: Caller,
    signal: AbortSignal,
  ) => Reply | Promise<Reply>;
  readonly since?: string;
};

/** A menu, declared once: everything the engine needs to serve it. */
export type MenuDefinition = {
  readonly path: string;
  /** `directory`: no rows of its own, only commands. */
  readonly kind: 'list' | 'singleton' | 'directory';
  /** `fixed`: rows can be set but not added or removed. Default `managed`. */
  readonly rows?: 'managed' | 'fixed' | 'read-only';
  readonly fields: Readonly<Record<string, Field>>;
  /** The field by which a row may be named in a path or in `numbers`. */
  readonly nameField?: string;
  /** What log lines call a row: `address added by admin`. */
  readonly noun?: string;
  /** Number of the first id. Default 1. */
  readonly firstId?: number;
  /** The policy that writes need. Default `write`. */
  readonly writePolicy?: Policy;
  /** Rows of a new router. A singleton takes the first one. */
  readonly seed?: (router: RouterView) => readonly Values[];
  /** Rows that follow from other state, made anew at every print. */
  readonly derived?: (router: RouterView) => readonly Item[];
  /** Text of the failure when the row would collide with another one. */
  readonly collision?: (candidate: Values, others: readonly Item[], router: RouterView) => string | undefined;
  readonly prepare?: (change: Change, router: RouterView) => void;
  readonly applied?: (change: Change, router: RouterView) => void;
  /** Last word on a printed row: keys that are present only in certain states. */
  readonly view?: (row: Row, item: Item, router: RouterView) => Row;
  readonly commands?: Readonly<Record<string, CommandDefinition>>;
  /** The router came up (first start and after every reboot). */
  readonly booted?: (router: RouterView) => void;
  /** The wall clock was set. */
  readonly clockStepped?: (router: RouterView) => void;
  readonly since?: string;
  readonly available?: (board: Board) => boolean;
};

/** What field types, hooks and commands see of the router they run on. */
export type RouterView = {
  readonly name: string;
  /** Place in the fleet, from 0: makes addresses, serial numbers and figures differ. */
  readonly index: number;
  readonly board: Board;
  readonly version: string;
  readonly clock: RouterClock;
  /** The logins a new router is made with. */
  readonly accounts: readonly Account[];
  /** Name of the time zone its wall clock shows. */
  timeZone(): string;
  /** Stored rows of a menu without derived ones; empty when the router has no such menu. */
  items(path: string): readonly Item[];
  /** Values of a singleton in stored form; empty when the router has no such menu. */
  singleton(path: string): Values;
  /** Printed rows of a menu, derived ones included. */
  rows(path: string): readonly Row[];
  /** Adds a stored row without checks, journal or log: for mirrored menus. */
  insert(path: string, values: Values): Item;
  /** Removes stored rows without checks, journal or log: for mirrored menus. */
  discard(path: string, matches: (item: Item) => boolean): void;
  log(topics: string, message: string): void;
  /** Policies of a user's group; empty when there is no such user. */
  policiesOf(user: string): ReadonlySet<Policy>;
  logLines(): readonly LogLine[];
  sessions(): readonly Session[];
  /** Runs a script now; delays inside it run on the router's clock. */
  runScript(source: string, options: ScriptOptions): void;
  setWallClock(epochMs: number): void;
  reboot(): void;
};

export type Account = { readonly name: string; readonly group: string; readonly password: string };

export type LogLine = { readonly id: number; readonly time: string; readonly topics: string; readonly message: string };

/** A login that the router remembers until it reboots. */
export type Session = { readonly user: string; readonly address: string; readonly via: string; readonly when: string };

export type ScriptOptions = { readonly caller: Caller; readonly onFailure: (message: string) => void };
