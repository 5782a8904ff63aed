import type { Arguments, Caller, Change, Field, Item, Row, RouterView, Values } from './definition.ts';
import { isSettable, type Menu } from './menu.ts';
import { dynamicRow, failure, missingArgument, noMatch, noSuchItem, unknownParameter } from './router-error.ts';

/** Reports an applied write: which row, what it printed before and after. */
export type WriteReport = {
  readonly command: string;
  readonly menu: Menu;
  readonly id: string | null;
  readonly before: Row | null;
  readonly after: Row | null;
  readonly caller: Caller;
  /** The way back and forth again; absent for commands whose effect no row shows. */
  readonly undo?: () => void;
  readonly redo?: () => void;
};

export type WriteContext = {
  readonly router: RouterView;
  readonly caller: Caller;
  readonly report: (written: WriteReport) => void;
};

/** Adds a row; everything is checked before anything changes. */
export function addItem(menu: Menu, args: Arguments, context: WriteContext): Item {
  const { router, caller } = context;
  const copyFrom = args.get('copy-from');
  const source = copyFrom === undefined ? undefined : menu.find(String(copyFrom), router);
  if (copyFrom !== undefined && !source) throw noSuchItem();
  const given = parseArguments(menu, withoutKeys(args, addOnly(menu)), router);
  for (const [name, field] of menu.fields) {
    if (field.required && !given.values.has(name) && !source) throw missingArgument(name);
  }
  const values: Values = {
    ...defaults(menu, router, caller),
    ...source?.values,
    ...storable(menu, given.values),
  };
  const place = placeBefore(menu, args, router);
  const item = menu.draft(values);
  // Where the rows are another menu's, the draft has got what makes a row one of this menu.
  const change = { kind: 'add' as const, item, before: undefined, after: item.values, given: given.values, caller };
  check(menu, change, router);
  apply(menu, change, context, place);
  return item;
}

/** Changes rows; every row is checked before the first one changes. */
export function setItems(menu: Menu, items: readonly Item[], args: Arguments, context: WriteContext): void {
  if (items.some((item) => item.dynamic)) throw dynamicRow();
  const given = parseArguments(menu, args, context.router);
  const changes = items.map((item) => {
    const after: Values = { ...item.values, ...storable(menu, given.values) };
    for (const name of given.cleared) delete after[name];
    return { kind: 'set' as const, item, before: item.values, after, given: given.values, caller: context.caller };
  });
  for (const change of changes) check(menu, change, context.router);
  for (const change of changes) apply(menu, change, context);
}

/** Removes optional values, as `unset` and `!field` do. */
export function unsetField(menu: Menu, items: readonly Item[], name: string, context: WriteContext): void {
  if (!menu.fields.get(name)?.canUnset) throw noMatch('value-name');
  setItems(menu, items, new Map([[`!${name}`, '']]), context);
}

/** Puts fields back to what a new row would have. */
export function resetFields(menu: Menu, items: readonly Item[], names: readonly string[], context: WriteContext): void {
  const fresh = defaults(menu, context.router, context.caller);
  const args = new Map<string, string>();
  for (const name of names) {
    const field = settableField(menu, name);
    const value = fresh[name];
    args.set(value === undefined ? `!${name}` : name, value ?? '');
    if (value === undefined && !field.canUnset && !field.emptyClears) throw unknownParameter(name);
  }
  setItems(menu, items, args, context);
}

export function removeItems(menu: Menu, items: readonly Item[], context: WriteContext): void {
  if (menu.definition.dynamicRows !== 'removable' && items.some((item) => item.dynamic)) throw dynamicRow();
  for (const item of items) {
    commit(
      menu,
      { kind: 'remove', item, before: item.values, after: item.values, given: new Map(), caller: context.caller },
      context,
    );
  }
}

function commit(menu: Menu, change: Change, context: WriteContext): void {
  check(menu, change, context.router);
  apply(menu, change, context);
}

