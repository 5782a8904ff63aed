import type { Change, CommandDefinition, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import {
  badRequest,
  failure,
  invalidValue,
  missingArgument,
  noSuchItem,
  notPermitted,
  unknownParameter,
} from '../../engine/router-error.ts';
import { isAtLeast } from '../../engine/version.ts';
import { integer, text, word } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { computed } from '../row-fields.ts';
import { runBootScripts } from './run-at-boot.ts';
import { bytesOf, findFile, FILES, isFolder, isInMemory, makeFolders, touch } from './files.ts';

/** Largest text that a row shows and takes, in bytes. Sources say about 60 kB for recent versions. */
const LARGEST_CONTENTS_BYTES = 61_440;

/** Most bytes of one `read`. */
const LARGEST_CHUNK_BYTES = 32_768;

/** Files and folders. Text is in the row as long as it is small; `read` gets the rest in pieces. */
export const file: MenuDefinition = {
  path: FILES,
  kind: 'list',
  noun: 'file',
  nameField: 'name',
  firstId: 0x805001,
  backedUp: false,
  fields: {
    contents: { type: text, access: 'argument', compute: shownContents },
    'creation-time': { ...computed(modified), until: '7.16' },
    'last-modified': { ...computed(modified), since: '7.16' },
    name: { type: text, required: true },
    size: computed((item) => (isFolder(item) ? undefined : String(bytesOf(item).length))),
    type: { type: word('directory', 'file'), access: 'argument', compute: typeOf, settableSince: '7.15' },
  },
  seed: ({ board }) =>
    board.flashFolder
      ? [
          { name: 'flash', folder: 'disk' },
          { name: 'flash/skins', folder: 'directory' },
        ]
      : [{ name: 'skins', folder: 'directory' }],
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'file with such name already exists' : undefined,
  prepare,
  applied: (change, router) => {
    if (change.kind === 'remove') removeBelow(change, router);
    else finish(change, router);
  },
  booted: (router) => {
    router.discard(FILES, (item) => isInMemory(item, router));
    runBootScripts(router);
  },
  commands: { read: readCommand() },
};

function prepare({ kind, item, after, given, caller }: Change, router: RouterView): void {
  if (!caller.policies.has('ftp')) throw notPermitted();
  if (kind === 'remove' && item.values['folder'] === 'disk') throw failure('can not remove disk');
  if (kind === 'remove') return;
  if (kind === 'set' && given.has('name') && !isAtLeast(router.version, '7.15')) throw unknownParameter('name');
  after['name'] = fileName(after, given, kind, router);
  const contents = given.get('contents');
  if (contents === undefined) return;
  if (isFolder(item)) throw failure('can not write to directory');
  if (Buffer.byteLength(contents) > LARGEST_CONTENTS_BYTES) throw badRequest('value of contents too long');
}

/** A name without a slash in front; older versions make a text file of one without a suffix that they know. */
function fileName(after: Values, given: Change['given'], kind: Change['kind'], { version }: RouterView): string {
  const name = (after['name'] ?? '').replace(/^\//, '');
  if (name === '' || name.endsWith('/')) throw invalidValue('name');
  if (kind !== 'add' || isAtLeast(version, '7.15') || given.get('type') === 'directory') return name;
  return KNOWN_SUFFIX.test(name) ? name : `${name}.txt`;
}

const KNOWN_SUFFIX = /\.(rsc|txt|backup|npk|html?|crt|pem|key|pub|log|lua|js|css|json|xml|csv)$/i;

function finish({ kind, item, before, given }: Change, router: RouterView): void {
  const name = item.values['name'] ?? '';
  if (kind === 'add' && given.get('type') === 'directory') item.values['folder'] = 'directory';
  const contents = given.get('contents');
  if (contents !== undefined) {
    item.values['contents'] = contents;
    delete item.internal['binary'];
  }
  const old = before?.['name'];
  if (old !== undefined && old !== name && isFolder(item)) renameBelow(old, name, router);
  makeFolders(router, name);
  touch(item, router);
}

function renameBelow(old: string, name: string, router: RouterView): void {
  for (const { values } of router.items(FILES)) {
    if (values['name']?.startsWith(`${old}/`)) values['name'] = `${name}${values['name'].slice(old.length)}`;
  }
}

/** What is in a folder goes with it. */
function removeBelow({ item }: Change, router: RouterView): void {
  const folder = `${item.values['name'] ?? ''}/`;
  if (isFolder(item)) router.discard(FILES, (other) => other.values['name']?.startsWith(folder) === true);
}

function shownContents(item: Item): string | undefined {
  if (isFolder(item) || item.internal['binary'] === 1) return undefined;
  const contents = item.values['contents'] ?? '';
  return Buffer.byteLength(contents) > LARGEST_CONTENTS_BYTES ? undefined : contents;
}

function modified(item: Item, router: RouterView): string {
  return formatLocal(item.internal['modifiedMs'] ?? router.bootedAtMs(), router.timeZone());
}

/** What a file is, by its suffix. */
function typeOf({ values }: Item): string {
  if (values['folder'] !== undefined) return values['folder'];
  const suffix = /\.([a-z0-9]{1,8})$/i.exec(values['name'] ?? '')?.[1]?.toLowerCase();
  if (suffix === undefined) return 'file';
  return TYPES[suffix] ?? `.${suffix} file`;
}

const TYPES: Readonly<Record<string, string | undefined>> = {
  rsc: 'script',
  backup: 'backup',
  npk: 'package',
  pub: 'ssh key',
};

function readCommand(): CommandDefinition {
  return {
    policy: 'read',
    parameters: ['as-value', 'chunk-size', 'file', 'offset'],
    since: '7.15',
    run: (args, router) => {
      const name = args.get('file');
      if (name === undefined) throw missingArgument('file');
      const item = name.startsWith('*') ? router.find(FILES, name) : findFile(router, name);
      if (!item || isFolder(item)) throw noSuchItem();
      const number = integer(0, Number.MAX_SAFE_INTEGER);
      const offset = Number(number.parse(args.get('offset') ?? '0', 'offset', router));
      const size = Number(
        integer(1, LARGEST_CHUNK_BYTES).parse(
          args.get('chunk-size') ?? String(LARGEST_CHUNK_BYTES),
          'chunk-size',
          router,
        ),
      );
      const piece = bytesOf(item).subarray(offset, offset + size);
      const data = piece.toString(item.internal['binary'] === 1 ? 'latin1' : 'utf8');
      return { kind: 'rows', rows: [{ data }] };
    },
  };
}
