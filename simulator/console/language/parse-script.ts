import { expand, type Names, type Signature } from './names.ts';
import { parseCondition, parseExpression } from './parse-expression.ts';
import { parseArray, parseQuoted, parseValue, type Context } from './parse-value.ts';
import { Reader } from './reader.ts';
import { ScriptError } from './script-error.ts';
import type { Argument, Command, Expression, Statement } from './syntax-tree.ts';

/**
 * Reads a script as a router with these menus does. Wrong syntax is an error at once; a wrong name is one when the
 * statement is reached, so that what comes before it still happens. `path` is the menu that relative words start from.
 */
export function parseScript(source: string, names: Names, path = '/'): readonly Statement[] {
  const { statements, error } = parseUpToError(source, names, path);
  if (error) throw error;
  return statements;
}

/** What can be read of a script before its first syntax error. */
export function parseUpToError(source: string, names: Names, path = '/'): PartlyParsed {
  const reader = new Reader(source);
  const statements: Statement[] = [];
  try {
    parseStatements({ reader, names, path, parseStatements, parseExpression }, '', statements);
    return reader.offset < reader.text.length ? { statements, error: reader.error('syntax error') } : { statements };
  } catch (error) {
    if (error instanceof ScriptError) return { statements, error };
    throw error;
  }
}

export type PartlyParsed = { readonly statements: readonly Statement[]; readonly error?: ScriptError };

/** Statements up to the character that ends them, which stays. */
function parseStatements(context: Context, end: string, statements: Statement[] = []): Statement[] {
  const { reader } = context;
  // A bare path is the menu of what follows, up to the end of the block.
  let path = context.path;
  for (;;) {
    reader.take(/[\s;]+/y);
    const next = reader.peek();
    if (next === '' || next === end) return statements;
    if (next === '#') {
      reader.take(/[^\n]+/y);
      continue;
    }
    const statement = parseStatement({ ...context, path });
    statements.push(statement);
    if (statement.kind === 'menu' && !statement.body) path = statement.path;
  }
}

function parseStatement(context: Context): Statement {
  const { reader, names } = context;
  const start = reader.offset;
  if (reader.peek() === '$') return parseCall(context);
  let path = context.path;
  if (reader.take(/[/:]/y) !== undefined) path = '/';
  let walked = path !== context.path || reader.offset > start;
  for (;;) {
    reader.skipBlanks();
    const at = reader.offset;
    const word = reader.take(/\.\.|[A-Za-z0-9][A-Za-z0-9._-]*/y);
    if (word === undefined) {
      if (/[\]})]/.test(reader.peek()) && !walked) throw reader.error('syntax error');
      if (!walked || !/^[;\n\r\]}{#]?$/.test(reader.peek()))
        throw reader.error(walked ? 'expected end of command' : 'expected command name');
      return { kind: 'menu', path, ...(reader.peek() === '{' ? { body: parseBlock({ ...context, path }) } : {}) };
    }
    walked = true;
    if (word === '..') path = parentOf(path);
    else {
      const directory = names.directory(path, word);
      const command = names.command(path, word);
      const isCommand = command !== undefined && (directory === undefined || (command === word && directory !== word));
      if (isCommand) return parseCommand(context, path, command, start);
      if (directory === undefined) return parseBadName(reader, word, at);
      path = path === '/' ? `/${directory}` : `${path}/${directory}`;
    }
    reader.take(/\//y);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

function parseCommand(outer: Context, path: string, name: string, start: number): Command {
  const { reader, names } = outer;
  const signature = names.signature(path, name);
  const at = reader.position(start);
  // Words in brackets start from the menu of the command; those of the language leave the menu as it is.
  const context = path === '/' ? outer : { ...outer, path };
  if (signature.condition === 'all') {
    reader.skipBlanks();
    reader.take(/where(?![\w=-])/y);
    return { kind: 'command', path, name, args: [], where: parseCondition(context), at };
  }
  const args = parseArguments(context, signature);
  return { kind: 'command', path, name, ...args, at };
}

type ParsedArguments = Pick<Command, 'args' | 'where' | 'badParameter'>;

/** What may end a command; what is left of it then belongs to whoever reads the statements. */
const COMMAND_END = /^[;\n\r\]})]?$/;

