import type { Caller, Reply } from '../engine/definition.ts';
import { notPermitted, RouterError } from '../engine/router-error.ts';
import { writeFile } from '../menus/file/files.ts';
import type { Router } from '../router/router.ts';
import { parseScript } from './language/parse-script.ts';
import { ScriptError } from './language/script-error.ts';
import { namesOf } from './router-names.ts';
import { performCommand } from './run/perform-command.ts';
import { runStatements, untilReturn } from './run/run-statements.ts';
import { type ScriptRun, type Steps, Variables, type Wait } from './run/script-run.ts';
import { Code, type Value } from './run/values.ts';

export type ScriptStart = {
  readonly router: Router;
  readonly caller: Caller;
  /** Key of the timer on which `:delay` waits. */
  readonly timerKey: string;
  /** Menu that relative words start from. Default `/`. */
  readonly path?: string;
  /** Takes what the script prints, line by line. */
  readonly output?: (line: string) => void;
  /** Rows that were printed before in the same session. */
  readonly numbered?: Map<string, readonly string[]>;
  /** Ends the script and the command it is in. */
  readonly signal?: AbortSignal;
  /** Told once when the script came to its end. */
  readonly onDone?: (result: Value) => void;
  /** Told once when the script could not be read or stopped with an error. */
  readonly onFailure: (error: ScriptError) => void;
};

/**
 * Runs a script. It goes on at once until its end, a command that takes time, or a `:delay`, which waits on the router's
 * clock; one whose router loses its power never ends.
 */
export function runScript(source: string, start: ScriptStart): void {
  const run = newRun(start);
  attempt(start, () => {
    const body = parseScript(source, run.names, start.path);
    const steps = untilReturn(new Code(body, ''), { run, variables: run.newVariables() });
    drive(steps, start, run.signal);
  });
}

function newRun({ router, caller, output, numbered, signal }: ScriptStart): ScriptRun {
  return {
    router,
    caller,
    names: namesOf(router),
    output: output ?? (() => undefined),
    numbered: numbered ?? new Map(),
    signal: signal ?? NEVER,
    newVariables: () => new Variables(router.scripts.globals),
    runStatements,
    perform: performCommand,
    writeFile: (name, contents) => {
      if (!caller.policies.has('ftp')) throw notPermitted();
      writeFile(router, name, contents);
    },
  };
}

const NEVER = new AbortController().signal;

/** Takes steps until one waits, and goes on when what it waited for is there. */
function drive(steps: Steps, start: ScriptStart, signal: AbortSignal): void {
  const { router, timerKey, onDone } = start;
  let over = false;
  const proceed = (next: () => IteratorResult<Wait, Value>): void => {
    if (over) return;
    attempt({ onFailure: fail }, () => {
      const step = next();
      if (step.done) {
        finish();
        onDone?.(step.value);
      } else if (typeof step.value === 'number') {
        router.clock.setTimer(timerKey, step.value, () => proceed(() => steps.next()));
      } else {
        const answered = (reply: Reply): void => proceed(() => steps.next(reply));
        step.value.then(answered, (error: unknown) => proceed(() => steps.throw(error)));
      }
    });
  };
  const finish = (): void => {
    over = true;
    signal.removeEventListener('abort', interrupt);
  };
  const fail = (error: ScriptError): void => {
    finish();
    start.onFailure(error);
  };
  const interrupt = (): void => {
    router.clock.clearTimer(timerKey);
    fail(new ScriptError('interrupted'));
  };
  signal.addEventListener('abort', interrupt);
  if (signal.aborted) interrupt();
  else proceed(() => steps.next());
}

function attempt({ onFailure }: Pick<ScriptStart, 'onFailure'>, action: () => void): void {
  try {
    action();
  } catch (error) {
    if (error instanceof ScriptError) onFailure(error);
    else if (error instanceof RouterError) onFailure(new ScriptError(error.detail ?? 'no such item'));
    // Calls without end, or numbers that nothing can hold: a device stops such a script too.
    else if (error instanceof RangeError) onFailure(new ScriptError('interrupted'));
    else throw error;
  }
}
