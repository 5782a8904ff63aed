import { AppError } from '../errors/app-error.ts';

/**
 * Text as one quoted value of the RouterOS console (https://manual.mikrotik.com/docs/developer-guides/scripting). It stays
 * on one line, so that it fits where only one line is read, and nothing in it is acted upon: no variable, no command, no
 * end of the value. Fails with VALIDATION_ERROR on what no value can hold: NUL and half surrogate pairs.
 */
export function quoteText(text: string): string {
  if (UNHOLDABLE.test(text)) {
    throw new AppError('VALIDATION_ERROR', { message: 'A value for a router holds a character that it cannot store.' });
  }
  return `"${text.replace(SPECIAL, escapeOf)}"`;
}

/** `comment="…"`; an empty value is `comment=""`, because a bare `comment=` is a syntax error. */
export function consoleArgument(name: string, value: string): string {
  return `${consoleWord(name)}=${quoteText(value)}`;
}

/**
 * `comment="…"` for `where` and `find`, or `.id=*1A`: an id in quotes would be compared as text and match nothing. An id
 * that is none is refused.
 */
export function consoleCondition(field: string, value: string): string {
  return field === '.id' ? `.id=${consoleId(value)}` : consoleArgument(field, value);
}

/** The id itself (`*1A`) when it is one; fails with VALIDATION_ERROR otherwise, since ids are never quoted. */
export function consoleId(id: string): string {
  return expectForm(id, ID, 'an id');
}

/** The menu itself (`/ip/firewall/filter`) when it has the form of one; fails with VALIDATION_ERROR otherwise. */
export function consoleMenu(menu: string): string {
  return expectForm(menu, MENU, 'a menu');
}

/** The name of an argument itself (`place-before`) when it has the form of one; fails with VALIDATION_ERROR otherwise. */
export function consoleWord(word: string): string {
  return expectForm(word, WORD, 'the name of an argument');
}

function expectForm(text: string, form: RegExp, expected: string): string {
  if (form.test(text)) return text;
  throw new AppError('VALIDATION_ERROR', { message: `${JSON.stringify(text)} is not ${expected}.` });
}

function escapeOf(character: string): string {
  return ESCAPES[character] ?? `\\${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** Other letters after a backslash are syntax errors; two upper-case hexadecimal digits are any byte. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  $: '\\$',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
// C1 controls are two bytes of UTF-8 each, which the router passes through.
const SPECIAL = /[\\"$]|(?![\u0080-\u009f])\p{Cc}/gu;
const UNHOLDABLE = /[\0\p{Cs}]/u;
const ID = /^\*[0-9A-F]{1,16}$/;
const MENU = /^(?:\/[a-z0-9]+(?:-[a-z0-9]+)*)+$/;
const WORD = /^\.?[a-z0-9]+(?:[-.][a-z0-9]+)*$/;