function parseArguments(context: Context, signature: Signature): ParsedArguments {
  const { reader } = context;
  const args: Argument[] = [];
  const free = [...signature.positional];
  let badParameter: string | undefined;
  let named = false;
  for (;;) {
    reader.skipBlanks();
    if (COMMAND_END.test(reader.peek())) return { args, ...(badParameter === undefined ? {} : { badParameter }) };
    const at = reader.offset;
    const key = reader.take(/!?\.?[A-Za-z0-9][A-Za-z0-9./-]*=/y)?.slice(0, -1);
    if (key !== undefined) {
      const name = expand(withPrefix(key, args), signature.parameters);
      if (name === undefined) {
        // The console points at the end of the first name that it reads, and at the start of later ones.
        badParameter ??= reader.error(`bad parameter ${key}`, named ? at : at + key.length).message;
      }
      named = true;
      const value = parseArgument(context, signature, name ?? key);
      if (name !== undefined) {
        args.push({ name, value });
        if (free.includes(name)) free.splice(free.indexOf(name), 1);
      }
      continue;
    }
    const word = reader.ahead(/![a-z][a-z0-9.-]*(?=[\s;\]})]|$)|[a-z][a-z0-9-]*(?=[\s;\]})]|$)/y);
    if (word === 'where' && signature.condition === 'keyword') {
      reader.offset += word.length;
      return { args, where: parseCondition(context), ...(badParameter === undefined ? {} : { badParameter }) };
    }
    if (word !== undefined && isFlag(word, signature, free.length > 0)) {
      reader.offset += word.length;
      args.push({ name: flagName(word, signature), value: { kind: 'literal', value: { kind: 'text', text: '' } } });
      continue;
    }
    const parameter = free.shift();
    if (parameter === undefined) throw reader.error('expected end of command');
    args.push({ name: parameter, value: parseArgument(context, signature, parameter) });
  }
}

/** `.as` after `remote.address` is `remote.as`. */
function withPrefix(key: string, args: readonly Argument[]): string {
  return key.startsWith('.') ? `${args.at(-1)?.name.split('.')[0] ?? ''}${key}` : key;
}

/** `!field` unsets; a flag may be abbreviated only where no bare value is expected. */
function isFlag(word: string, signature: Signature, valueExpected: boolean): boolean {
  if (word.startsWith('!')) return signature.parameters.includes(word.slice(1));
  return signature.flags.includes(word) || (!valueExpected && expand(word, signature.flags) !== undefined);
}

function flagName(word: string, signature: Signature): string {
  return word.startsWith('!') ? word : (expand(word, signature.flags) ?? word);
}

function parseArgument(context: Context, signature: Signature, name: string): Expression {
  const { reader } = context;
  if (signature.variables.includes(name) && reader.peek() !== '$') {
    const words = reader.take(/[A-Za-z0-9]+(,[A-Za-z0-9]+)?/y) ?? (reader.peek() === '"' ? undefined : '');
    if (words === '') throw reader.error('expected variable name');
    return words === undefined ? parseQuoted(context) : { kind: 'literal', value: { kind: 'text', text: words } };
  }
  if (reader.peek() !== '{') return parseValue(context);
  if (signature.code.includes(name)) return { kind: 'block', body: parseBlock(context) };
  if (!signature.storesCode) return parseArray(context);
  // Code for later (`on-event`, `source`): its text is what is stored.
  const start = reader.offset;
  parseBlock({ ...context, path: '/' });
  return { kind: 'literal', value: { kind: 'text', text: reader.text.slice(start + 1, reader.offset - 1) } };
}

function parseBlock(context: Context): Statement[] {
  const { reader } = context;
  reader.expect('{');
  const body = parseStatements(context, '}');
  reader.expect('}');
  return body;
}

function parseCall(context: Context): Statement {
  const { reader } = context;
  const at = reader.position();
  reader.offset += 1;
  const name = reader.take(/[A-Za-z0-9]+/y);
  if (name === undefined) throw reader.error('expected variable name');
  const args: Argument[] = [];
  for (let number = 1; ;) {
    reader.skipBlanks();
    if (COMMAND_END.test(reader.peek())) return { kind: 'call', name, args, at };
    const key = reader.take(/[A-Za-z0-9-]+=/y)?.slice(0, -1);
    args.push({ name: key ?? String(number), value: parseValue(context) });
    if (key === undefined) number += 1;
  }
}

/** The rest of the statement is passed by: its words mean nothing without a command. */
function parseBadName(reader: Reader, word: string, at: number): Statement {
  const words = [word];
  for (;;) {
    reader.take(/[ \t/]+/y);
    if (COMMAND_END.test(reader.peek())) break;
    words.push(reader.take(/[A-Za-z0-9._=*,!:~<>-]+/y) ?? passOne(reader));
  }
  return { kind: 'bad', text: reader.error(`bad command name ${word}`, at).message, words };
}

/** A text, something in brackets with all that is in it, or a single character. */
function passOne(reader: Reader): string {
  const start = reader.offset;
  const closing = CLOSING[reader.peek()];
  if (closing === undefined) return reader.take(/"(?:\\[\s\S]|[^"\\])*"|[\s\S]/y) ?? '';
  reader.offset += 1;
  while (reader.peek() !== '' && reader.peek() !== closing) passOne(reader);
  reader.expect(closing);
  return reader.text.slice(start, reader.offset);
}

const CLOSING: Readonly<Record<string, string | undefined>> = { '{': '}', '[': ']', '(': ')' };
