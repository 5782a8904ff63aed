import type { Position } from './source.ts';

/** A script that cannot be read, or that failed while it ran; the texts are the console's. */
export class ScriptError extends Error {
  /** Where it happened, as scripts report it: `/ip/address/add; line 1`. Absent when the text itself tells. */
  readonly place: string | undefined;

  constructor(text: string, place?: string) {
    super(text);
    this.name = 'ScriptError';
    this.place = place;
  }

  /** The text with its place, as logs and `/execute` show it. */
  get report(): string {
    return this.place === undefined ? this.message : `${this.message} (${this.place})`;
  }
}

/** A text that is wrong at a place: `syntax error (line 1 column 5)`. */
export function errorAt(text: string, { line, column }: Position): ScriptError {
  return new ScriptError(`${text} (line ${line} column ${column})`);
}
