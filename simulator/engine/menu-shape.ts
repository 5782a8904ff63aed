import type { CommandDefinition, Field, MenuDefinition, RouterProfile } from './definition.ts';
import { isAtLeast } from './version.ts';

/** A menu as routers of one profile have it; shared by all of them. */
export type MenuShape = {
  readonly definition: MenuDefinition;
  /** RouterOS version that the menu is of. */
  readonly version: string;
  readonly fields: ReadonlyMap<string, Field>;
  /** The menu's own commands. */
  readonly commands: ReadonlyMap<string, CommandDefinition>;
  /** What a printed row may hold, in alphabetical order. */
  readonly printed: readonly (readonly [string, Field])[];
};

/** The menus of a profile by path, and every directory on the way to them. */
export type TreeShape = {
  readonly menus: ReadonlyMap<string, MenuShape>;
  readonly directories: ReadonlySet<string>;
  /** Directories that only other profiles have: a word that leads there names no row. */
  readonly elsewhere: ReadonlySet<string>;
};

/** The shape of a profile; routers of the same profile get the same object. */
export function shapeOf(definitions: readonly MenuDefinition[], profile: RouterProfile): TreeShape {
  const { board, version, packages } = profile;
  const key = [board.name, version, ...[...packages].sort()].join('|');
  let shapes = known.get(definitions);
  if (!shapes) known.set(definitions, (shapes = new Map()));
  let shape = shapes.get(key);
  if (!shape) shapes.set(key, (shape = buildShape(definitions, profile)));
  return shape;
}

const known = new WeakMap<readonly MenuDefinition[], Map<string, TreeShape>>();

function buildShape(definitions: readonly MenuDefinition[], profile: RouterProfile): TreeShape {
  const present = definitions.filter(
    (definition) => exists(definition, profile.version) && (definition.available?.(profile) ?? true),
  );
  const menus = new Map<string, MenuShape>();
  for (const definition of present) {
    if (menus.has(definition.path)) throw new Error(`two menus at ${definition.path}`);
    menus.set(definition.path, shapeMenu(definition, profile));
  }
  const directories = directoriesOf([...menus.keys()]);
  const all = directoriesOf(definitions.map((definition) => definition.path));
  return { menus, directories, elsewhere: new Set([...all].filter((path) => !directories.has(path))) };
}

function shapeMenu(definition: MenuDefinition, profile: RouterProfile): MenuShape {
  const { version } = profile;
  const fields = Object.entries(definition.fields)
    .filter(([, field]) => exists(field, version) && (field.available?.(profile) ?? true))
    .map(([name, field]): [string, Field] => [name, asOf(field, version)]);
  const commands = Object.entries(definition.commands ?? {})
    .filter(([, command]) => exists(command, version))
    .map(([name, command]): [string, CommandDefinition] => [name, withParametersOf(command, version)]);
  const printed = fields
    .filter(([, field]) => field.compute !== undefined || !['write-only', 'argument'].includes(field.access ?? ''))
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return { definition, version, fields: new Map(fields), commands: new Map(commands), printed };
}

/** A field that could only be read at first. */
function asOf(field: Field, version: string): Field {
  const { settableSince } = field;
  return settableSince === undefined || isAtLeast(version, settableSince) ? field : { ...field, access: 'read-only' };
}

function withParametersOf(command: CommandDefinition, version: string): CommandDefinition {
  const { versions, parameters } = command;
  if (!versions) return command;
  return { ...command, parameters: parameters.filter((name) => exists(versions[name] ?? {}, version)) };
}

function exists({ since = '7', until = '8' }: { since?: string; until?: string }, version: string): boolean {
  return isAtLeast(version, since) && !isAtLeast(version, until);
}

function directoriesOf(paths: readonly string[]): Set<string> {
  const directories = new Set(['/']);
  for (const path of paths) {
    const words = path.split('/').slice(1);
    for (let length = 1; length <= words.length; length++) directories.add(`/${words.slice(0, length).join('/')}`);
  }
  return directories;
}
