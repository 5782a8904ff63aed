import { badRequest, missingIdentifier, noSuchCommand } from '../engine/router-error.ts';

/** A path below `/rest`, and what follows the question mark. */
export type RequestPath = {
  readonly words: readonly string[];
  readonly filters: readonly (readonly [string, string])[];
  readonly proplist: string | undefined;
};

/**
 * Reads the target of a request. An escaped asterisk is refused: clients have met devices that take `%2A` for an
 * invalid identifier, and a literal one always works.
 */
export function readRequestPath(url: string): RequestPath {
  const [path = '', query = ''] = splitOnce(url, '?');
  if (/%2a/i.test(path)) throw missingIdentifier();
  const words = path.slice('/rest'.length).split('/').slice(1).map(decode);
  if (words.length === 0 || words.includes('')) throw noSuchCommand();
  const pairs = query === '' ? [] : query.split('&').map((pair) => splitOnce(pair, '=').map(decode));
  const filters = pairs.map(([name = '', value = '']) => [name, value] as const);
  return {
    words,
    filters: filters.filter(([name]) => name !== '.proplist'),
    proplist: filters.find(([name]) => name === '.proplist')?.[1],
  };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw badRequest('invalid path');
    throw error;
  }
}
