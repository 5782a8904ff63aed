import type { Arguments, Caller, Item, Reply, Row } from '../engine/definition.ts';
import { hasCommand, sightOf } from '../engine/execute.ts';
import type { Menu } from '../engine/menu.ts';
import { project, splitNames } from '../engine/projection.ts';
import {
  badRequest,
  missingIdentifier,
  noSuchCommand,
  noSuchDirectory,
  noSuchItem,
  notPermitted,
  RouterError,
  unknownParameter,
} from '../engine/router-error.ts';
import { exportQuietly } from '../menus/console/root-commands.ts';
import type { Router } from '../router/router.ts';
import { readArguments } from './request-body.ts';
import { readRequestPath, type RequestPath } from './request-path.ts';

/** What goes back to the client; no `body` means an empty one. */
export type Answer = { readonly status: number; readonly body?: Row | readonly Row[] | readonly never[] };

export type RestRequest = {
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  readonly body: Buffer;
  readonly caller: Caller;
  /** Ends commands that have no end of their own. */
  readonly signal: AbortSignal;
};

/**
 * The verb map: GET prints, PUT adds, PATCH sets, DELETE removes, POST runs any command. Throws a `RouterError` for
 * every refusal.
 */
export function answer(router: Router, request: RestRequest): Answer | Promise<Answer> {
  if (request.method === 'HEAD') throw new RouterError(501);
  const path = readRequestPath(request.url);
  if (!request.caller.policies.has('api')) throw new RouterError(500, 'std failure: not allowed (9)');
  if (request.method === 'POST' && path.words.at(-1) === 'export') return runExport(router, request, path);
  const place = locate(router, path);
  switch (request.method) {
    case 'GET':
      return read(router, request, path, place);
    case 'PUT':
      return add(router, request, place);
    case 'PATCH':
      return set(router, request, place);
    case 'DELETE':
      return remove(router, request, place);
    case 'POST':
      return run(router, request, place);
    default:
      throw new RouterError(501);
  }
}

/** Does a GET with `.proplist` return `.id` although it was not asked for? Sources differ; 7.23 was seen to do so. */
const PROPLIST_KEEPS_ID = true;

/** The menu a path leads to, and the word after it: an id, a name or a command. */
type Place = { readonly menu: Menu; readonly word: string | undefined };

function locate(router: Router, { words }: RequestPath): Place {
  const { path, menu, rest } = router.tree.resolve(words);
  const [word, next] = rest;
  if (!menu) throw word === undefined ? noSuchCommand() : noSuchDirectory(word);
  if (word === undefined) return { menu, word };
  const isKnown = router.find(menu.path, word) !== undefined || hasCommand(menu, word);
  if (!isKnown && (next !== undefined || router.tree.isElsewhere(`${path}/${word}`))) throw noSuchDirectory(word);
  if (next !== undefined) throw noSuchDirectory(next);
  return { menu, word };
}

function read(router: Router, { caller }: RestRequest, path: RequestPath, { menu, word }: Place): Answer {
  if (menu.definition.kind === 'directory') throw unknownWord(menu, word);
  if (!caller.policies.has('read')) throw notPermitted();
  const names = path.proplist === undefined ? undefined : splitNames(path.proplist);
  const shown = (row: Row): Row => (names ? project(row, PROPLIST_KEEPS_ID ? ['.id', ...names] : names) : row);
  const sight = sightOf(caller);
  if (word !== undefined) return { status: 200, body: shown(menu.print(itemAt(router, menu, word), router, sight)) };
  const rows = menu.printAll(router, sight);
  if (menu.definition.kind === 'singleton') return { status: 200, body: shown(rows[0] ?? {}) };
  const matching = rows.filter((row) => path.filters.every(([name, value]) => row[name] === value));
  return { status: 200, body: matching.map(shown) };
}

async function add(router: Router, { caller, body }: RestRequest, { menu, word }: Place): Promise<Answer> {
  if (word !== undefined) throw unknownWord(menu, word);
  if (!hasCommand(menu, 'add')) throw noSuchDirectory('add');
  const reply = await router.execute(caller, menu, 'add', readArguments(body));
  const id = reply.kind === 'done' ? (reply.ret ?? '') : '';
  return { status: 201, body: menu.print(itemAt(router, menu, id), router, sightOf(caller)) };
}

