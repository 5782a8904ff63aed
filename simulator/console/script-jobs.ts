import type { ScriptJob, ScriptOptions } from '../engine/definition.ts';
import type { Router } from '../router/router.ts';
import { runScript } from './run-script.ts';
import type { Value } from './run/values.ts';

/** The scripts a router is running, and the variables that all of them share. Both are lost when it restarts. */
export class ScriptJobs {
  readonly #router: Router;
  readonly globals = new Map<string, Value>();
  #jobs = new Map<string, ScriptJob>();
  #lastNumber = FIRST_NUMBER;

  constructor(router: Router) {
    this.#router = router;
  }

  /** Starts a script, which may be over when this returns; answers the id that its job has or had. */
  start(source: string, { caller, onDone, onFailure, output, path, script, signal }: ScriptOptions): string {
    this.#lastNumber += 1;
    const id = `*${this.#lastNumber.toString(16).toUpperCase()}`;
    const ending = new AbortController();
    const end = (): void => ending.abort();
    const { clock } = this.#router;
    this.#jobs.set(id, {
      id,
      owner: caller.user,
      script: script ?? '',
      startedAtMs: clock.now(),
      policies: caller.policies,
      end,
    });
    const over = (): void => {
      this.#jobs.delete(id);
      signal?.removeEventListener('abort', end);
    };
    signal?.addEventListener('abort', end);
    runScript(source, {
      router: this.#router,
      caller,
      timerKey: `script/${id}`,
      signal: ending.signal,
      ...(path === undefined ? {} : { path }),
      ...(output ? { output } : {}),
      onDone: () => {
        over();
        onDone?.();
      },
      onFailure: (error) => {
        over();
        onFailure(error.report, error.message);
      },
    });
    return id;
  }

  list(): readonly ScriptJob[] {
    return [...this.#jobs.values()];
  }

  /** The router restarted: nothing of what ran goes on. */
  clear(): void {
    this.#jobs = new Map();
    this.globals.clear();
  }
}

/** Ids of jobs do not start low: what the router runs for itself has ids too. */
const FIRST_NUMBER = 0xb500;
