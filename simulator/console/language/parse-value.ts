import type { Names } from './names.ts';
import { decodeBytes, readEscape } from './quoted-text.ts';
import type { Reader } from './reader.ts';
import type { Expression, Statement } from './syntax-tree.ts';

/** Where a script is being read: the words that are known, and the menu that relative ones start from. */
export type Context = {
  readonly reader: Reader;
  readonly names: Names;
  readonly path: string;
  readonly parseStatements: (context: Context, end: string) => Statement[];
  readonly parseExpression: (context: Context) => Expression;
};

/** A value as an argument: quoted, a variable, a result, an expression in parentheses, an array, or a bare word. */
export function parseValue(context: Context): Expression {
  return parseCompound(context, parseParentheses) ?? parseWord(context);
}

/** A value that its first character tells; undefined when it is a bare word. Parentheses depend on where it stands. */
export function parseCompound<Place extends Context>(
  context: Place,
  parseInParentheses: (context: Place) => Expression,
): Expression | undefined {
  switch (context.reader.peek()) {
    case '"':
      return parseQuoted(context);
    case '$':
      return parseVariable(context);
    case '[':
      return parseResult(context);
    case '{':
      return parseArray(context);
    case '(':
      return parseInParentheses(context);
    default:
      return undefined;
  }
}

/** A bare word goes up to the next blank. Dollars, quotes and backslashes in it are wrong. */
function parseWord({ reader }: Context): Expression {
  const text = reader.take(/[^\s;"{}[\]()$\\]+/y);
  if (text === undefined) throw reader.error(/[\s;]|^$/.test(reader.peek()) ? 'expected input value' : 'syntax error');
  if (/["$\\]/.test(reader.peek())) throw reader.error('syntax error');
  return { kind: 'literal', value: { kind: 'word', text } };
}

function parseVariable({ reader }: Context): Expression {
  reader.offset += 1;
  const quoted = reader.take(/"[A-Za-z0-9 ._-]+"/y)?.slice(1, -1);
  const name = quoted ?? reader.take(/[A-Za-z0-9]+/y);
  if (name === undefined) throw reader.error('expected variable name');
  return { kind: 'variable', name };
}

function parseResult(context: Context): Expression {
  const { reader } = context;
  reader.expect('[');
  const statements = context.parseStatements(context, ']');
  reader.expect(']');
  return { kind: 'result', statements };
}

export function parseParentheses(context: Context): Expression {
  const { reader } = context;
  reader.expect('(');
  reader.skipBlanks(true);
  if (reader.peek() === ')') {
    reader.offset += 1;
    return { kind: 'array', entries: [] };
  }
  const inner = context.parseExpression(context);
  reader.skipBlanks(true);
  reader.expect(')');
  return inner;
}

/** `{1; "two"; three=3}` */
export function parseArray(context: Context): Expression {
  const { reader } = context;
  reader.expect('{');
  const entries: { key?: string; value: Expression }[] = [];
  for (;;) {
    reader.take(/[\s;]+/y);
    if (reader.peek() === '}') break;
    const key = readKey(context);
    const value = parseValue(context);
    entries.push(key === undefined ? { value } : { key, value });
    reader.skipBlanks(true);
    if (!/[;}]/.test(reader.peek())) throw reader.error('syntax error');
  }
  reader.offset += 1;
  return { kind: 'array', entries };
}

function readKey({ reader }: Context): string | undefined {
  const bare = reader.take(/[A-Za-z0-9._-]+=/y)?.slice(0, -1);
  return bare ?? reader.take(/"[^"\\$]*"=/y)?.slice(1, -2);
}

/**
 * A text in double quotes: escapes, and `$name`, `$[…]`, `$(…)` in it. Unknown escapes are wrong; line ends are taken
 * as they are.
 */
export function parseQuoted(context: Context): Expression {
  const { reader } = context;
  const parts: Expression[] = [];
  const start = reader.offset;
  reader.expect('"');
  let text = '';
  let bytes: number[] = [];
  const flushBytes = (): void => {
    text += decodeBytes(bytes);
    bytes = [];
  };
  const flush = (): void => {
    flushBytes();
    if (text !== '') parts.push({ kind: 'literal', value: { kind: 'text', text } });
    text = '';
  };
  for (;;) {
    const next = reader.peek();
    if (next === '') throw reader.error('syntax error', reader.text.length > start ? reader.text.length : start);
    if (next === '"') break;
    if (next === '$') {
      flush();
      parts.push(parseInserted(context));
      continue;
    }
    reader.offset += 1;
    if (next !== '\\') {
      flushBytes();
      text += next;
      continue;
    }
    const escape = readEscape(reader.text, reader.offset);
    if (!escape) throw reader.error('syntax error');
    reader.offset += escape.length;
    if ('byte' in escape) bytes.push(escape.byte);
    else {
      flushBytes();
      text += escape.text;
    }
  }
  reader.offset += 1;
  flush();
  const [only] = parts;
  if (parts.length === 0) return { kind: 'literal', value: { kind: 'text', text: '' } };
  return parts.length === 1 && only?.kind === 'literal' ? only : { kind: 'template', parts };
}

function parseInserted(context: Context): Expression {
  const { reader } = context;
  if (reader.sees('$[')) {
    reader.offset += 1;
    return parseResult(context);
  }
  if (reader.sees('$(')) {
    reader.offset += 1;
    return parseParentheses(context);
  }
  return parseVariable(context);
}