async function set(router: Router, { caller, body }: RestRequest, { menu, word }: Place): Promise<Answer> {
  if (menu.definition.kind !== 'list' || word === undefined) throw missingIdentifier();
  if (!hasCommand(menu, 'set')) throw noSuchDirectory('set');
  const item = itemAt(router, menu, word);
  try {
    await router.execute(caller, menu, 'set', withId(readArguments(body), item.id));
  } catch (error) {
    const isNamed = !word.startsWith('*') && BAD_PARAMETER_HIDES_NAME.has(menu.path);
    if (isNamed && isUnknownParameter(error)) throw missingIdentifier();
    throw error;
  }
  return { status: 200, body: menu.print(item, router, sightOf(caller)) };
}

/** Where a PATCH by name with a parameter that does not exist was seen to be told as a bad name. */
const BAD_PARAMETER_HIDES_NAME = new Set(['/ip/service']);

async function remove(router: Router, { caller }: RestRequest, { menu, word }: Place): Promise<Answer> {
  if (menu.definition.kind !== 'list' || word === undefined) throw missingIdentifier();
  if (!hasCommand(menu, 'remove')) throw noSuchDirectory('remove');
  const item = itemAt(router, menu, word);
  await router.execute(caller, menu, 'remove', new Map([['.id', item.id]]));
  return { status: 204 };
}

async function run(router: Router, request: RestRequest, { menu, word }: Place): Promise<Answer> {
  if (word === 'listen' && !hasCommand(menu, word)) return await listen(menu, request);
  if (word === undefined || !hasCommand(menu, word)) throw unknownWord(menu, word);
  const args = readArguments(request.body);
  const reply = await router.execute(request.caller, menu, word, args, request.signal);
  return { status: 200, body: replyBody(reply) };
}

/**
 * `listen` prints what changes from now on, and over REST nothing is sent before the end: it lasts until the session is
 * closed. Only lists can be followed.
 */
async function listen({ definition: { kind } }: Menu, { caller, signal }: RestRequest): Promise<never> {
  if (kind === 'directory') throw noSuchCommand();
  if (kind === 'singleton') throw unknownParameter('follow-only');
  if (!caller.policies.has('read')) throw notPermitted();
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  return await promise;
}

/** Every directory can be exported. The text goes into a file; without `file` there is no use in it over REST. */
async function runExport(
  router: Router,
  { caller, body, signal }: RestRequest,
  { words }: RequestPath,
): Promise<Answer> {
  const { rest } = router.tree.resolve(words);
  if (rest.length > 1) throw noSuchDirectory(rest[0] ?? '');
  const reply = await exportQuietly(router, caller, words.slice(0, -1), readArguments(body), signal);
  return { status: 200, body: replyBody(reply) };
}

function replyBody(reply: Reply): Row | readonly Row[] {
  if (reply.kind === 'rows') return reply.rows;
  return reply.facts ?? (reply.ret === undefined ? [] : { ret: reply.ret });
}

function itemAt(router: Router, menu: Menu, word: string): Item {
  if (menu.definition.kind !== 'list' || (!word.startsWith('*') && menu.definition.nameField === undefined)) {
    throw hasCommand(menu, word) ? noSuchCommand() : namelessLookup(menu, word);
  }
  const item = menu.find(word, router);
  if (item) return item;
  throw hasCommand(menu, word) ? noSuchCommand() : noSuchItem();
}

function namelessLookup(menu: Menu, word: string): RouterError {
  return menu.definition.kind === 'list' ? badRequest('no such command prefix') : noSuchDirectory(word);
}

function unknownWord(menu: Menu, word: string | undefined): RouterError {
  return menu.definition.kind === 'directory' && word !== undefined && !hasCommand(menu, word)
    ? noSuchDirectory(word)
    : noSuchCommand();
}

function isUnknownParameter(error: unknown): boolean {
  return error instanceof RouterError && error.detail?.startsWith('unknown parameter ') === true;
}

function withId(args: Arguments, id: string): Arguments {
  return new Map([...args, ['.id', id]]);
}
