import { escapeText } from '../language/quoted-text.ts';

/** One argument of an exported command; a flag (`blackhole`) has no value. */
export type ExportedPair = { readonly name: string; readonly value?: string };

/** Arguments as text that reads back as the same values: `comment="a b" name=x`. */
export function writePair({ name, value }: ExportedPair): string {
  return value === undefined ? name : `${name}=${pieces(value).join('')}`;
}

/** Values that need no quotes. */
const BARE = /^[A-Za-z0-9._:/,!@+*~^-]+$/;

function pieces(value: string): string[] {
  return BARE.test(value) ? value.split('') : ['"', ...escapeText(value), '"'];
}

/** No line of an export reaches this column. */
const LINE_WIDTH = 80;
const INDENT = '    ';
/** A line that goes on ends with a backslash; between arguments a blank stands before it. */
const BREAK = ' \\';

/**
 * A command in lines of less than 80 columns: the rest of a line that is full follows in the next one, four columns in.
 * A value that does not fit goes to the next line, without its name where that still fits. As seen in exports of 7.15
 * and 7.18.
 */
export function wrapCommand(head: string, pairs: readonly ExportedPair[]): string[] {
  const lines: string[] = [];
  let line = head;
  for (const pair of pairs) {
    const key = pair.value === undefined ? ` ${pair.name}` : ` ${pair.name}=`;
    const value = pair.value === undefined ? [] : pieces(pair.value);
    const valueLength = value.join('').length;
    if (line.length + key.length + valueLength + BREAK.length < LINE_WIDTH) {
      line += key + value.join('');
      continue;
    }
    if (value.length > 0 && line.length + key.length + 1 < LINE_WIDTH) {
      lines.push(`${line}${key}\\`);
      line = INDENT;
    } else {
      lines.push(`${line}${BREAK}`);
      line = `${INDENT}${key.trimStart()}`;
      if (line.length + valueLength + BREAK.length >= LINE_WIDTH) {
        lines.push(`${line}\\`);
        line = INDENT;
      }
    }
    line = appendValue(line, value, lines);
  }
  return [...lines, line];
}

/** A value longer than a line is torn between its characters; a blank never begins a line, where it would not count. */
function appendValue(start: string, value: readonly string[], lines: string[]): string {
  let line = start;
  for (const [index, piece] of value.entries()) {
    const isLast = index === value.length - 1;
    const room = LINE_WIDTH - line.length - piece.length;
    const blankAhead = value[index + 1] === ' ';
    if (piece !== ' ' && line !== INDENT && room < (isLast ? BREAK.length + 1 : blankAhead ? 3 : 2)) {
      lines.push(`${line}\\`);
      line = INDENT;
    }
    line += piece;
  }
  return line;
}
