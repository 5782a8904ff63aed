/** What the escapes of one letter stand for; two hexadecimal digits stand for a byte. */
const ESCAPES: Readonly<Record<string, string | undefined>> = {
  '"': '"',
  '\\': '\\',
  $: '$',
  '?': '?',
  n: '\n',
  r: '\r',
  t: '\t',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  _: ' ',
};

/** Reads the escape after a backslash; undefined when there is no such escape. */
export function readEscape(text: string, offset: number): Escape | undefined {
  const hex = /^[0-9A-F]{2}/.exec(text.slice(offset, offset + 2))?.[0];
  if (hex !== undefined) return { byte: Number.parseInt(hex, 16), length: 2 };
  const single = ESCAPES[text.charAt(offset)];
  return single === undefined ? undefined : { text: single, length: 1 };
}

/** `length` counts the characters after the backslash. */
export type Escape = { readonly byte: number; readonly length: 2 } | { readonly text: string; readonly length: 1 };

/** Bytes written one by one: UTF-8 where they are, each a character of its own where they are not. */
export function decodeBytes(bytes: readonly number[]): string {
  const buffer = Buffer.from(bytes);
  const decoded = buffer.toString('utf8');
  return decoded.includes('\ufffd') ? buffer.toString('latin1') : decoded;
}

/**
 * A text between double quotes that reads back as the same text. Bytes that are no printable ASCII become hexadecimal
 * escapes, as in exports.
 */
export function quote(text: string): string {
  return `"${escapeText(text).join('')}"`;
}

/** The pieces of a quoted text that must not be torn apart: one character or one escape each. */
export function escapeText(text: string): string[] {
  return Array.from(text).flatMap((character) => {
    const escaped = OUTGOING[character];
    if (escaped !== undefined) return [escaped];
    if (/[\x20-\x7e]/.test(character)) return [character];
    return [...Buffer.from(character, 'utf8')].map((byte) => `\\${byte.toString(16).toUpperCase().padStart(2, '0')}`);
  });
}

const OUTGOING: Readonly<Record<string, string | undefined>> = {
  '"': '\\"',
  '\\': '\\\\',
  $: '\\$',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
