import { isSecretKey } from '../../shared/platform/telemetry/redaction.ts';
import { maskSecrets } from './secret-texts.ts';

/**
 * Characters that hide text from people or turn it around: control characters other than tab and line feed, direction
 * marks, zero-width characters, private use and tag characters (Unicode 16, chapters 23.1 to 23.9).
 */
const HIDDEN =
  /[[\p{Cc}--[\t\n]]\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ue000-\uf8ff]|[\u{e0000}-\u{e0fff}\u{f0000}-\u{10ffff}]/gv;
const MASK = '[redacted]';

/**
 * A copy of an answer in which hidden characters are visible (`\u{202e}`) and what looks like a secret, by
 * the name of its key or by its own form, is masked.
 * The operations return no secrets; this is the last line, and text that routers supply is data nobody may be fooled by.
 */
export function redactOutput<T>(value: T): T {
  return redact(value) as T;
}

/** Longest first line; what follows it is the data itself. */
const MAX_LINE_CHARS = 1000;

/**
 * Text for one line before other text: line feeds and tabs become visible too, so that nothing a router or a caller supplied
 * can look like a line of ours, and what is too long is cut.
 */
export function oneLine(text: string): string {
  const line = redactOutput(text).replaceAll(/[\n\t]/g, visible);
  return line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS).toWellFormed()}…` : line;
}

function redact(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value).replaceAll(HIDDEN, visible);
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && isSecretKey(key) ? MASK : redact(member),
    ]),
  );
}

function visible(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
