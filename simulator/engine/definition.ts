import type { Board } from '../boards.ts';
import type { ManagementLink } from '../network/management-link.ts';
import type { OpenConnections } from '../network/open-connections.ts';
import type { RouterClock } from '../router/clock.ts';
import type { History } from '../router/history.ts';
import type { SafeMode, SafeModeOwner } from '../router/safe-mode.ts';
import type { Policy } from './policy.ts';

/** A row as the device prints it: every value is text. */
export type Row = Record<string, string>;

/** Values of a row in stored form: references hold the id of what they point at, so that renames show everywhere. */
export type Values = Record<string, string>;

/** One row of a menu. */
export type Item = {
  /** `*` and upper-case hexadecimal. */
  readonly id: string;
  /** Made by the router itself: cannot be changed, and removed only where the menu allows it. */
  dynamic: boolean;
  values: Values;
  /** Facts a menu keeps about the row that are never printed as they are (times in milliseconds, counts). */
  readonly internal: Record<string, number>;
};

/** Who runs a command, over what. */
export type Caller = {
  readonly user: string;
  readonly policies: ReadonlySet<Policy>;
  readonly transport: Transport;
  /** Source address; empty for the router itself. */
  readonly address: string;
  /** The console session it came from; absent where there is none that could end. */
  readonly session?: SafeModeOwner;
};

/** How a command reached the router. */
export type Transport = 'rest' | 'ssh' | 'winbox' | 'script';

/** Arguments of a command in the order given. */
export type Arguments = ReadonlyMap<string, string | readonly string[]>;

/** What a command answers: rows, or the end of the command with an optional return value. */
export type Reply =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** `facts`: what a command tells besides rows, as one object. */
  | { readonly kind: 'done'; readonly ret?: string; readonly facts?: Row };

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
  /** A secret: printed only for callers with the policy `sensitive`. */
  readonly sensitive?: true;
  /** First RouterOS version that lets it be written; before that it is only printed. */
  readonly settableSince?: string;
  /** First RouterOS version that has the field. */
  readonly since?: string;
  /** First RouterOS version that has it no more. */
  readonly until?: string;
  /** Does a router of this board, version and set of packages have the field? Default: every one. */
  readonly available?: (profile: RouterProfile) => boolean;
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
  /** Versions of parameters that not all have. */
  readonly versions?: Readonly<Record<string, { readonly since?: string; readonly until?: string } | undefined>>;
  /** It changes the router in a way that no row shows: the journal gets an entry with its arguments. */
  readonly writes?: true;
  /** Arguments that are secrets: the journal does not keep them. */
  readonly secrets?: readonly string[];
  readonly run: (
    args: ReadonlyMap<string, string>,
    router: RouterView,
    caller: Caller,
    signal: AbortSignal,
  ) => Reply | Promise<Reply>;
  readonly since?: string;
  readonly until?: string;
};

/** A menu, declared once: everything the engine needs to serve it. */
export type MenuDefinition = {
  readonly path: string;
  /** `directory`: no rows of its own, only commands. */
  readonly kind: 'list' | 'singleton' | 'directory';
  /** `fixed`: rows can be set but not added or removed. Default `managed`. */
  readonly rows?: 'managed' | 'fixed' | 'read-only';
  /**
   * The rows are those of another menu that have these values, with more fields: `/interface/bridge` shows the rows of
   * `/interface` whose type is `bridge`. Rows added here are added there, under the same id. Rows that are there when
   * the menu is first used get the defaults of its fields.
   */
  readonly rowsOf?: { readonly menu: string; readonly values: Values };
  /** The order of the rows matters: `move` and `place-before` exist. */
  readonly ordered?: true;
  /** Commands of its kind that the menu does not have all the same. */
  readonly lacks?: readonly string[];
  /** The rows are no configuration (files, jobs): backups do not hold them and the history does not mention them. */
  readonly backedUp?: false;
  /** May rows that the router made itself be removed? Default `locked`. */
  readonly dynamicRows?: 'locked' | 'removable';
  readonly fields: Readonly<Record<string, Field>>;
  /** The field by which a row may be named in a path or in `numbers`. */
  readonly nameField?: string;
  /** A row may also be named by its comment in `numbers`: rules have no name. */
  readonly numberedByComment?: true;
  /** What log lines call a row: `address added by admin`. */
  readonly noun?: string;
  /** Number of the first id. Default 1. */
  readonly firstId?: number;
  /** The policy that writes need. Default `write`. */
  readonly writePolicy?: Policy;
  /**
   * Rows of a new router. A singleton takes the first one. A row with the key `.id` has that id and is the router's own.
   */
  readonly seed?: (router: RouterView) => readonly Values[];
  /** Rows that follow from other state, made anew at every print. */
  readonly derived?: (router: RouterView) => readonly Item[];
  /** Text of the failure when the row would collide with another one. */
  readonly collision?: (candidate: Values, others: readonly Item[], router: RouterView) => string | undefined;
  readonly prepare?: (change: Change, router: RouterView) => void;
  readonly applied?: (change: Change, router: RouterView) => void;
  /** A remark of the router on a row (`.about`): why it is inactive, what it waits for. */
  readonly about?: (item: Item, router: RouterView) => string | undefined;
  /** Last word on a printed row: keys that are present only in certain states. */
  readonly view?: (row: Row, item: Item, router: RouterView) => Row;
  readonly commands?: Readonly<Record<string, CommandDefinition>>;
  /** The router came up (first start and after every reboot), or the menu is used for the first time since. */
  readonly booted?: (router: RouterView) => void;
  /** The wall clock was set. */
  readonly clockStepped?: (router: RouterView) => void;
  readonly since?: string;
  readonly until?: string;
  /** Does a router of this board, version and set of packages have the menu? */
  readonly available?: (profile: RouterProfile) => boolean;
};

