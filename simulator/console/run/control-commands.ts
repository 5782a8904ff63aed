import { parseDurationMs } from '../../values/duration.ts';
import { ScriptError } from '../language/script-error.ts';
import type { Command } from '../language/syntax-tree.ts';
import { argument, code, optional, required, requiredCode, requiredText } from './arguments.ts';
import type { Builtin } from './builtin.ts';
import { evaluate } from './evaluate.ts';
import { countRound } from './loop-commands.ts';
import { truth } from './operators.ts';
import { errorText, runBlock } from './run-statements.ts';
import { type Frame, ReturnSignal, type Steps } from './script-run.ts';
import { Time, toText } from './values.ts';

/** Commands that decide what happens next, and those of variables. */
export const CONTROL_COMMANDS: Readonly<Record<string, Builtin>> = {
  local: {
    positional: ['name', 'value'],
    named: ['do'],
    code: ['do'],
    variables: ['name'],
    *run(command, frame) {
      const name = yield* requiredText(command, 'name', frame);
      frame.variables.declareLocal(name, yield* assigned(command, frame));
      return undefined;
    },
  },
  global: {
    positional: ['name', 'value'],
    named: ['do'],
    code: ['do'],
    variables: ['name'],
    *run(command, frame) {
      const name = yield* requiredText(command, 'name', frame);
      frame.variables.declareGlobal(name);
      if (argument(command, 'value') ?? argument(command, 'do')) {
        frame.variables.set(name, yield* assigned(command, frame));
      }
      return undefined;
    },
  },
  set: {
    positional: ['name', 'value'],
    named: ['do'],
    code: ['do'],
    variables: ['name'],
    *run(command, frame) {
      const name = yield* requiredText(command, 'name', frame);
      const value = yield* assigned(command, frame);
      // A name that was never declared is one of this block.
      if (!frame.variables.set(name, value)) frame.variables.declareLocal(name, value);
      return undefined;
    },
  },
  if: {
    positional: ['condition'],
    named: ['do', 'else'],
    code: ['do', 'else'],
    *run(command, frame) {
      const holds = truth(yield* required(command, 'condition', frame));
      const branch = yield* code(command, holds ? 'do' : 'else', frame);
      return branch ? yield* runBlock(branch, frame) : undefined;
    },
  },
  do: {
    positional: ['command'],
    named: ['while', 'if', 'on-error'],
    code: ['command', 'on-error'],
    run: runDo,
  },
  onerror: {
    positional: ['error'],
    named: ['in', 'do'],
    code: ['in', 'do'],
    variables: ['error'],
    since: '7.13',
    run: runOnError,
  },
  error: {
    positional: ['message'],
    *run(command, frame) {
      throw new ScriptError(toText(yield* optional(command, 'message', frame)));
    },
  },
  return: {
    positional: ['value'],
    *run(command, frame) {
      throw new ReturnSignal(yield* optional(command, 'value', frame));
    },
  },
  delay: {
    positional: ['delay-time'],
    *run(command, frame) {
      const value = yield* required(command, 'delay-time', frame);
      const milliseconds = value instanceof Time ? value.milliseconds : parseDurationMs(toText(value));
      if (milliseconds === undefined) throw new ScriptError('invalid time value for argument delay-time');
      yield milliseconds;
      return undefined;
    },
  },
  put: {
    positional: ['message'],
    *run(command, frame) {
      const text = toText(yield* optional(command, 'message', frame));
      frame.run.output(text);
      return text;
    },
  },
  quit: {
    positional: [],
    // eslint-disable-next-line require-yield
    *run() {
      throw new ScriptError('interrupted');
    },
  },
  nothing: {
    positional: [],
    // eslint-disable-next-line require-yield
    *run() {
      return undefined;
    },
  },
};

function* assigned(command: Command, frame: Frame): Steps {
  return (yield* code(command, 'do', frame)) ?? (yield* optional(command, 'value', frame));
}

/** `on-error` takes every failure of the block; the rest of the block is not run. */
function* runDo(command: Command, frame: Frame): Steps {
  const body = yield* requiredCode(command, 'command', frame);
  const onError = yield* code(command, 'on-error', frame);
  const condition = argument(command, 'while');
  const precondition = argument(command, 'if');
  if (precondition && !truth(yield* evaluate(precondition, frame))) return undefined;
  try {
    let result = yield* runBlock(body, frame);
    if (!condition) return result;
    let rounds = 0;
    while (truth(yield* evaluate(condition, frame))) {
      result = yield* runBlock(body, frame);
      rounds = countRound(rounds);
    }
    return result;
  } catch (error) {
    errorText(error);
    if (!onError) throw error;
    return yield* runBlock(onError, frame);
  }
}

/** Answers whether there was an error, whose text is in the variable. */
function* runOnError(command: Command, frame: Frame): Steps {
  const name = yield* requiredText(command, 'error', frame);
  const body = yield* requiredCode(command, 'in', frame);
  const handler = yield* code(command, 'do', frame);
  try {
    yield* runBlock(body, frame);
    return false;
  } catch (error) {
    const text = errorText(error);
    if (handler) yield* runBlock(handler, frame, [[name, text]]);
    return true;
  }
}
