import type { Board } from '../boards.ts';
import type {
  Account,
  Arguments,
  Caller,
  Item,
  LogLine,
  MenuDefinition,
  Reply,
  Row,
  RouterView,
  ScriptJob,
  ScriptOptions,
  Session,
  Snapshot,
  Software,
  Values,
} from '../engine/definition.ts';
import { execute, lookUp } from '../engine/execute.ts';
import type { Menu } from '../engine/menu.ts';
import type { MenuTree } from '../engine/menu-tree.ts';
import { parsePolicies, type Policy } from '../engine/policy.ts';
import type { WriteContext } from '../engine/write.ts';
import { DEFAULT_LINK, type ManagementLink } from '../network/management-link.ts';
import { OpenConnections } from '../network/open-connections.ts';
import { toText } from '../console/run/values.ts';
import { inspect } from '../console/inspect.ts';
import { ScriptJobs } from '../console/script-jobs.ts';
import { formatLocal, UTC } from '../values/local-time.ts';
import { RouterClock } from './clock.ts';
import { carryOver, defaultsOf, growMenus } from './grow-menus.ts';
import { History } from './history.ts';
import { Journal } from './journal.ts';
import { routeLogLine } from './log-rules.ts';
import { RouterLog } from './log.ts';
import { noteReverted, noteWrite } from './note-write.ts';
import { SafeMode } from './safe-mode.ts';
import { Sessions } from './sessions.ts';
import { SYSTEM } from './system-caller.ts';

export type RouterOptions = {
  readonly name: string;
  /** Place in the fleet, from 0. */
  readonly index: number;
  readonly board: Board;
  readonly version: string;
  readonly accounts: readonly Account[];
  readonly menus: readonly MenuDefinition[];
  /** What it shows its clients over TLS. */
  readonly certificate?: { readonly cert: string; readonly key: string };
  /** Default: through the uplink, without TLS. */
  readonly management?: ManagementLink;
  /** How long the router seems to have been up when it starts, in milliseconds. Default 0. */
  readonly uptimeMs?: number;
};

/** One simulated router without its network door: menus, state, clock, log and journal. */
export class Router implements RouterView {
  readonly name: string;
  readonly index: number;
  readonly board: Board;
  version: string;
  packages: ReadonlySet<string>;
  readonly accounts: readonly Account[];
  readonly management: ManagementLink;
  readonly connections = new OpenConnections();
  readonly clock: RouterClock;
  readonly journal = new Journal();
  readonly history = new History();
  readonly scripts = new ScriptJobs(this);
  readonly safeMode = new SafeMode(this.history);
  /** Another one after software was installed. */
  tree: MenuTree;
  /** Called when the router itself decides to restart; the door closes and opens again. */
  onReboot: () => void = () => undefined;
  /** Called when the router itself decides to switch off. */
  onShutdown: () => void = () => undefined;
  /** Requests wait for it. */
  held: Promise<void> | undefined;
  wentDownInOrder = true;
  #goesDownInOrder = false;
  #log = new RouterLog();
  readonly #sessions = new Sessions(this);
  webCertificate: { readonly cert: string; readonly key: string } | undefined;
  readonly #options: RouterOptions;
  #atBoot: Software | undefined;

