import { ScriptError } from '../language/script-error.ts';
import type { Command, Expression } from '../language/syntax-tree.ts';
import { evaluate } from './evaluate.ts';
import type { Frame, Steps } from './script-run.ts';
import { Code, toText, type Value } from './values.ts';

/** The expression an argument was given as; undefined when it was not given. */
export function argument(command: Command, name: string): Expression | undefined {
  return command.args.findLast((given) => given.name === name)?.value;
}

/** The value of an argument that must be there. */
export function* required(command: Command, name: string, frame: Frame): Steps {
  const expression = argument(command, name);
  if (!expression) throw new ScriptError(`missing value(s) of argument(s) ${name}`);
  return yield* evaluate(expression, frame);
}

/** The value of an argument; undefined when it was not given. */
export function* optional(command: Command, name: string, frame: Frame): Steps {
  const expression = argument(command, name);
  return expression ? yield* evaluate(expression, frame) : undefined;
}

export function* requiredText(command: Command, name: string, frame: Frame): Steps<string> {
  return toText(yield* required(command, name, frame));
}

/** Code in braces or in a variable; undefined when it was not given. */
export function* code(command: Command, name: string, frame: Frame): Steps<Code | undefined> {
  const value: Value = yield* optional(command, name, frame);
  if (value === undefined || value instanceof Code) return value;
  throw new ScriptError(`invalid value for argument ${name}`);
}

export function* requiredCode(command: Command, name: string, frame: Frame): Steps<Code> {
  const found = yield* code(command, name, frame);
  if (!found) throw new ScriptError(`missing value(s) of argument(s) ${name}`);
  return found;
}
