import type { Caller, Reply } from '../../engine/definition.ts';
import type { Router } from '../../router/router.ts';
import type { Names } from '../language/names.ts';
import type { Command, Statement } from '../language/syntax-tree.ts';
import type { Value } from './values.ts';

/** What a script being run needs to know. */
export type ScriptRun = {
  readonly router: Router;
  readonly caller: Caller;
  readonly names: Names;
  /** Takes what the script prints, line by line. */
  readonly output: (line: string) => void;
  /** Ids of the rows that `print` numbered last, by menu: what bare numbers mean. */
  readonly numbered: Map<string, readonly string[]>;
  readonly signal: AbortSignal;
  /** Writes a file, which needs the policy `ftp`. */
  readonly writeFile: (name: string, contents: string) => void;
  /** Variables of a new script or function: none yet, but those that all scripts share can be declared. */
  readonly newVariables: () => Variables;
  /** Runs statements one after the other; the result is that of the last one. */
  readonly runStatements: (statements: readonly Statement[], frame: Frame) => Steps;
  /** Runs one command, of the language or of a menu. */
  readonly perform: (command: Command, frame: Frame) => Steps;
};

/** Where in a script something happens. */
export type Frame = {
  readonly run: ScriptRun;
  readonly variables: Variables;
  /** The properties of the row that a condition looks at; they hide variables of the same name. */
  readonly properties?: (name: string) => Value;
};

/** Variables of a block, those of the blocks around it behind them. */
export class Variables {
  readonly #outer: Variables | undefined;
  readonly #local = new Map<string, Value>();
  /** Names that this block shares with all scripts. */
  readonly #global = new Set<string>();
  readonly #globals: Map<string, Value>;

  constructor(globals: Map<string, Value>, outer?: Variables) {
    this.#globals = globals;
    this.#outer = outer;
  }

  inner(): Variables {
    return new Variables(this.#globals, this);
  }

  declareLocal(name: string, value: Value): void {
    this.#global.delete(name);
    this.#local.set(name, value);
  }

  declareGlobal(name: string): void {
    this.#local.delete(name);
    this.#global.add(name);
    if (!this.#globals.has(name)) this.#globals.set(name, undefined);
  }

  get(name: string): Value {
    if (this.#local.has(name)) return this.#local.get(name);
    if (this.#global.has(name)) return this.#globals.get(name);
    return this.#outer?.get(name);
  }

  /** Changes a variable that exists; false when there is none of the name. */
  set(name: string, value: Value): boolean {
    if (this.#local.has(name)) this.#local.set(name, value);
    else if (this.#global.has(name)) this.#globals.set(name, value);
    else return this.#outer?.set(name, value) ?? false;
    return true;
  }
}

/** What a script waits for: a time on the router's clock in milliseconds, or the answer of a command. */
export type Wait = number | Promise<Reply>;

/** A part of a script being run; what it waited for comes back as the value of `yield`. */
export type Steps<Result = Value> = Generator<Wait, Result, Reply | undefined>;

/** What `:break` and `:continue` ask of the loop around them. */
export class LoopSignal {
  readonly kind: 'break' | 'continue';
  constructor(kind: 'break' | 'continue') {
    this.kind = kind;
  }
}

/** The end of a function or script that `:return` asks for. */
export class ReturnSignal {
  readonly value: Value;
  constructor(value: Value) {
    this.value = value;
  }
}
