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
  return redact(value, { texts: new Map(), keys: new Map() }) as T;
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

/** What was looked into before: of a thousand alike devices most say the same. */
interface Seen {
  texts: Map<string, string>;
  /** Whether they are names of secrets. */
  keys: Map<string, boolean>;
}

function redact(value: unknown, seen: Seen): unknown {
  if (typeof value === 'string') return remembered(seen.texts, value, redactText);
  if (Array.isArray(value)) return value.map((member) => redact(member, seen));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      typeof member === 'string' && remembered(seen.keys, key, isSecretKey) ? MASK : redact(member, seen),
    ]),
  );
}

function redactText(text: string): string {
  return maskSecrets(text).replaceAll(HIDDEN, visible);
}

function remembered<T>(known: Map<string, T>, text: string, work: (text: string) => T): T {
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = work(text);
  known.set(text, made);
  return made;
}

function visible(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
