/** One command of a script. `head` is its first word, `:log` or `/ip/dns/set`. */
export type Statement = { readonly head: string; readonly args: readonly Argument[]; readonly at: Position };

/** `name=value`, or a bare value. */
export type Argument = { readonly name?: string; readonly value: Value };

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  /** `{ … }` */
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  /** `[ … ]`: replaced by what the command returns. */
  | { readonly kind: 'result'; readonly statement: Statement }
  /** `( … )`: two values compared, or one alone. */
  | { readonly kind: 'comparison'; readonly left: Value; readonly sign: ComparisonSign; readonly right: Value };

export type ComparisonSign = '=' | '!=' | '<' | '>' | '<=' | '>=';

export type Position = { readonly line: number; readonly column: number };

/** A script that cannot be read, or that failed while it ran; the text is the console's. */
export class ScriptError extends Error {
  constructor(message: string, at?: Position) {
    super(at ? `${message} (line ${at.line} column ${at.column})` : message);
    this.name = 'ScriptError';
  }
}

/**
 * Reads the part of the RouterOS script language that schedulers of change control use: commands with arguments,
 * quoted texts, blocks, `[…]` results, comparisons in parentheses and comments. Variables and other expressions are
 * refused as a syntax error.
 */
export function parseScript(source: string): readonly Statement[] {
  const reader: Reader = { source, offset: 0 };
  const statements = readStatements(reader, '');
  if (reader.offset < source.length) throw syntaxError(reader);
  return statements;
}

type Reader = { readonly source: string; offset: number };

function readStatements(reader: Reader, end: string): Statement[] {
  const statements: Statement[] = [];
  for (;;) {
    skip(reader, /[\s;]/);
    const next = peek(reader);
    if (next === '' || next === end) return statements;
    if (next === '#') skip(reader, /[^\n]/);
    else statements.push(readStatement(reader));
  }
}

function readStatement(reader: Reader): Statement {
  const at = position(reader);
  const head = readWord(reader);
  if (head === '') throw syntaxError(reader);
  const args: Argument[] = [];
  for (;;) {
    skip(reader, /[ \t]/);
    if (/^[;\n\r\]}]?$/.test(peek(reader))) return { head, args, at };
    args.push(readArgument(reader));
  }
}

function readArgument(reader: Reader): Argument {
  const named = /^([a-zA-Z0-9.-]+)=/.exec(reader.source.slice(reader.offset, reader.offset + 100));
  if (!named) return { value: readValue(reader) };
  reader.offset += named[0].length;
  return { name: named[1], value: readValue(reader) };
}

function readValue(reader: Reader): Value {
  const first = peek(reader);
  if (first === '"') return { kind: 'text', text: readQuoted(reader) };
  if (first === '{') {
    reader.offset += 1;
    const body = readStatements(reader, '}');
    expect(reader, '}');
    return { kind: 'block', body };
  }
  if (first === '[') {
    reader.offset += 1;
    skip(reader, /\s/);
    const statement = readStatement(reader);
    expect(reader, ']');
    return { kind: 'result', statement };
  }
  if (first === '(') return readComparison(reader);
  if (first === '$') throw syntaxError(reader);
  return { kind: 'text', text: readWord(reader) };
}

function readComparison(reader: Reader): Value {
  reader.offset += 1;
  skip(reader, /\s/);
  const left = readOperand(reader);
  skip(reader, /\s/);
  const sign = /^(!=|<=|>=|=|<|>)/.exec(reader.source.slice(reader.offset, reader.offset + 2))?.[0];
  if (sign === undefined) throw syntaxError(reader);
  reader.offset += sign.length;
  skip(reader, /\s/);
  const right = readOperand(reader);
  expect(reader, ')');
  return { kind: 'comparison', left, sign: sign as ComparisonSign, right };
}

function readOperand(reader: Reader): Value {
  if (/["[]/.test(peek(reader))) return readValue(reader);
  const start = reader.offset;
  skip(reader, /[^\s;"{}[\]$()=!<>]/);
  if (start === reader.offset) throw syntaxError(reader);
  return { kind: 'text', text: reader.source.slice(start, reader.offset) };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', _: ' ' };

function readQuoted(reader: Reader): string {
  reader.offset += 1;
  let text = '';
  for (;;) {
    const next = peek(reader);
    if (next === '' || next === '$') throw syntaxError(reader);
    reader.offset += 1;
    if (next === '"') return text;
    if (next === '\\') {
      const byte = /^[0-9A-F]{2}/.exec(reader.source.slice(reader.offset, reader.offset + 2))?.[0];
      const escaped = byte ?? peek(reader);
      reader.offset += escaped.length;
      text += byte === undefined ? (ESCAPES[escaped] ?? escaped) : String.fromCharCode(Number.parseInt(byte, 16));
    } else {
      text += next;
    }
  }
}

function readWord(reader: Reader): string {
  const start = reader.offset;
  skip(reader, /[^\s;"{}[\]$()]/);
  return reader.source.slice(start, reader.offset);
}

function expect(reader: Reader, character: string): void {
  skip(reader, /\s/);
  if (peek(reader) !== character) throw syntaxError(reader);
  reader.offset += 1;
}

function skip(reader: Reader, pattern: RegExp): void {
  while (peek(reader) !== '' && pattern.test(peek(reader))) reader.offset += 1;
}

const peek = (reader: Reader): string => reader.source.charAt(reader.offset);

function syntaxError(reader: Reader): ScriptError {
  return new ScriptError('syntax error', position(reader));
}

function position({ source, offset }: Reader): Position {
  const before = source.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