  constructor(options: RouterOptions) {
    this.name = options.name;
    this.index = options.index;
    this.board = options.board;
    this.version = options.version;
    this.accounts = options.accounts;
    this.webCertificate = options.certificate;
    this.management = options.management ?? DEFAULT_LINK;
    this.packages = new Set(options.board.packages(options.version));
    this.clock = new RouterClock({ uptimeMs: options.uptimeMs ?? 0 });
    this.#options = options;
    this.history.onReverted = (entry, command, caller = SYSTEM) => noteReverted(this, entry, command, caller);
    this.tree = growMenus(this.#options.menus, this);
  }

  /** Runs one command; a write leaves a journal entry and a log line. */
  execute(
    caller: Caller,
    menu: Menu,
    command: string,
    args: Arguments,
    signal: AbortSignal = NEVER,
  ): Reply | Promise<Reply> {
    if (!READS.has(command)) this.tree.useAll();
    const context: WriteContext = { router: this, caller, report: (written) => noteWrite(this, written) };
    return execute(menu, command, args, context, signal);
  }

  perform(caller: Caller, path: string, command: string, args: Arguments): Reply | Promise<Reply> {
    return this.execute(caller, this.tree.menuAt(path), command, args);
  }

  /** Checks a login. The policies are those of the user's group; undefined means wrong name, password or state. */
  authenticate(name: string, password: string): ReadonlySet<Policy> | undefined {
    const user = this.items('/user').find((item) => item.values['name'] === name);
    if (!user || user.values['disabled'] === 'true' || user.values['password'] !== password) return undefined;
    return this.policiesOf(name);
  }

  /** Policies of a user's group; empty when there is no such user. */
  policiesOf(name: string): ReadonlySet<Policy> {
    const user = this.items('/user').find((item) => item.values['name'] === name);
    const group = this.items('/user/group').find((item) => item.id === user?.values['group']);
    return parsePolicies(group?.values['policy'] ?? '') ?? new Set();
  }

  /** Remembers a login of a user from an address; `end` cuts it. */
  openSession(user: string, address: string, via: string, end?: () => void): void {
    this.#sessions.open(user, address, via, end);
  }

  endSession(user: string, address: string, via: string): void {
    this.#sessions.end(user, address, via);
  }

  /** Restarts what lives in memory. The configuration stays. */
  restart(): void {
    this.wentDownInOrder = this.#goesDownInOrder;
    this.#goesDownInOrder = false;
    this.clock.restart();
    this.scripts.clear();
    this.#log.clear();
    this.#sessions.clear();
    this.safeMode.release();
    this.history.clear();
    this.held = undefined;
    if (this.#atBoot) this.#startWith(this.#atBoot);
    for (const menu of this.tree.used()) menu.definition.booted?.(this);
    if (this.wentDownInOrder) this.log('system,info', 'router rebooted');
    else this.log('system,error,critical', 'router was rebooted without proper shutdown');
  }

  reboot(): void {
    this.#goesDownInOrder = true;
    this.onReboot();
  }

  shutdown(): void {
    this.#goesDownInOrder = true;
    this.onShutdown();
  }

  holdRequests(until: Promise<void>): void {
    const held = until.finally(() => {
      if (this.held === held) this.held = undefined;
    });
    this.held = held;
  }

  /** Sets the wall clock and tells the menus that it jumped. */
  setWallClock(epochMs: number): void {
    this.clock.setWall(epochMs);
    for (const menu of this.tree.used()) menu.definition.clockStepped?.(this);
  }

  items(path: string): readonly Item[] {
    return this.tree.get(path)?.items ?? [];
  }

  singleton(path: string): Values {
    return this.items(path)[0]?.values ?? {};
  }

  rows(path: string): readonly Row[] {
    return this.tree.get(path)?.printAll(this) ?? [];
  }

  find(path: string, key: string): Item | undefined {
    const menu = this.tree.get(path);
    return menu && lookUp(menu, key, this);
  }

  insert(path: string, values: Values, options?: { readonly dynamic?: boolean }): Item {
    const menu = this.tree.menuAt(path);
    return menu.insert({ ...defaultsOf(menu, this), ...values }, options);
  }

  discard(path: string, matches: (item: Item) => boolean): void {
    this.tree.menuAt(path).discard(matches);
  }

  log(topics: string, message: string): void {
    routeLogLine(this, this.#log, topics, message);
  }

  logLines(): readonly LogLine[] {
    return this.#log.lines();
  }

  clearLog(actionId: string): void {
    this.#log.clear(actionId);
  }

  sessions(): readonly Session[] {
    return this.#sessions.list();
  }

  bootedAtMs(): number {
    return this.clock.now() - this.clock.uptimeMs();
  }

  timeZone(): string {
    return this.singleton('/system/clock')['time-zone-name'] ?? UTC;
  }

  runScript(source: string, options: ScriptOptions): string {
    return this.scripts.start(source, options);
  }

  /** The same router as it was made, without what was done to it since. */
  asMade(): Router {
    return new Router({ ...this.#options, version: this.version, certificate: this.webCertificate, uptimeMs: 0 });
  }

  inspect(request: string, path: string, input: string): readonly Row[] {
    return inspect(this, request, path, input);
  }

  jobs(): readonly ScriptJob[] {
    return this.scripts.list();
  }

  globals(): ReadonlyMap<string, string> {
    return new Map([...this.scripts.globals].map(([name, value]) => [name, toText(value)]));
  }

  setGlobal(name: string, value: string | undefined): void {
    if (value === undefined) this.scripts.globals.delete(name);
    else this.scripts.globals.set(name, value);
  }

  heldSince(): number | undefined {
    return this.safeMode.sinceId;
  }

  snapshot(): Snapshot {
    this.tree.useAll();
    const kept = this.tree.used().filter(({ definition }) => definition.backedUp !== false && !definition.rowsOf);
    return Object.fromEntries(kept.map((menu) => [menu.path, menu.save()]));
  }

  factorySnapshot(): Snapshot {
    return this.asMade().snapshot();
  }

  restore(snapshot: Snapshot): void {
    for (const [path, rows] of Object.entries(snapshot)) this.tree.get(path)?.load(rows);
    this.history.clear();
  }

  installAtBoot(software: Software): void {
    this.#atBoot = software;
  }

  /** Everything the router would print, by menu path. */
  state(): Record<string, Row | readonly Row[]> {
    const printed: Record<string, Row | readonly Row[]> = {};
    for (const path of this.tree.paths()) {
      const menu = this.tree.menuAt(path);
      if (menu.definition.kind === 'directory') continue;
      const rows = menu.printAll(this);
      printed[path] = menu.definition.kind === 'singleton' ? (rows[0] ?? {}) : rows;
    }
    return printed;
  }

  localNow(): string {
    return formatLocal(this.clock.now(), this.timeZone());
  }

  #startWith({ version, packages }: Software): void {
    this.#atBoot = undefined;
    this.tree.useAll();
    const before = this.tree;
    this.version = version;
    this.packages = packages;
    this.tree = growMenus(this.#options.menus, this);
    carryOver(before, this.tree, this);
  }
}

const READS: ReadonlySet<string> = new Set(['print', 'get']);

const NEVER = new AbortController().signal;
