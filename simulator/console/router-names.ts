import type { CommandDefinition, RouterView } from '../engine/definition.ts';
import { hasCommand } from '../engine/execute.ts';
import { isSettable, type Menu } from '../engine/menu.ts';
import { isAtLeast } from '../engine/version.ts';
import type { Router } from '../router/router.ts';
import { expand, type Names, type Signature } from './language/names.ts';
import { builtins, builtinSignature } from './run/builtins.ts';

/** The words of one router: its menus, their commands and parameters, and the commands of the language. */
export function namesOf(router: Router): Names {
  const known = knownNames.get(router.tree);
  if (known) return known;
  const directories = remembering((path) => router.tree.below(path));
  const commands = remembering((path) => commandsOf(router, path));
  const signatures = remembering((command) => {
    const end = command.lastIndexOf('/');
    return signatureOf(router, command.slice(0, end), command.slice(end + 1));
  });
  const names: Names = {
    directory: (path, word) => expand(word, directories(path)),
    command: (path, word) => expand(word, commands(path)),
    signature: (path, command) => signatures(`${path}/${command}`),
  };
  knownNames.set(router.tree, names);
  return names;
}

/** Words only change with the software, which brings another tree. */
const knownNames = new WeakMap<Router['tree'], Names>();

function remembering<Value>(look: (key: string) => Value): (key: string) => Value {
  const seen = new Map<string, Value>();
  return (key) => {
    const known = seen.get(key);
    if (known !== undefined) return known;
    const found = look(key);
    seen.set(key, found);
    return found;
  };
}

/** Names of the commands at a path, in alphabetical order. */
export function commandsOf(router: Router, path: string): readonly string[] {
  const menu = router.tree.get(path);
  const own = menu ? [...menu.commands.keys(), ...STANDARD.filter((command) => hasCommand(menu, command))] : [];
  const find = menu?.definition.kind === 'list' ? ['find'] : [];
  const language = path === '/' ? Object.keys(builtins).filter((name) => hasBuiltin(router, name)) : [];
  return [...new Set([...own, ...find, 'export', ...language])].sort();
}

const STANDARD = ['add', 'comment', 'disable', 'enable', 'get', 'move', 'print', 'remove', 'reset', 'set', 'unset'];

function hasBuiltin(router: RouterView, name: string): boolean {
  const since = builtins[name]?.since;
  return since === undefined || isAtLeast(router.version, since);
}

function signatureOf(router: Router, path: string, command: string): Signature {
  const builtin = path === '/' ? builtins[command] : undefined;
  if (builtin) return builtinSignature(builtin);
  const menu = router.tree.get(path);
  const own = menu?.commands.get(command);
  if (own) return ownSignature(own);
  return { ...NOTHING, ...(menu ? standardSignature(menu, command) : {}), ...(command === 'export' ? EXPORT : {}) };
}

const NOTHING: Signature = {
  parameters: [],
  positional: [],
  flags: [],
  code: [],
  storesCode: true,
  variables: [],
};

const EXPORT_FLAGS = ['compact', 'hide-sensitive', 'show-sensitive', 'terse', 'verbose'];

const EXPORT: Partial<Signature> = {
  parameters: [...EXPORT_FLAGS, 'file'],
  positional: [],
  flags: EXPORT_FLAGS,
  condition: 'keyword',
};

const PRINT_FLAGS = [
  'as-value',
  'brief',
  'count-only',
  'detail',
  'follow',
  'follow-only',
  'show-ids',
  'stats',
  'terse',
  'value-list',
  'without-paging',
];

/** Words that are given bare to a menu's own commands. */
const COMMAND_FLAGS = ['as-string', 'as-value', 'dry-run', 'once', 'verbose', 'without-paging'];

function ownSignature({ parameters }: CommandDefinition): Signature {
  const named = parameters.filter((name) => !name.startsWith('.'));
  const flags = COMMAND_FLAGS.filter((name) => name === 'as-value' || name === 'once' || named.includes(name));
  const values = named.filter((name) => !COMMAND_FLAGS.includes(name));
  const positional = values.includes('numbers') ? ['numbers', ...values.filter((name) => name !== 'numbers')] : values;
  return { ...NOTHING, parameters: [...new Set([...named, ...flags])], positional, flags };
}

function standardSignature(menu: Menu, command: string): Partial<Signature> {
  const isList = menu.definition.kind === 'list';
  const settable = [...menu.fields].filter(([, field]) => isSettable(field));
  const fields = settable.map(([name]) => name);
  const flags = settable.filter(([, { type }]) => type.kind === 'flag').map(([name]) => name);
  switch (command) {
    case 'add':
      return { parameters: [...fields, 'copy-from', ...(menu.definition.ordered ? ['place-before'] : [])], flags };
    case 'set':
      return isList
        ? { parameters: [...fields, 'numbers'], positional: ['numbers'], flags }
        : { parameters: fields, flags };
    case 'get':
      return isList ? positional('number', 'value-name') : positional('value-name');
    case 'comment':
      return positional('numbers', 'comment');
    case 'move':
      return positional('numbers', 'destination');
    case 'unset':
      return positional('numbers', 'value-name');
    case 'reset':
      return { parameters: [...fields, 'numbers'], positional: ['numbers'], flags: fields };
    case 'print':
      return {
        parameters: [...PRINT_FLAGS, 'append', 'file', 'from', 'group-by', 'interval', 'proplist'],
        flags: PRINT_FLAGS,
        condition: 'keyword',
      };
    case 'find':
      return { condition: 'all' };
    default:
      return positional('numbers');
  }
}

function positional(...names: readonly string[]): Partial<Signature> {
  return { parameters: names, positional: names };
}
