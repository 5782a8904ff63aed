import { errorAt, type ScriptError } from './script-error.ts';
import { type Position, Source } from './source.ts';

/** A place in a script that moves on as the script is read. */
export class Reader {
  readonly #source: Source;
  offset = 0;

  constructor(text: string) {
    this.#source = new Source(text);
  }

  get text(): string {
    return this.#source.text;
  }

  /** The next character; empty at the end. */
  peek(): string {
    return this.text.charAt(this.offset);
  }

  /** Does the text go on like this? */
  sees(text: string): boolean {
    return this.text.startsWith(text, this.offset);
  }

  /** Takes what a sticky pattern matches here; undefined when it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined || found === '') return undefined;
    this.offset += found.length;
    return found;
  }

  /** What a sticky pattern would take, without taking it. */
  ahead(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset;
    return pattern.exec(this.text)?.[0];
  }

  /** Passes blanks, and line ends too where they mean nothing. */
  skipBlanks(lineEnds = false): void {
    this.take(lineEnds ? /\s+/y : /[ \t]+/y);
  }

  /** Takes a character that has to be next. */
  expect(character: string): void {
    if (this.peek() !== character) throw this.error('syntax error');
    this.offset += 1;
  }

  position(offset = this.offset): Position {
    return this.#source.position(offset);
  }

  error(text: string, offset = this.offset): ScriptError {
    return errorAt(text, this.position(offset));
  }
}
