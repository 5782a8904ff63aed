import { RouterError } from '../../engine/router-error.ts';
import { ScriptError } from '../language/script-error.ts';
import type { Command, Statement } from '../language/syntax-tree.ts';
import { evaluate } from './evaluate.ts';
import { ReturnSignal, type Frame, type Steps, type Variables } from './script-run.ts';
import { Code, type Value } from './values.ts';

/** Runs statements one after the other; the result is that of the last one. */
export function* runStatements(statements: readonly Statement[], frame: Frame): Steps {
  let result: Value;
  for (const statement of statements) result = yield* runStatement(statement, frame);
  return result;
}

/** A variable that a block begins with. */
export type Binding = readonly [string, Value];

/** Runs the body of a loop or branch, with variables of its own. */
export function runBlock(code: Code, frame: Frame, bound: readonly Binding[] = []): Steps {
  const variables = frame.variables.inner();
  for (const [name, value] of bound) variables.declareLocal(name, value);
  return runStatements(code.body, { ...frame, variables });
}

function* runStatement(statement: Statement, frame: Frame): Steps {
  switch (statement.kind) {
    case 'bad':
      throw new ScriptError(statement.text);
    case 'menu':
      return statement.body ? yield* runBlock(new Code(statement.body, ''), frame) : undefined;
    case 'call':
      return yield* callFunction(statement, frame);
    default:
      return yield* runCommand(statement, frame);
  }
}

function* runCommand(command: Command, frame: Frame): Steps {
  if (command.badParameter !== undefined) throw new ScriptError(command.badParameter);
  try {
    return yield* frame.run.perform(command, frame);
  } catch (error) {
    throw placed(error, command);
  }
}

/** A refusal of the router in the console's words, with the command that met it. */
function placed(error: unknown, { path, name, at }: Command): unknown {
  const command = path === '/' ? `:${name}` : `${path}/${name}`;
  if (error instanceof RouterError) {
    const text = consoleText(error);
    const argument = /^input does not match any value of (.+)$/.exec(text)?.[1];
    return new ScriptError(text, `${command}${argument === undefined ? '' : ` (${argument})`}; line ${at.line}`);
  }
  if (error instanceof ScriptError && error.place === undefined && !/\(line \d+ column \d+\)$/.test(error.message)) {
    return new ScriptError(error.message, `${command}; line ${at.line}`);
  }
  return error;
}

/** What the console says where REST answers with a status and a detail. */
function consoleText({ detail = 'no such item' }: RouterError): string {
  const missing = /^missing =(.+)=$/.exec(detail)?.[1];
  if (missing === undefined) return detail;
  return `missing value(s) of argument(s) ${missing === '.id' ? 'numbers' : missing}`;
}

function* callFunction(call: Extract<Statement, { kind: 'call' }>, frame: Frame): Steps {
  const code = frame.variables.get(call.name);
  if (!(code instanceof Code)) {
    if (call.args.length > 0) throw new ScriptError('no such function', `$${call.name}; line ${call.at.line}`);
    return code;
  }
  // A function sees its arguments and nothing of its caller.
  const variables = frame.run.newVariables();
  variables.declareLocal('0', call.name);
  for (const { name, value } of call.args) variables.declareLocal(name, yield* evaluate(value, frame));
  return yield* untilReturn(code, { run: frame.run, variables });
}

/** Runs code up to its end or its `:return`. */
export function* untilReturn(code: Code, frame: { readonly run: Frame['run']; readonly variables: Variables }): Steps {
  try {
    return yield* runStatements(code.body, frame);
  } catch (error) {
    if (error instanceof ReturnSignal) return error.value;
    throw error;
  }
}

/** The text of an error as a script may catch it; anything else is a fault of the simulator itself. */
export function errorText(error: unknown): string {
  if (error instanceof ScriptError) return error.report;
  throw error;
}
