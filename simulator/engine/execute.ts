import type { Arguments, Caller, CommandDefinition, Item, Reply, RouterView } from './definition.ts';
import { isSettable, type Menu, type Sight } from './menu.ts';
import type { Policy } from './policy.ts';
import { project, splitNames } from './projection.ts';
import { compileQuery } from './query.ts';
import { missingArgument, noMatch, noSuchCommand, noSuchItem, notPermitted, unknownParameter } from './router-error.ts';
import { moveItems } from './move.ts';
import { isAtLeast } from './version.ts';
import { addItem, removeItems, resetFields, setItems, unsetField, type WriteContext } from './write.ts';

/** Runs one command of a menu for a caller, permissions checked. */
export function execute(
  menu: Menu,
  command: string,
  args: Arguments,
  context: WriteContext,
  signal: AbortSignal,
): Reply | Promise<Reply> {
  const own = menu.commands.get(command);
  if (own) return runOwn(menu, command, own, args, context, signal);
  const standard = STANDARD.get(command);
  if (!standard || !hasCommand(menu, command)) throw noSuchCommand();
  demand(context.caller, standard.writes ? (menu.definition.writePolicy ?? 'write') : 'read');
  return standard.run(menu, args, context);
}

/** Does the menu know the word as a command? */
export function hasCommand(menu: Menu, command: string): boolean {
  const { kind, rows = 'managed', lacks } = menu.definition;
  if (menu.commands.has(command)) return true;
  // Every directory can be exported; the console does it.
  if (command === 'export') return true;
  if (lacks?.includes(command)) return false;
  if (kind === 'directory') return false;
  if (command === 'print' || command === 'get') return true;
  if (command === 'set') return rows !== 'read-only' && settable(menu);
  if (kind === 'singleton' && command === 'reset') return hasCommand(menu, 'set') && isAtLeast(menu.version, '7.22');
  if (kind === 'singleton' || rows === 'read-only') return false;
  if (command === 'add' || command === 'remove') return rows === 'managed';
  if (command === 'enable' || command === 'disable') return menu.fields.has('disabled') && settable(menu);
  if (command === 'comment') return menu.fields.has('comment');
  if (command === 'move') return menu.definition.ordered === true;
  if (command === 'reset') return settable(menu);
  if (command === 'unset') return [...menu.fields.values()].some((field) => field.canUnset);
  return false;
}

type Standard = {
  readonly writes: boolean;
  readonly run: (menu: Menu, args: Arguments, context: WriteContext) => Reply;
};

const DONE: Reply = { kind: 'done' };

const STANDARD: ReadonlyMap<string, Standard> = new Map<string, Standard>([
  ['print', { writes: false, run: print }],
  ['get', { writes: false, run: get }],
  ['add', { writes: true, run: (menu, args, context) => ({ kind: 'done', ret: addItem(menu, args, context).id }) }],
  [
    'set',
    {
      writes: true,
      run: (menu, args, context) => {
        if (menu.definition.kind === 'singleton') {
          setItems(menu, menu.items, args, context);
        } else {
          const [items, rest] = addressed(menu, args, context.router);
          setItems(menu, items, rest, context);
        }
        return DONE;
      },
    },
  ],
  [
    'remove',
    {
      writes: true,
      run: withItems((menu, items, rest, context) => {
        refuseArguments(rest);
        removeItems(menu, items, context);
      }),
    },
  ],
  ['move', { writes: true, run: move }],
  [
    'enable',
    {
      writes: true,
      run: withItems((menu, items, rest, context) => {
        refuseArguments(rest);
        setItems(menu, items, new Map([['disabled', 'false']]), context);
      }),
    },
  ],
  [
    'disable',
    {
      writes: true,
      run: withItems((menu, items, rest, context) => {
        refuseArguments(rest);
        setItems(menu, items, new Map([['disabled', 'true']]), context);
      }),
    },
  ],
  [
    'comment',
    {
      writes: true,
      run: withItems((menu, items, rest, context) => {
        refuseArguments(rest, ['comment']);
        setItems(menu, items, new Map([['comment', rest.get('comment') ?? '']]), context);
      }),
    },
  ],
  [
    'unset',
    {
      writes: true,
      run: withItems((menu, items, rest, context) => {
        refuseArguments(rest, ['value-name']);
        const name = rest.get('value-name');
        if (name === undefined) throw missingArgument('value-name');
        unsetField(menu, items, String(name), context);
      }),
    },
  ],
  [
    'reset',
    {
      writes: true,
      run: (menu, args, context) => {
        const isSingleton = menu.definition.kind === 'singleton';
        const [items, rest] = isSingleton ? [menu.items, args] : addressed(menu, args, context.router);
        resetFields(menu, items, [...rest.keys()], context);
        return DONE;
      },
    },
  ],
]);

