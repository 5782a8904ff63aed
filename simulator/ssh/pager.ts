/** Long output of `print` at a terminal: a page at a time. */
export class Pager {
  static readonly PROMPT = '-- [Q quit|D dump|down]';
  readonly #lines: readonly string[];
  readonly #pageLines: number;
  #shown = 0;

  constructor(output: string, terminalRows: number) {
    this.#lines = output.replace(/\r?\n$/, '').split(/\r?\n/);
    this.#pageLines = Math.max(1, terminalRows - 1);
  }

  /** It fits one page. */
  get isShort(): boolean {
    return this.#lines.length <= this.#pageLines;
  }

  /** What a key brings to the screen: `q` ends, `d` shows all the rest, anything else the next page. */
  press(key: string): { readonly text: string; readonly isOver: boolean } {
    if (key.toLowerCase() === 'q') return { text: '', isOver: true };
    const end = key.toLowerCase() === 'd' ? this.#lines.length : this.#shown + this.#pageLines;
    const text = this.#lines.slice(this.#shown, end).join('\n');
    this.#shown = end;
    return { text, isOver: end >= this.#lines.length };
  }
}
