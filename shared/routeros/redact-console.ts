import { MENU_SECRET_FIELDS, REDACTED, SECRET_FIELDS } from './secret-fields.ts';

/**
 * A line of console text with the values of secret fields masked, also inside scripts that are quoted in it. Where a value
 * has no end in the line, everything after its beginning is masked.
 */
export function redactConsole(menu: string, text: string, bareValue = BARE_VALUE): string {
  const line = text.replaceAll(PASSWORD_IN_URL, `$1${REDACTED}@`);
  const fields = MENU_SECRET_FIELDS[menu];
  const pattern = fields
    ? new RegExp(`${ASSIGNMENT}|\\b(?:${[...fields].join('|')})=`, 'gi')
    : new RegExp(ASSIGNMENT, 'gi');
  let redacted = '';
  let copiedTo = 0;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    const start = match.index + match[0].length;
    const end = endOfValue(line, start, bareValue);
    if (end > start && line.slice(start, end) !== '""') {
      redacted += line.slice(copiedTo, start) + REDACTED;
      copiedTo = end;
    }
    pattern.lastIndex = Math.max(end, start);
  }
  return redacted + line.slice(copiedTo);
}

/** As `redactConsole`, for text of no menu, such as a log line, in which a comma separates. */
export function redactText(text: string): string {
  return redactConsole('', text, BARE_VALUE_IN_TEXT);
}

/** A value without quotes, up to what ends it. */
const BARE_VALUE = /^[^\s;)\]}"]*/;
const BARE_VALUE_IN_TEXT = /^[^\s,;)\]}"]*/;

/** Where the value that begins at `start` ends, in the text or in a script that the text quotes. */
function endOfValue(line: string, start: number, bareValue: RegExp): number {
  let quote = start;
  while (line[quote] === '\\') quote += 1;
  if (line[quote] !== '"') return start + (bareValue.exec(line.slice(start))?.[0].length ?? 0);
  // Each level of quoting writes a backslash twice and puts one before a quote.
  const depth = quote - start;
  for (let at = quote + 1; at < line.length; at++) {
    if (line[at] !== '"') continue;
    let backslashes = 0;
    while (line[at - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % (2 * (depth + 1)) === depth) return at + 1;
  }
  return line.length;
}

/** What a secret is called by people who write scripts; at the end of a longer name too. */
const SECRET_NAME = String.raw`[\w.-]{0,40}(?:password|passwd|passphrase|secret|token|psk|api-?key)`;

/**
 * What stands in front of a secret: a field's name, a variable of a script, a member of JSON, or a scheme of authorization.
 */
const ASSIGNMENT = [
  `\\b(?:${[...SECRET_FIELDS, SECRET_NAME].join('|')})=`,
  String.raw`:(?:local|global|set)\s+[\\$"]*${SECRET_NAME}\\*"?\s+`,
  String.raw`\\*"${SECRET_NAME}\\*"\s*:\s*`,
  String.raw`\b(?:bearer|basic)\s+(?=[\w.~+/=-]{16,})`,
].join('|');

const PASSWORD_IN_URL = /(:\/\/[^\s:@/"]{1,100}:)[^\s@/"]{1,200}@/g;
