import type { Caller } from '../engine/definition.ts';
import type { Router } from '../router/router.ts';
import { parseScript } from './language/parse-script.ts';
import { namesOf } from './router-names.ts';
import { runScript } from './run-script.ts';

/** A console session: it remembers the menu it is in and the rows it numbered. */
export type ConsoleSession = {
  /** Menu of the prompt: `/`, `/ip/address`. */
  readonly path: string;
  /**
   * Runs one line. The output is what the console writes, lines ending with a line feed; an error is the last of them.
   */
  readonly run: (line: string, options?: ConsoleRunOptions) => Promise<ConsoleResult>;
};

export type ConsoleRunOptions = {
  /** Interrupts the command. */
  readonly signal?: AbortSignal;
  /** Takes each line as it is written, besides the result. */
  readonly onLine?: (line: string) => void;
};

export type ConsoleResult = { readonly output: string; readonly failed: boolean };

/** Opens a session of a user, who may do what the policies of the caller say. */
export function openConsole(router: Router, caller: Caller): ConsoleSession {
  const session = new Session(router, caller);
  return {
    get path() {
      return session.path;
    },
    run: (line, options = {}) => session.run(line, options),
  };
}

let sessions = 0;

class Session {
  readonly #router: Router;
  readonly #caller: Caller;
  readonly #numbered = new Map<string, readonly string[]>();
  readonly #timerKey: string;
  path = '/';

  constructor(router: Router, caller: Caller) {
    this.#router = router;
    this.#caller = caller;
    sessions += 1;
    this.#timerKey = `console/${sessions}`;
  }

  /** Only the first line counts: a console takes one line at a time. */
  async run(text: string, { signal, onLine }: ConsoleRunOptions): Promise<ConsoleResult> {
    const [line = ''] = text.split(LINE_END);
    let output = '';
    const write = (written: string): void => {
      output += `${written}\n`;
      onLine?.(written);
    };
    const { promise, resolve } = Promise.withResolvers<boolean>();
    runScript(line, {
      router: this.#router,
      caller: this.#caller,
      timerKey: this.#timerKey,
      path: this.path,
      numbered: this.#numbered,
      output: write,
      ...(signal ? { signal } : {}),
      onDone: () => resolve(false),
      onFailure: (error) => {
        write(error.message);
        resolve(true);
      },
    });
    const failed = await promise;
    if (!failed) this.path = this.#pathAfter(line);
    return { output, failed };
  }

  /** A line that ends with a bare path moves the prompt there. */
  #pathAfter(line: string): string {
    const last = parseScript(line, namesOf(this.#router), this.path).at(-1);
    return last?.kind === 'menu' && !last.body ? last.path : this.path;
  }
}

/** Sources disagree on a text of several lines: all of it fails, or its first line runs. Here the latter. */
const LINE_END = /\r?\n/;
