import type { Arguments, Reply } from '../../engine/definition.ts';
import { lookUp } from '../../engine/execute.ts';
import type { Menu } from '../../engine/menu.ts';
import { missingArgument, noMatch, noSuchItem, notPermitted } from '../../engine/router-error.ts';
import { printReply } from '../print/print-reply.ts';
import { ScriptError } from '../language/script-error.ts';
import type { Command } from '../language/syntax-tree.ts';
import { argument } from './arguments.ts';
import { evaluateArgument } from './evaluate.ts';
import { runPrint } from './print-command.ts';
import { matchingRows, propertyOf, rowValue } from './row-values.ts';
import type { Frame, Steps } from './script-run.ts';
import { ArrayValue, arrayOf, Id, toArgument, toText, type Value } from './values.ts';

/** Runs a command of a menu and prints what the console prints of it: nothing, for most. */
export function* runMenuCommand(command: Command, frame: Frame): Steps {
  const { router, caller, signal } = frame.run;
  const menu = router.tree.menuAt(command.path);
  if (!menu.commands.has(command.name)) {
    if (command.name === 'print') return yield* runPrint(menu, command, frame);
    if (command.name === 'find') return yield* runFind(menu, command, frame);
    if (command.name === 'get') return yield* runGet(menu, command, frame);
  }
  const args = yield* evaluateArguments(menu, command, frame);
  // Nothing found is nothing to do, not an error.
  if (!args) return undefined;
  const asValue = args.delete('as-value');
  const reply = router.execute(caller, menu, command.name, args, signal);
  const settled = reply instanceof Promise ? yield reply : reply;
  return settled ? answer(menu, command, settled, asValue, frame) : undefined;
}

function* runFind(menu: Menu, command: Command, frame: Frame): Steps {
  if (!frame.run.caller.policies.has('read')) throw notPermitted();
  const found = yield* matchingRows(menu, command.where, frame);
  return arrayOf(found.map(({ item }) => new Id(item.id)));
}

function* runGet(menu: Menu, command: Command, frame: Frame): Steps {
  const { router, caller } = frame.run;
  const args = new Map<string, string>();
  if (menu.definition.kind === 'list') {
    const given = argument(command, 'number');
    if (!given) throw new ScriptError('missing value(s) of argument(s) number');
    const [id, ...others] = resolveNumbers(menu, yield* evaluateArgument(given, frame), frame);
    if (id === undefined || others.length > 0) throw noSuchItem();
    args.set('.id', id);
  }
  const reply = router.execute(caller, menu, 'get', args);
  const row = !(reply instanceof Promise) && reply.kind === 'rows' ? reply.rows[0] : undefined;
  const name = argument(command, 'value-name');
  if (!name) return rowValue(menu, row ?? {});
  const wanted = toText(yield* evaluateArgument(name, frame));
  if (wanted !== '.id' && !menu.fields.has(wanted)) throw noMatch('value-name');
  return propertyOf(menu, row ?? {}, wanted);
}

/** The arguments as the engine takes them; undefined when they address no rows at all. */
function* evaluateArguments(menu: Menu, command: Command, frame: Frame): Steps<Map<string, string> | undefined> {
  const args = new Map<string, string>();
  for (const { name, value } of command.args) {
    const given = yield* evaluateArgument(value, frame);
    if (name === 'numbers' && menu.definition.kind === 'list') {
      const ids = resolveNumbers(menu, given, frame);
      if (ids.length === 0) return undefined;
      args.set('numbers', ids.join(','));
    } else if (ROW_PARAMETERS.includes(name) && menu.definition.kind === 'list') {
      args.set(name, resolveNumbers(menu, given, frame)[0] ?? '');
    } else {
      args.set(name, toArgument(given));
    }
  }
  refuseMissing(menu, command, args);
  return args;
}

/** Parameters that name a row of the menu itself. */
const ROW_PARAMETERS: readonly string[] = ['copy-from', 'destination', 'place-before'];

/** The console names all arguments that are missing at once. */
function refuseMissing(menu: Menu, { name }: Command, args: Arguments): void {
  if (name !== 'add' || menu.commands.has('add') || args.has('copy-from')) return;
  const missing = [...menu.fields]
    .filter(([field, { required }]) => required && !args.has(field))
    .map(([field]) => field);
  if (missing.length > 0) throw missingArgument(missing.join(' '));
}

/** Ids of the rows that ids, names, or numbers of the last `print` stand for. */
function resolveNumbers(menu: Menu, given: Value, frame: Frame): string[] {
  const { router, numbered } = frame.run;
  const words =
    given instanceof ArrayValue
      ? given.entries.map((entry) => toText(entry.value))
      : namesIn(menu, toText(given), frame);
  const printed = numbered.get(menu.path);
  return words
    .filter((word) => word !== '')
    .map((word) => {
      const id = /^\d+$/.test(word) && printed && !menu.find(word, router) ? printed[Number(word)] : word;
      const item = id === undefined ? undefined : lookUp(menu, id, router);
      if (!item) throw noSuchItem();
      return item.id;
    });
}

function namesIn(menu: Menu, text: string, frame: Frame): string[] {
  return menu.find(text, frame.run.router) ? [text] : text.split(/[,;]/);
}

function answer(menu: Menu, command: Command, reply: Reply, asValue: boolean, frame: Frame): Value {
  if (reply.kind === 'done') {
    for (const line of NOTES[`${command.path}/${command.name}`] ?? []) frame.run.output(line);
    const { ret } = reply;
    return ret?.startsWith('*') ? new Id(ret) : ret;
  }
  if (asValue) {
    const rows = reply.rows.map((row) => rowValue(menu, row));
    return rows.length === 1 ? rows[0] : new ArrayValue(rows.map((value) => ({ value })));
  }
  return printReply(command, reply.rows, frame.run);
}

/** What some commands say when they are done. */
const NOTES: Readonly<Record<string, readonly string[] | undefined>> = {
  '/system/backup/save': ['Saving system configuration', 'Configuration backup saved'],
};
