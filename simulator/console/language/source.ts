export type Position = { readonly line: number; readonly column: number };

/**
 * Text of a script. A backslash at the end of a line joins it with the next one, whose indentation does not count; the
 * places of errors are those of the text as it was sent.
 */
export class Source {
  readonly text: string;
  readonly #original: string;
  /** For every character of `text` its offset in the original. */
  readonly #offsets: Uint32Array;

  constructor(original: string) {
    this.#original = original;
    const offsets: number[] = [];
    let text = '';
    let at = 0;
    while (at < original.length) {
      const joined = original[at] === '\\' ? JOINED_LINE.exec(original.slice(at, at + LONGEST_INDENT)) : null;
      if (joined) {
        at += joined[0].length;
        continue;
      }
      // An escaped character goes together with its backslash: `\\` at the end of a line joins nothing.
      const length = original[at] === '\\' ? 2 : 1;
      for (let index = at; index < Math.min(at + length, original.length); index++) {
        text += original[index];
        offsets.push(index);
      }
      at += length;
    }
    this.text = text;
    this.#offsets = Uint32Array.from(offsets);
  }

  /** Line and column, both from 1, of an offset in `text`. */
  position(offset: number): Position {
    const original = this.#offsets[offset] ?? this.#original.length;
    const before = this.#original.slice(0, original).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  }
}

const JOINED_LINE = /^\\\r?\n[ \t]*/;
const LONGEST_INDENT = 1000;