function check(menu: Menu, change: Change, router: RouterView): void {
  const { definition } = menu;
  definition.prepare?.(change, router);
  if (change.kind === 'remove' || !definition.collision) return;
  const others = menu.items.filter((other) => other.id !== change.item.id);
  const text = definition.collision(change.after, others, router);
  if (text !== undefined) throw failure(text);
}

function apply(menu: Menu, change: Change, { router, caller, report }: WriteContext, place?: Item): void {
  const { item, kind } = change;
  const before = kind === 'add' ? null : menu.print(item, router);
  const follower = kind === 'remove' ? menu.after(item) : place;
  put(menu, change, router, place);
  const after = kind === 'remove' ? null : menu.print(item, router);
  const undo = (): void => put(menu, inverse(change, before ?? {}), router, follower);
  const redo = (): void => put(menu, change, router, follower);
  const id = menu.definition.kind === 'list' ? item.id : null;
  report({ command: kind, menu, id, before, after, caller, undo, redo });
}

/** Changes the rows and lets the menu draw its conclusions. */
function put(menu: Menu, change: Change, router: RouterView, place?: Item): void {
  const { item, kind } = change;
  item.values = change.after;
  if (kind === 'add') menu.append(item, place);
  if (kind === 'remove') menu.discard((other) => other.id === item.id);
  menu.definition.applied?.(change, router);
}

/** The change that takes another one back; arguments get what was printed before. */
function inverse(change: Change, printed: Row): Change {
  const { kind, before = change.after, after } = change;
  if (kind === 'add') return { ...change, kind: 'remove', before: after, given: new Map() };
  if (kind === 'remove') return { ...change, kind: 'add', before: undefined, after: before, given: new Map() };
  const given = new Map(Object.entries({ ...printed, ...before }).filter(([name]) => change.given.has(name)));
  return { ...change, before: after, after: before, given };
}

function addOnly(menu: Menu): readonly string[] {
  return menu.definition.ordered ? ['copy-from', 'place-before'] : ['copy-from'];
}

/** The row that a new one goes in front of; undefined means the end. */
function placeBefore(menu: Menu, args: Arguments, router: RouterView): Item | undefined {
  const key = menu.definition.ordered ? args.get('place-before') : undefined;
  if (key === undefined) return undefined;
  const place = router.find(menu.path, String(key));
  if (!place) throw noSuchItem();
  return place;
}

type ParsedArguments = { readonly values: Map<string, string>; readonly cleared: readonly string[] };

function parseArguments(menu: Menu, args: Arguments, router: RouterView): ParsedArguments {
  const values = new Map<string, string>();
  const cleared: string[] = [];
  for (const [key, raw] of args) {
    const name = key.replace(/^!/, '');
    const field = settableField(menu, name, key);
    const input = typeof raw === 'string' ? raw : raw.join(',');
    if (key.startsWith('!') || (input === '' && field.emptyClears)) {
      if (!field.canUnset && !field.emptyClears) throw unknownParameter(key);
      cleared.push(name);
    } else {
      values.set(name, field.type.parse(input, name, router));
    }
  }
  return { values, cleared };
}

function settableField(menu: Menu, name: string, asGiven = name): Field {
  const field = menu.fields.get(name);
  if (!field || !isSettable(field)) throw unknownParameter(asGiven);
  return field;
}

function defaults(menu: Menu, router: RouterView, caller: Caller): Values {
  const values: Values = {};
  for (const [name, field] of menu.fields) {
    if (field.default === undefined) continue;
    values[name] = typeof field.default === 'string' ? field.default : field.default(router, caller);
  }
  return values;
}

function storable(menu: Menu, given: ReadonlyMap<string, string>): Values {
  return Object.fromEntries([...given].filter(([name]) => menu.fields.get(name)?.access !== 'argument'));
}

function withoutKeys(args: Arguments, keys: readonly string[]): Arguments {
  return new Map([...args].filter(([key]) => !keys.includes(key)));
}
