import type { Caller } from '../engine/definition.ts';
import { hasCommand } from '../engine/execute.ts';
import { RouterError } from '../engine/router-error.ts';
import type { Router } from '../router/router.ts';
import { parseDurationMs } from '../values/duration.ts';
import {
  parseScript,
  ScriptError,
  type Argument,
  type ComparisonSign,
  type Statement,
  type Value,
} from './parse-script.ts';

export type ScriptRun = {
  readonly router: Router;
  readonly caller: Caller;
  /** Key of the timer on which `:delay` waits. */
  readonly timerKey: string;
  /** Told once when the script could not be read or stopped with an error. */
  readonly onFailure: (message: string) => void;
};

/** Runs a script. It goes on at once until its end or a `:delay`, which waits on the router's clock. */
export function runScript(source: string, run: ScriptRun): void {
  attempt(run, () => {
    const steps = runStatements(parseScript(source), run);
    const resume = (): void =>
      attempt(run, () => {
        const step = steps.next();
        if (!step.done) run.router.clock.setTimer(run.timerKey, step.value, resume);
      });
    resume();
  });
}

/** A script being run: yields the milliseconds it wants to wait. */
type Steps = Generator<number, string>;

function attempt({ onFailure }: ScriptRun, action: () => void): void {
  try {
    action();
  } catch (error) {
    onFailure(scriptText(error));
  }
}

/** The console's text of an error that a script may meet; anything else is a fault of the simulator itself. */
function scriptText(error: unknown): string {
  if (error instanceof RouterError) return error.detail ?? 'no such item';
  if (error instanceof ScriptError) return error.message;
  throw error;
}

function* runStatements(statements: readonly Statement[], run: ScriptRun): Steps {
  let result = '';
  for (const statement of statements) result = yield* runStatement(statement, run);
  return result;
}

function* runStatement(statement: Statement, run: ScriptRun): Steps {
  const { head, at } = statement;
  if (head.startsWith('/')) return yield* runMenuCommand(statement, run);
  const builtin = BUILTINS[head.replace(/^:/, '')];
  if (!builtin) throw new ScriptError(`bad command name ${head.replace(/^:/, '')}`, at);
  return yield* builtin(statement, run);
}

const BUILTINS: Readonly<Record<string, ((statement: Statement, run: ScriptRun) => Steps) | undefined>> = {
  *log({ args, at }, run) {
    const [severity, message] = yield* texts(args, run);
    if (severity === undefined || message === undefined) throw new ScriptError('syntax error', at);
    run.router.log(`script,${severity}`, message);
    return '';
  },
  *delay({ args, at }, run) {
    const [text] = yield* texts(args, run);
    const milliseconds = parseDurationMs(text ?? '');
    if (milliseconds === undefined) throw new ScriptError('invalid time value for argument delay-time', at);
    yield milliseconds;
    return '';
  },
  *do({ args, at }, run) {
    const body = args.find((argument) => argument.name === undefined)?.value;
    const onError = args.find((argument) => argument.name === 'on-error')?.value;
    if (body?.kind !== 'block') throw new ScriptError('syntax error', at);
    try {
      return yield* runStatements(body.body, run);
    } catch (error) {
      // `on-error` is the script's own handling; what is no script error goes on upwards.
      scriptText(error);
      if (onError?.kind !== 'block') throw error;
      return yield* runStatements(onError.body, run);
    }
  },
  *if({ args, at }, run) {
    const condition = args.find((argument) => argument.name === undefined)?.value;
    if (!condition) throw new ScriptError('syntax error', at);
    const branch = (yield* textOf(condition, run)) === 'true' ? 'do' : 'else';
    const body = args.find((argument) => argument.name === branch)?.value;
    return body?.kind === 'block' ? yield* runStatements(body.body, run) : '';
  },
  *len({ args }, run) {
    const [text = ''] = yield* texts(args, run);
    return String(ID_LIST.test(text) ? text.split(',').length : text.length);
  },
  *error({ args }, run) {
    const [message = ''] = yield* texts(args, run);
    throw new ScriptError(message);
  },
  *put({ args }, run) {
    const [text = ''] = yield* texts(args, run);
    return text;
  },
};

function* runMenuCommand({ head, args, at }: Statement, run: ScriptRun): Steps {
  const { router, caller } = run;
  const bare: string[] = head.split('/').filter((word) => word !== '');
  const named = new Map<string, string>();
  for (const { name, value } of args) {
    const text = yield* textOf(value, run, router.tree.resolve(bare).path);
    if (name === undefined) bare.push(text);
    else named.set(name, text);
  }
  const { menu, rest } = router.tree.resolve(bare);
  const [command, ...positional] = rest;
  if (menu && command === 'find') return findIds(menu.printAll(router), named);
  if (!menu || command === undefined || !hasCommand(menu, command)) {
    throw new ScriptError(`bad command name ${command ?? bare.at(-1) ?? ''}`, at);
  }
  const target = positional[0];
  if (target !== undefined) {
    if (menu.definition.kind === 'directory' || menu.path === '/log') named.set('message', target);
    else named.set('numbers', target);
  }
  // Nothing found is nothing to do, not an error.
  if (named.get('numbers') === '') return '';
  const reply = router.execute(caller, menu, command, named);
  if (reply instanceof Promise) throw new ScriptError('interrupted');
  return reply.kind === 'done' ? (reply.ret ?? '') : '';
}

function findIds(rows: readonly Readonly<Record<string, string>>[], wanted: ReadonlyMap<string, string>): string {
  const matches = rows.filter((row) => [...wanted].every(([name, value]) => row[name] === yesNo(row[name], value)));
  return matches.map((row) => row['.id'] ?? '').join(',');
}

/** Scripts write booleans as yes and no. */
function yesNo(actual: string | undefined, value: string): string {
  if (actual !== 'true' && actual !== 'false') return value;
  return value === 'yes' ? 'true' : value === 'no' ? 'false' : value;
}

function* texts(args: readonly Argument[], run: ScriptRun): Generator<number, string[]> {
  const values: string[] = [];
  for (const { value } of args) values.push(yield* textOf(value, run));
  return values;
}

/** The text of a value. A bare word that starts a `[…]` is a command of the menu it stands in: `scope`. */
function* textOf(value: Value, run: ScriptRun, scope?: string): Steps {
  if (value.kind === 'text') return value.text;
  if (value.kind === 'result') {
    const { head } = value.statement;
    const relative = scope !== undefined && /^[a-z]/.test(head);
    return yield* runStatement(relative ? { ...value.statement, head: `${scope}/${head}` } : value.statement, run);
  }
  if (value.kind === 'comparison') {
    const left = yield* textOf(value.left, run, scope);
    const right = yield* textOf(value.right, run, scope);
    return String(COMPARISONS[value.sign](left, right));
  }
  throw new ScriptError('invalid internal item');
}

/** What `find` returns is a list of ids, whose length is their number. */
const ID_LIST = /^\*[0-9A-F]+(,\*[0-9A-F]+)*$/;

const COMPARISONS: Readonly<Record<ComparisonSign, (left: string, right: string) => boolean>> = {
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => order(left, right) < 0,
  '>': (left, right) => order(left, right) > 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>=': (left, right) => order(left, right) >= 0,
};

/** Numbers compare as numbers, everything else as text. */
function order(left: string, right: string): number {
  if (/^-?\d+$/.test(left) && /^-?\d+$/.test(right)) return Number(left) - Number(right);
  return left < right ? -1 : Number(left > right);
}
