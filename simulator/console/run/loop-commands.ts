import { ScriptError } from '../language/script-error.ts';
import type { Command } from '../language/syntax-tree.ts';
import { argument, code, optional, required, requiredCode, requiredText } from './arguments.ts';
import type { Builtin } from './builtin.ts';
import { evaluate } from './evaluate.ts';
import { truth } from './operators.ts';
import { type Binding, errorText, runBlock } from './run-statements.ts';
import { type Frame, LoopSignal, type Steps } from './script-run.ts';
import { type Code, Time, toEntries, toNumber } from './values.ts';

/** Commands that repeat others. */
export const LOOP_COMMANDS: Readonly<Record<string, Builtin>> = {
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
        if (!(yield* runRound(body, frame, []))) break;
        rounds = countRound(rounds);
      }
      return undefined;
    },
  },
  retry: {
    positional: ['command'],
    named: ['delay', 'max', 'on-error'],
    code: ['command', 'on-error'],
    run: runRetry,
  },
  break: { positional: [], since: '7.22', run: () => signalling('break') },
  continue: { positional: [], since: '7.22', run: () => signalling('continue') },
};

function* runFor(command: Command, frame: Frame): Steps {
  const counter = yield* requiredText(command, 'counter', frame);
  const from = toNumber(yield* required(command, 'from', frame));
  const to = toNumber(yield* required(command, 'to', frame));
  if (from === undefined || to === undefined) throw new ScriptError('invalid value for argument from');
  const step = toNumber(yield* optional(command, 'step', frame)) ?? (from <= to ? 1 : -1);
  const body = yield* requiredCode(command, 'do', frame);
  if (step === 0) throw new ScriptError('invalid value for argument step');
  let rounds = 0;
  for (let value = from; step > 0 ? value <= to : value >= to; value += step) {
    rounds = countRound(rounds);
    if (!(yield* runRound(body, frame, [[counter, value]]))) break;
  }
  return undefined;
}

/** With two names the first one gets the key: `:foreach key,value in=…`. */
function* runForeach(command: Command, frame: Frame): Steps {
  const names = (yield* requiredText(command, 'counter', frame)).split(',');
  const entries = toEntries(yield* required(command, 'in', frame));
  const body = yield* requiredCode(command, 'do', frame);
  for (const [index, { key, value }] of entries.entries()) {
    const [first = '', second] = names;
    const bound: Binding[] =
      second === undefined
        ? [[first, value]]
        : [
            [first, key ?? index],
            [second, value],
          ];
    if (!(yield* runRound(body, frame, bound))) break;
  }
  return undefined;
}

/** One round; `:break` answers that it is the last one. */
function* runRound(body: Code, frame: Frame, bound: readonly Binding[]): Steps<boolean> {
  try {
    yield* runBlock(body, frame, bound);
    return true;
  } catch (error) {
    if (!(error instanceof LoopSignal)) throw error;
    return error.kind === 'continue';
  }
}

// eslint-disable-next-line require-yield
function* signalling(kind: LoopSignal['kind']): Steps {
  throw new LoopSignal(kind);
}

/** Tries until it works or was tried often enough; then the last failure counts, or what `on-error` does. */
function* runRetry(command: Command, frame: Frame): Steps {
  const body = yield* requiredCode(command, 'command', frame);
  const onError = yield* code(command, 'on-error', frame);
  const delay = yield* required(command, 'delay', frame);
  const most = toNumber(yield* required(command, 'max', frame)) ?? 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return yield* runBlock(body, frame);
    } catch (error) {
      errorText(error);
      if (attempt >= most && !onError) throw error;
      if (attempt >= most && onError) return yield* runBlock(onError, frame);
    }
    yield delay instanceof Time ? delay.milliseconds : (toNumber(delay) ?? 0) * 1000;
  }
}

/**
 * A loop that never waits would hold up everything in this process; a device would go on at full load until someone
 * ends the job.
 */
export function countRound(rounds: number): number {
  if (rounds >= MOST_ROUNDS) throw new ScriptError('interrupted');
  return rounds + 1;
}

const MOST_ROUNDS = 1_000_000;