/** Print flags that change nothing in a reply over REST. */
const IDLE_FLAGS = ['detail', 'stats', 'without-paging', 'oid', 'brief', 'terse', 'show-ids', 'as-value'];

function print(menu: Menu, args: Arguments, { router, caller }: WriteContext): Reply {
  refuseArguments(args, ['.proplist', '.query', 'count-only', ...IDLE_FLAGS]);
  const query = args.get('.query');
  const matches = compileQuery(query === undefined ? [] : [query].flat());
  const rows = menu.printAll(router, sightOf(caller)).filter(matches);
  if (args.has('count-only')) return { kind: 'done', ret: String(rows.length) };
  const proplist = args.get('.proplist');
  if (proplist === undefined) return { kind: 'rows', rows };
  const names = splitNames(proplist);
  return { kind: 'rows', rows: rows.map((row) => project(row, names)) };
}

function get(menu: Menu, args: Arguments, { router, caller }: WriteContext): Reply {
  const [items, rest] = menu.definition.kind === 'singleton' ? [menu.items, args] : addressed(menu, args, router);
  refuseArguments(rest, ['value-name']);
  const item = items[0];
  if (!item) throw noSuchItem();
  const row = menu.print(item, router, sightOf(caller));
  const name = rest.get('value-name');
  if (name === undefined) return { kind: 'rows', rows: [row] };
  if (!menu.fields.has(String(name))) throw noMatch('value-name');
  return { kind: 'done', ret: row[String(name)] ?? '' };
}

/** What a caller may see of a row. */
export function sightOf({ policies }: Caller): Sight {
  return { sensitive: policies.has('sensitive') };
}

/** Rows keep their ids; without a destination, or with one that does not exist, they go to the end. */
function move(menu: Menu, args: Arguments, context: WriteContext): Reply {
  const [items, rest] = addressed(menu, args, context.router);
  refuseArguments(rest, ['destination']);
  const destination = rest.get('destination');
  const before = destination === undefined ? undefined : lookUp(menu, String(destination), context.router);
  moveItems(menu, items, before, context);
  return DONE;
}

function runOwn(
  menu: Menu,
  name: string,
  command: CommandDefinition,
  args: Arguments,
  { router, caller, report }: WriteContext,
  signal: AbortSignal,
): Reply | Promise<Reply> {
  demand(caller, command.policy);
  refuseArguments(args, command.parameters);
  const plain = new Map([...args].map(([key, value]) => [key, typeof value === 'string' ? value : value.join(',')]));
  const reply = command.run(plain, router, caller, signal);
  if (command.writes) {
    const told = [...plain].filter(([key]) => !command.secrets?.includes(key));
    const id = plain.get('.id') ?? plain.get('numbers') ?? null;
    report({ command: name, menu, id, before: null, after: Object.fromEntries(told), caller });
  }
  return reply;
}

function withItems(
  run: (menu: Menu, items: readonly Item[], rest: Arguments, context: WriteContext) => void,
): Standard['run'] {
  return (menu, args, context) => {
    const [items, rest] = addressed(menu, args, context.router);
    run(menu, items, rest, context);
    return DONE;
  };
}

/** Splits off `.id` or `numbers` and finds the rows they name: ids, names or positions, in a comma list. */
function addressed(menu: Menu, args: Arguments, router: RouterView): [readonly Item[], Arguments] {
  const rest = new Map(args);
  const given = args.get('.id') ?? args.get('numbers');
  rest.delete('.id');
  rest.delete('numbers');
  if (given === undefined) throw missingArgument('.id');
  const keys = splitNames(given);
  const items = keys.map((key) => lookUp(menu, key, router));
  if (items.length === 0 || items.includes(undefined)) throw noSuchItem();
  return [items.filter((item) => item !== undefined), rest];
}

/** The row that a `*id`, a name, a position or, in a table of rules, a comment names. */
export function lookUp(menu: Menu, key: string, router: RouterView): Item | undefined {
  const named = menu.find(key, router) ?? (/^\d+$/.test(key) ? menu.allItems(router)[Number(key)] : undefined);
  if (named || !menu.definition.numberedByComment) return named;
  return menu.items.find((item) => item.values['comment'] === key);
}

function refuseArguments(args: Arguments, allowed: readonly string[] = []): void {
  for (const name of args.keys()) if (!allowed.includes(name)) throw unknownParameter(name);
}

function demand(caller: Caller, policy: Policy): void {
  if (!caller.policies.has(policy)) throw notPermitted();
}

function settable(menu: Menu): boolean {
  return [...menu.fields.values()].some(isSettable);
}
