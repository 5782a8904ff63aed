import { parseDurationMs } from '../../values/duration.ts';
import { ScriptError } from '../language/script-error.ts';
import { argument, code, optional, required, requiredCode, requiredText } from './arguments.ts';
import type { Builtin } from './builtin.ts';
import { evaluate } from './evaluate.ts';
import { truth } from './operators.ts';
import { errorText, runBlock, runStatements } from './run-statements.ts';
import { ReturnSignal, type Frame, type Steps } from './script-run.ts';
import { type Code, Time, toEntries, toNumber, toText, type Value } from './values.ts';

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
  for: {
    positional: ['counter'],
    named: ['from', 'to', 'step', 'do'],
    code: ['do'],
    variables: ['counter'],
    run: runFor,
  },
  foreach: {
    positional: ['counter'],
    named: ['in', 'do'],
    code: ['do'],
    variables: ['counter'],
    run: runForeach,
  },
  while: {
    positional: ['condition'],
    named: ['do'],
    code: ['do'],
    *run(command, frame) {
      const condition = argument(command, 'condition');
      if (!condition) throw new ScriptError('missing value(s) of argument(s) condition');
      const body = yield* requiredCode(command, 'do', frame);
      let rounds = 0;
      while (truth(yield* evaluate(condition, frame))) {
        yield* runBlock(body, frame);
        rounds = countRound(rounds);
      }
      return undefined;
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
  nothing: {
    positional: [],
    // eslint-disable-next-line require-yield
    *run() {
      return undefined;
    },
  },
};

function* assigned(command: Parameters<Builtin['run']>[0], frame: Frame): Steps {
  return (yield* code(command, 'do', frame)) ?? (yield* optional(command, 'value', frame));
}

function* runFor(command: Parameters<Builtin['run']>[0], frame: Frame): Steps {
  const counter = yield* requiredText(command, 'counter', frame);
  const from = toNumber(yield* required(command, 'from', frame));
  const to = toNumber(yield* required(command, 'to', frame));
  if (from === undefined || to === undefined) throw new ScriptError('invalid value for argument from');
  const step = toNumber(yield* optional(command, 'step', frame)) ?? (from <= to ? 1 : -1);
  const body = yield* requiredCode(command, 'do', frame);
  if (step === 0) throw new ScriptError('invalid value for argument step');
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    yield* runLoopBody(body, frame, [[counter, value]]);
  }
  return undefined;
}

/** With two names the first one gets the key: `:foreach key,value in=…`. */
function* runForeach(command: Parameters<Builtin['run']>[0], frame: Frame): Steps {
  const names = (yield* requiredText(command, 'counter', frame)).split(',');
  const entries = toEntries(yield* required(command, 'in', frame));
  const body = yield* requiredCode(command, 'do', frame);
  for (const [index, { key, value }] of entries.entries()) {
    const [first = '', second] = names;
    const bound: [string, Value][] =
      second === undefined
        ? [[first, value]]
        : [
            [first, key ?? index],
            [second, value],
          ];
    yield* runLoopBody(body, frame, bound);
  }
  return undefined;
}

function* runLoopBody(body: Code, frame: Frame, bound: readonly (readonly [string, Value])[]): Steps {
  const variables = frame.variables.inner();
  for (const [name, value] of bound) variables.declareLocal(name, value);
  return yield* runStatements(body.body, { ...frame, variables });
}

/** `on-error` takes every failure of the block; the rest of the block is not run. */
function* runDo(command: Parameters<Builtin['run']>[0], frame: Frame): Steps {
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
    if (!onError || error instanceof ReturnSignal) throw error;
    errorText(error);
    return yield* runBlock(onError, frame);
  }
}

/** Answers whether there was an error, whose text is in the variable. */
function* runOnError(command: Parameters<Builtin['run']>[0], frame: Frame): Steps {
  const name = yield* requiredText(command, 'error', frame);
  const body = yield* requiredCode(command, 'in', frame);
  const handler = yield* code(command, 'do', frame);
  try {
    yield* runBlock(body, frame);
    return false;
  } catch (error) {
    if (error instanceof ReturnSignal) throw error;
    const text = errorText(error);
    if (handler) yield* runLoopBody(handler, frame, [[name, text]]);
    return true;
  }
}

/**
 * A loop that never waits would hold up everything in this process; a device would go on at full load until someone
 * ends the job.
 */
function countRound(rounds: number): number {
  if (rounds >= MOST_ROUNDS) throw new ScriptError('interrupted');
  return rounds + 1;
}

const MOST_ROUNDS = 1_000_000;