/** What decides which menus, fields and commands a router has. */
export type RouterProfile = {
  readonly board: Board;
  readonly version: string;
  /** Names of the installed packages. */
  readonly packages: ReadonlySet<string>;
};

/** What field types, hooks and commands see of the router they run on. */
export type RouterView = {
  readonly name: string;
  /** Place in the fleet, from 0: makes addresses, serial numbers and figures differ. */
  readonly index: number;
  readonly board: Board;
  readonly version: string;
  readonly packages: ReadonlySet<string>;
  readonly clock: RouterClock;
  readonly safeMode: SafeMode;
  /** What it shows its clients when it is managed over TLS, in PEM. */
  readonly webCertificate: { readonly cert: string; readonly key: string } | undefined;
  /** The logins a new router is made with. */
  readonly accounts: readonly Account[];
  /** How managers reach it. */
  readonly management: ManagementLink;
  /** TCP connections to its services. */
  readonly connections: OpenConnections;
  /** Name of the time zone its wall clock shows. */
  timeZone(): string;
  /** When the router came up, by its wall clock (milliseconds since 1970). */
  bootedAtMs(): number;
  /** Stored rows of a menu without derived ones; empty when the router has no such menu. */
  items(path: string): readonly Item[];
  /** Values of a singleton in stored form; empty when the router has no such menu. */
  singleton(path: string): Values;
  /** Printed rows of a menu, derived ones included. */
  rows(path: string): readonly Row[];
  /** The row that a `*id`, a name or a position names; undefined when there is none. */
  find(path: string, key: string): Item | undefined;
  /** Runs a command as a caller would, checked, journaled and logged; `path` as in `/ip/address`. */
  perform(caller: Caller, path: string, command: string, args: Arguments): Reply | Promise<Reply>;
  /** Adds a stored row without checks, journal or log: for mirrored menus and rows the router makes itself. */
  insert(path: string, values: Values, options?: { readonly dynamic?: boolean }): Item;
  /** Removes stored rows without checks, journal or log: for mirrored menus. */
  discard(path: string, matches: (item: Item) => boolean): void;
  log(topics: string, message: string): void;
  /** Policies of a user's group; empty when there is no such user. */
  policiesOf(user: string): ReadonlySet<Policy>;
  logLines(): readonly LogLine[];
  /** Empties the memory of one logging action. */
  clearLog(actionId: string): void;
  sessions(): readonly Session[];
  /** The newest changes, and the way back. */
  readonly history: History;
  /** The newest change before safe mode was taken; undefined when nobody holds it. */
  heldSince(): number | undefined;
  /** Did the router go down in order the last time it did, or did it just lose its power? */
  readonly wentDownInOrder: boolean;
  /** The whole configuration, as a backup keeps it. */
  snapshot(): Snapshot;
  /** The configuration of the router as it was made. */
  factorySnapshot(): Snapshot;
  /** Puts a configuration in the place of the present one; what was changed before cannot be undone any more. */
  restore(snapshot: Snapshot): void;
  /** The software that the router starts with from its next start on. */
  installAtBoot(software: Software): void;
  /** Runs a script now; delays inside it run on the router's clock. Answers the id of its job. */
  runScript(source: string, options: ScriptOptions): string;
  /** What `/console/inspect` answers about the router's words. */
  inspect(request: string, path: string, input: string): readonly Row[];
  /** The scripts that are running. */
  jobs(): readonly ScriptJob[];
  /** Variables that all scripts share, as text by name. */
  globals(): ReadonlyMap<string, string>;
  /** Changes such a variable; without a value it is gone. */
  setGlobal(name: string, value: string | undefined): void;
  setWallClock(epochMs: number): void;
  reboot(): void;
  /** Switches off for good. */
  shutdown(): void;
  /** Lets requests wait until the promise settles. */
  holdRequests(until: Promise<void>): void;
};

export type Account = { readonly name: string; readonly group: string; readonly password: string };

export type LogLine = { readonly id: number; readonly time: string; readonly topics: string; readonly message: string };

/** A login that the router remembers until it reboots. */
export type Session = {
  /** Grows from login to login. */
  readonly id: number;
  readonly user: string;
  readonly address: string;
  readonly via: string;
  readonly when: string;
  /** Cuts it; absent for those that only a reboot ends. */
  readonly end?: () => void;
};

/** Stored rows of a menu, and the number of the next one. */
export type SavedRows = { readonly nextId: number; readonly items: readonly Item[] };

/** Stored rows of all menus that are configuration, by path; plain data. */
export type Snapshot = Readonly<Record<string, SavedRows>>;

export type Software = { readonly version: string; readonly packages: ReadonlySet<string> };

export type ScriptOptions = {
  readonly caller: Caller;
  /** Name of the script, which its job shows. */
  readonly script?: string;
  /** Menu that relative words start from. Default `/`. */
  readonly path?: string;
  /** Takes what the script prints, line by line. */
  readonly output?: (line: string) => void;
  /** Ends the script. */
  readonly signal?: AbortSignal;
  readonly onDone?: () => void;
  /** Gets the text with the place of the failure, and without it. */
  readonly onFailure: (report: string, text: string) => void;
};

/** A script that is running. */
export type ScriptJob = {
  readonly id: string;
  readonly owner: string;
  /** Name of the script; empty for code without a name. */
  readonly script: string;
  /** By the router's wall clock, in milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly policies: ReadonlySet<Policy>;
  /** Ends it; what it did stays. */
  readonly end: () => void;
};
