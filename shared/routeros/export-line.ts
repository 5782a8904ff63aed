/** A command of an export, taken apart. */
export interface ExportLine {
  /** `/ip/firewall/filter`; null when the line goes on with the menu of the line before. */
  menu: string | null;
  /** `none`: the line names a menu only, or is no command that configures. */
  command: 'add' | 'set' | 'none';
  /** What follows the menu, as it stands there. */
  rest: string;
  /** Which row is set: `[ find default-name=ether1 ]`, `0`, `telnet`; null when the command names none. */
  selector: string | null;
  /** Arguments with their quotes and escapes undone; a flag (`blackhole`) is empty, and so is one taken back (`!pool`). */
  values: Record<string, string>;
}

/** Takes a whole line of a redacted export apart, with its menu in front (`terse`) or without. Of any text. */
export function readExportLine(line: string): ExportLine {
  const named = MENU.exec(line)?.[0] ?? '';
  const rest = line.slice(named.length).trim();
  const menu = named === '' ? null : `/${named.slice(1).trim().replaceAll(/[ /]+/g, '/')}`;
  const command = /^(add|set)(?=\s|$)/.exec(rest)?.[1] as 'add' | 'set' | undefined;
  const unread: ExportLine = { menu, command: 'none', rest, selector: null, values: {} };
  if (command === undefined) return unread;
  const { words, values } = readArguments(rest.slice(command.length));
  const selector = command === 'set' ? (words.shift() ?? null) : null;
  if (!words.every((word) => FLAG.test(word))) return unread;
  for (const word of words) values[word] = '';
  return { menu, command, rest, selector, values };
}

/** The fields by which a row is set: `[ find default-name=ether1 ]`, `0`, `*1`, `telnet`. */
export function readSelector(selector: string): Record<string, string> {
  const condition = /^\[\s*find(?:\s+where)?\b(.*)\]$/s.exec(selector)?.[1];
  if (condition !== undefined) {
    const { words, values } = readArguments(condition);
    return { ...Object.fromEntries(words.map((word) => [word, 'yes'])), ...values };
  }
  if (/^\d+$/.test(selector)) return { numbers: selector };
  return selector.startsWith('*') ? { '.id': selector } : { name: selector };
}

/** Arguments (`name=value`) and, in front of them or between, words without a value. */
function readArguments(text: string): { words: string[]; values: Record<string, string> } {
  const words: string[] = [];
  const values: Record<string, string> = {};
  let prefix = '';
  let at = 0;
  for (;;) {
    BLANKS.lastIndex = at;
    at += BLANKS.exec(text)?.[0].length ?? 0;
    if (at >= text.length) return { words, values };
    const name = NAME.exec(text.slice(at, at + LONGEST_NAME))?.[1];
    if (name === undefined) {
      const [word, end] = readValue(text, at);
      words.push(word);
      at = end;
      continue;
    }
    const [value, end] = readValue(text, at + name.length + 1);
    // `remote.address=… .as=…`: the part before the dot is not repeated.
    const whole = name.startsWith('.') ? `${prefix}${name}` : name;
    prefix = whole.split('.')[0]!;
    values[whole] = value;
    at = end;
  }
}

/** A value and the place behind it: in quotes, in brackets, or up to the next space. */
function readValue(text: string, start: number): [value: string, end: number] {
  let end = start;
  if (text[start] === '"') {
    end = endOfQuotes(text, start);
    return [unquote(text.slice(start + 1, text[end - 1] === '"' && end > start + 1 ? end - 1 : end)), end];
  }
  if (text[start] === '[') {
    while (end < text.length && text[end] !== ']') end = text[end] === '"' ? endOfQuotes(text, end) : end + 1;
    return [text.slice(start, end + 1), end + 1];
  }
  BARE.lastIndex = start;
  const bare = BARE.exec(text)?.[0] ?? '';
  return [bare, start + bare.length];
}

/** Behind the quote that ends what begins at `start`; the end of the text when none does. */
function endOfQuotes(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at + 1, text.length);
}

/** Undoes the escapes of the console; bytes beyond ASCII are UTF-8, or else of an older code page, byte by byte. */
function unquote(text: string): string {
  return text.replace(ESCAPE, (escape, bytes: string | undefined, letter: string | undefined) => {
    if (bytes === undefined) return LETTERS[letter ?? ''] ?? letter ?? escape;
    const numbers = Uint8Array.from(bytes.split('\\').slice(1), (hex) => Number.parseInt(hex, 16));
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(numbers);
    } catch {
      return String.fromCharCode(...numbers);
    }
  });
}

/** Menus stand in front of the command, in words, and are never called like one. */
const MENU =
  /^\/[a-z0-9-]+(?:[ /]+(?!(?:add|set|remove|unset|enable|disable|move|print|find)(?:\s|$))[a-z0-9-]+(?=[\s/]|$))*/;
const FLAG = /^!?[a-z0-9][a-z0-9.-]{0,99}$/i;
const BLANKS = /\s*/y;
const BARE = /\S*/y;
const NAME = /^([!.]?[a-z0-9][a-z0-9.-]*)=/i;
/** Names are of a few words; what is longer is none, and is not searched to its end. */
const LONGEST_NAME = 100;
const ESCAPE = /((?:\\[0-9A-F]{2})+)|\\(.)/gs;
const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  _: ' ',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
};
