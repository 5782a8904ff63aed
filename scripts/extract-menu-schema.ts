/**
 * Writes what RouterOS versions know of menus, commands and parameters as one line a menu, from trees that
 * `/console/inspect` gave on devices (the `inspect.json` of https://github.com/tikoci/restraml, public domain).
 *
 * Usage: node scripts/extract-menu-schema.ts 7.12.2=inspect.json 7.16.2=inspect.json[.gz] … > test/simulator/schema/menus.txt
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

type Node = { readonly _type?: string } & { readonly [name: string]: unknown };
type Menu = { kind: 'list' | 'singleton' | 'directory'; commands: Set<string>; parameters: Set<string> };

/** Commands every menu has, or that only make sense at a keyboard. */
const UNIVERSAL = new Set(['print', 'get', 'find', 'edit', 'export']);
/** Arguments that say which row is meant. */
const ADDRESSING = new Set(['numbers', 'copy-from', 'place-before']);

function read(file: string): Node {
  const bytes = readFileSync(file);
  const text = file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
  return JSON.parse(text.toString('utf8')) as Node;
}

function childrenOf(node: Node, type: string): [string, Node][] {
  return Object.entries(node).filter(
    (entry): entry is [string, Node] => typeof entry[1] === 'object' && (entry[1] as Node)._type === type,
  );
}

function collect(node: Node, path: string, into: Map<string, Menu>): void {
  const commands = childrenOf(node, 'cmd');
  const names = new Set(commands.map(([name]) => name));
  const parameters = commands
    .filter(([name]) => name === 'add' || name === 'set')
    .flatMap(([, command]) => childrenOf(command, 'arg').map(([name]) => name))
    .filter((name) => !ADDRESSING.has(name) && !name.startsWith('<'));
  const isRoot = path === '';
  // The root has commands of the language by the same names.
  const kind = isRoot || !names.has('print') ? 'directory' : names.has('find') ? 'list' : 'singleton';
  const own = [...names].filter((name) => !UNIVERSAL.has(name) || (isRoot && name === 'export'));
  into.set(isRoot ? '/' : path, { kind, commands: new Set(own), parameters: new Set(isRoot ? [] : parameters) });
  for (const type of ['dir', 'path']) {
    for (const [name, child] of childrenOf(node, type)) collect(child, `${path}/${name}`, into);
  }
}

/** `name` where every version of the menu has it, else `name@7.16.2,7.20.8`. */
function marked(
  names: Iterable<string>,
  versions: readonly string[],
  has: (name: string, version: string) => boolean,
): string {
  const words = [...new Set(names)].sort().map((name) => {
    const present = versions.filter((version) => has(name, version));
    return present.length === versions.length ? name : `${name}@${present.join(',')}`;
  });
  return words.length === 0 ? '-' : words.join(' ');
}

const trees = process.argv.slice(2).map((argument): [string, Map<string, Menu>] => {
  const [version = '', file = ''] = argument.split('=');
  const menus = new Map<string, Menu>();
  collect(read(file), '', menus);
  return [version, menus];
});
const versions = trees.map(([version]) => version);
const byVersion = new Map(trees);
const paths = [...new Set(trees.flatMap(([, menus]) => [...menus.keys()]))].sort();
process.stdout.write(
  `# path | kind | commands | parameters of add and set; @ names the versions, none means all of the menu's\n`,
);
process.stdout.write(`# versions ${versions.join(' ')}\n`);
for (const path of paths) {
  const present = versions.filter((version) => byVersion.get(version)?.has(path));
  const of = (version: string): Menu | undefined => byVersion.get(version)?.get(path);
  const kind = of(present.at(-1) ?? '')?.kind ?? 'directory';
  const commands = marked(
    present.flatMap((v) => [...(of(v)?.commands ?? [])]),
    present,
    (name, v) => of(v)?.commands.has(name) ?? false,
  );
  const parameters = marked(
    present.flatMap((v) => [...(of(v)?.parameters ?? [])]),
    present,
    (name, v) => of(v)?.parameters.has(name) ?? false,
  );
  const shown = present.length === versions.length ? path : `${path}@${present.join(',')}`;
  process.stdout.write(`${shown} | ${kind} | ${commands} | ${parameters}\n`);
}
