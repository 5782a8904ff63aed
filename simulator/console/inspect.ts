import type { FieldType, Row } from '../engine/definition.ts';
import type { Router } from '../router/router.ts';
import { Reader } from './language/reader.ts';
import { commandsOf, namesOf } from './router-names.ts';

/**
 * What `/console/inspect` answers about the words of a router: `child` lists what is below a path, `self` the path
 * itself, `syntax` explains it, `completion` continues what is typed and `highlight` says what each character of it is.
 */
export function inspect(router: Router, request: string, path: string, input: string): Row[] {
  switch (request) {
    case 'self':
      return selfRow(router, wordsOf(path));
    case 'child':
      return [...selfRow(router, wordsOf(path)), ...childRows(router, wordsOf(path))];
    case 'syntax':
      return syntaxRows(router, wordsOf(path));
    case 'completion':
      return completionRows(router, wordsOf(path), input);
    case 'highlight':
      return input === '' ? [] : [{ highlight: highlight(router, wordsOf(path), input).join(','), type: 'highlight' }];
    default:
      return [];
  }
}

type Node =
  | { readonly kind: 'dir'; readonly path: string }
  | { readonly kind: 'cmd'; readonly path: string; readonly command: string }
  | { readonly kind: 'arg'; readonly path: string; readonly command: string; readonly name: string };

function wordsOf(path: string): string[] {
  return path.split(',').filter((word) => word !== '');
}

/** What a path of full words leads to; undefined when the router knows no such thing. */
function nodeAt(router: Router, words: readonly string[]): Node | undefined {
  let path = '/';
  for (const [index, word] of words.entries()) {
    if (router.tree.below(path).includes(word)) {
      path = path === '/' ? `/${word}` : `${path}/${word}`;
      continue;
    }
    if (!commandsOf(router, path).includes(word)) return undefined;
    const name = words[index + 1];
    if (name === undefined) return { kind: 'cmd', path, command: word };
    const known = namesOf(router).signature(path, word).parameters.includes(name) && index + 2 === words.length;
    return known ? { kind: 'arg', path, command: word, name } : undefined;
  }
  return { kind: 'dir', path };
}

function selfRow(router: Router, words: readonly string[]): Row[] {
  const node = nodeAt(router, words);
  return node ? [{ name: words.at(-1) ?? '', 'node-type': node.kind, type: 'self' }] : [];
}

function childRows(router: Router, words: readonly string[]): Row[] {
  const node = nodeAt(router, words);
  if (!node || node.kind === 'arg') return [];
  const children =
    node.kind === 'cmd'
      ? namesOf(router)
          .signature(node.path, node.command)
          .parameters.map((name) => [name, 'arg'] as const)
      : [
          ...router.tree.below(node.path).map((name) => [name, 'dir'] as const),
          ...commandsOf(router, node.path).map((name) => [name, 'cmd'] as const),
        ];
  return children
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, kind]) => ({ name, 'node-type': kind, type: 'child' }));
}

/** A line of explanation for an argument, and one for each word below anything else. */
function syntaxRows(router: Router, words: readonly string[]): Row[] {
  const node = nodeAt(router, words);
  if (!node) return [];
  const row = (symbol: string, symbolType: string, text: string): Row => ({
    nested: '0',
    nonorm: 'false',
    symbol,
    'symbol-type': symbolType,
    text,
    type: 'syntax',
  });
  if (node.kind === 'arg') {
    const field = router.tree.get(node.path)?.fields.get(node.name);
    return [row('', 'explanation', field ? EXPLANATIONS[field.type.kind] : 'string value')];
  }
  return childRows(router, words).map(({ name = '' }) => row(name, 'explanation', ''));
}

const EXPLANATIONS: Readonly<Record<FieldType['kind'], string>> = {
  text: 'string value',
  boolean: 'yes | no',
  flag: 'yes | no',
  integer: 'integer number',
  duration: '0s..    (time interval)',
  word: 'one of several words',
  address: 'A.B.C.D    (IP address)',
  reference: 'name of an item',
  list: 'list of values',
};

type Token = { readonly start: number; readonly end: number; readonly kind: 'dir' | 'cmd' | 'arg' | 'none' | 'error' };

function highlight(router: Router, words: readonly string[], input: string): string[] {
  const kinds: string[] = Array.from({ length: input.length }, () => 'none');
  for (const { start, end, kind } of tokensOf(router, words, input).tokens) kinds.fill(kind, start, end);
  return kinds;
}

/** The words of a command as it is typed, and where the next one would stand. */
function tokensOf(
  router: Router,
  words: readonly string[],
  input: string,
): { readonly tokens: readonly Token[]; readonly at: Node } {
  const names = namesOf(router);
  const reader = new Reader(input);
  const tokens: Token[] = [];
  const start = nodeAt(router, words);
  let at: Node = start?.kind === 'dir' ? start : { kind: 'dir', path: '/' };
  if (reader.take(/\s*[/:]/y) !== undefined) at = { kind: 'dir', path: '/' };
  for (;;) {
    reader.take(/[\s/]+/y);
    const from = reader.offset;
    const word: string | undefined =
      at.kind === 'dir' ? reader.take(/[\w.-]+/y) : reader.take(/[\w.!-]+(?==)|[^\s=]+/y);
    if (word === undefined) return { tokens, at };
    // The last word may still be going on.
    if (reader.offset === input.length && !/\s$/.test(input))
      return { tokens: [...tokens, lastToken(names, at, word, from)], at };
    if (at.kind !== 'dir') {
      const isName = reader.take(/=("(\\.|[^"\\])*"?|\S*)/y) !== undefined;
      tokens.push({ start: from, end: from + word.length, kind: isName ? 'arg' : 'none' });
      continue;
    }
    const directory: string | undefined = names.directory(at.path, word);
    const command: string | undefined = directory === undefined ? names.command(at.path, word) : undefined;
    if (directory === undefined && command === undefined) {
      return { tokens: [...tokens, { start: from, end: input.length, kind: 'error' }], at };
    }
    tokens.push({ start: from, end: reader.offset, kind: directory === undefined ? 'cmd' : 'dir' });
    if (command !== undefined) at = { kind: 'cmd', path: at.path, command };
    else at = { kind: 'dir', path: at.path === '/' ? `/${directory}` : `${at.path}/${directory}` };
  }
}

function lastToken(names: ReturnType<typeof namesOf>, at: Node, word: string, start: number): Token {
  const end = start + word.length;
  if (at.kind !== 'dir') return { start, end, kind: 'none' };
  if (names.directory(at.path, word) !== undefined) return { start, end, kind: 'dir' };
  return { start, end, kind: names.command(at.path, word) === undefined ? 'error' : 'cmd' };
}

/** Words that the last one begins, or all that may follow. */
function completionRows(router: Router, words: readonly string[], input: string): Row[] {
  const typed = /[\w.-]*$/.exec(input)?.[0] ?? '';
  const { at } = tokensOf(router, words, `${input.slice(0, input.length - typed.length)} `);
  const path = at.path.split('/').filter((word) => word !== '');
  return childRows(router, at.kind === 'cmd' ? [...path, at.command] : path)
    .filter(({ name = '' }) => name.startsWith(typed))
    .map(({ name = '', 'node-type': style = '' }) => ({
      completion: style === 'arg' ? `${name}=` : name,
      offset: String(input.length - typed.length),
      preference: '96',
      show: 'true',
      style,
      text: '',
      type: 'completion',
    }));
}
