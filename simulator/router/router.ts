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
import { shapeOf } from '../engine/menu-shape.ts';
import { MenuTree } from '../engine/menu-tree.ts';
import { ALL_POLICIES, parsePolicies, type Policy } from '../engine/policy.ts';
import type { WriteContext, WriteReport } from '../engine/write.ts';
import { DEFAULT_LINK, type ManagementLink } from '../network/management-link.ts';
import { OpenConnections } from '../network/open-connections.ts';
import { toText } from '../console/run/values.ts';
import { inspect } from '../console/inspect.ts';
import { ScriptJobs } from '../console/script-jobs.ts';
import { formatLocal, UTC } from '../values/local-time.ts';
import { RouterClock } from './clock.ts';
import { History } from './history.ts';
import { Journal } from './journal.ts';
import { routeLogLine } from './log-rules.ts';
import { RouterLog } from './log.ts';
import { SafeMode } from './safe-mode.ts';

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
  #sessions: Session[] = [];
  #lastSession = FIRST_SESSION;
  webCertificate: { readonly cert: string; readonly key: string } | undefined;
  readonly #menus: readonly MenuDefinition[];
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
    this.#menus = options.menus;
    this.history.onReverted = ({ written }, command, caller = SYSTEM) => {
      const { menu, id, before, after } = written;
      const { user, address, transport } = caller;
      const [from, to] = command === 'undo' ? [after, before] : [before, after];
      this.journal.record({ user, address, transport, path: menu.path, command, id, before: from, after: to });
    };
    this.tree = this.#growTree();
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
    const context: WriteContext = { router: this, caller, report: (written) => this.#report(written) };
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

  /** Remembers a login of a user from an address; of REST logins only the first one is logged. */
  openSession(user: string, address: string, via: string, end?: () => void): void {
    if (via === 'rest-api' && this.#sessions.some((known) => isSession(known, user, address, via))) return;
    const when = this.localNow();
    this.#addSession({ user, address, via, when, ...(end ? { end } : {}) });
    // REST goes through the API server inside the router, whose own session row carries no address.
    if (via === 'rest-api') this.#addSession({ user, address: '', via: 'api', when });
    else this.#noteLogin(user, when);
    this.log('system,info,account', `user ${user} logged in from ${address} via ${via}`);
  }

  #addSession(session: Omit<Session, 'id'>): void {
    this.#lastSession += 1;
    this.#sessions.push({ id: this.#lastSession, ...session });
  }

  /** Logins over REST do not count as a user's last one. */
  #noteLogin(user: string, when: string): void {
    const item = this.items('/user').find((candidate) => candidate.values['name'] === user);
    if (item) item.values['last-logged-in'] = when;
  }

  /** The end of a login that has one. */
  endSession(user: string, address: string, via: string): void {
    const ended = this.#sessions.findIndex((known) => isSession(known, user, address, via));
    if (ended === -1) return;
    this.#sessions.splice(ended, 1);
    this.log('system,info,account', `user ${user} logged out from ${address} via ${via}`);
  }

  /** Restarts what lives in memory. The configuration stays. */
  restart(): void {
    this.wentDownInOrder = this.#goesDownInOrder;
    this.#goesDownInOrder = false;
    this.clock.restart();
    this.scripts.clear();
    this.#log.clear();
    this.#sessions = [];
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
    return menu.insert({ ...seedDefaults(menu, this), ...values }, options);
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
    return this.#sessions;
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
    const { name, index, board, version, accounts, management, webCertificate: certificate } = this;
    return new Router({
      name,
      index,
      board,
      version,
      accounts,
      management,
      menus: this.#menus,
      ...(certificate ? { certificate } : {}),
    });
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

  #growTree(): MenuTree {
    return new MenuTree(shapeOf(this.#menus, this), (menu) => {
      if (menu.definition.rowsOf) this.#complete(menu);
      else this.#seed(menu);
      menu.definition.booted?.(this);
    });
  }

  /** Menus of the new software with the rows of the old; fields that are new get their defaults. */
  #startWith({ version, packages }: Software): void {
    this.#atBoot = undefined;
    this.tree.useAll();
    const before = this.tree.used().filter(({ definition }) => !definition.rowsOf);
    this.version = version;
    this.packages = packages;
    this.tree = this.#growTree();
    for (const old of before) {
      const menu = this.tree.get(old.path);
      if (!menu) continue;
      const { nextId, items } = old.save();
      const defaults = seedDefaults(menu, this);
      for (const [name] of old.fields) delete defaults[name];
      menu.load({ nextId, items: items.map((item) => ({ ...item, values: { ...defaults, ...item.values } })) });
    }
  }

  #seed(menu: Menu): void {
    const seeds = menu.definition.seed?.(this) ?? (menu.definition.kind === 'singleton' ? [{}] : []);
    for (const seed of seeds) {
      const parsed = Object.entries(seed).map(([name, value]) => {
        const field = menu.fields.get(name);
        return [name, field ? field.type.parse(value, name, this) : value];
      });
      const { '.id': id, ...values } = { ...seedDefaults(menu, this), ...Object.fromEntries(parsed) } as Values;
      if (id === undefined) menu.insert(values);
      else menu.insertBuiltin(id, values);
    }
  }

  /** Gives rows of another menu the defaults of the fields that this one adds. */
  #complete(menu: Menu): void {
    const defaults = seedDefaults(menu, this);
    for (const item of menu.items) item.values = { ...defaults, ...item.values };
  }

  #report(written: WriteReport): void {
    const { command, menu, id, before, after, caller } = written;
    const { user, address, transport } = caller;
    this.journal.record({ user, address, transport, path: menu.path, command, id, before, after });
    if (written.undo && menu.definition.backedUp !== false) this.history.record(this.localNow(), written);
    const verb = VERBS[command];
    if (verb === undefined) return;
    this.log('system,info', `${menu.definition.noun ?? 'item'} ${verb} by ${user}`);
  }
}

/** Ids of logins do not start low. */
const FIRST_SESSION = 0xc0;

const READS: ReadonlySet<string> = new Set(['print', 'get']);

function isSession(session: Session, user: string, address: string, via: string): boolean {
  return session.user === user && session.address === address && session.via === via;
}

/** What the log says a write did; commands of other names leave their own lines. */
const VERBS: Readonly<Record<string, string | undefined>> = {
  add: 'added',
  set: 'changed',
  remove: 'removed',
  move: 'moved',
};

/** The router acting for itself. */
export const SYSTEM: Caller = { user: '*sys', policies: ALL_POLICIES, transport: 'script', address: '' };

const NEVER = new AbortController().signal;

function seedDefaults(menu: Menu, router: RouterView): Values {
  const values: Values = {};
  for (const [name, field] of menu.fields) {
    if (field.default === undefined) continue;
    values[name] = typeof field.default === 'string' ? field.default : field.default(router, SYSTEM);
  }
  return values;
}
