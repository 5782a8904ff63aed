import type { Statement } from '../language/syntax-tree.ts';
import { formatDuration, parseDurationMs } from '../../values/duration.ts';
import { isIpAddress } from '../../values/ip-address.ts';

/**
 * A value of the script language: text, number, truth value, nothing (`undefined`: a variable that is not set, a command
 * that answers nothing), or one of the classes below.
 */
export type Value = string | number | boolean | undefined | Time | Address | Id | ArrayValue | Code;

/** A span of time in milliseconds. */
export class Time {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

/** An address or, with a length, a prefix; as text. */
export class Address {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** The id of a row: `*1A`. */
export class Id {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A list whose members may have names. */
export class ArrayValue {
  readonly entries: readonly Entry[];
  constructor(entries: readonly Entry[]) {
    this.entries = entries;
  }
}

export type Entry = { readonly key?: string; readonly value: Value };

/** Code in a variable: `do={…}` of a function, or what `:parse` made. */
export class Code {
  readonly body: readonly Statement[];
  /** How the console prints it. */
  readonly text: string;
  constructor(body: readonly Statement[], text: string) {
    this.body = body;
    this.text = text;
  }
}

export const arrayOf = (values: readonly Value[]): ArrayValue => new ArrayValue(values.map((value) => ({ value })));

/** A value as text: what `:put` prints and `.` joins. */
export function toText(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Time) return formatTime(value.milliseconds);
  if (value instanceof ArrayValue) {
    return value.entries
      .map(({ key, value: member }) => (key === undefined ? '' : `${key}=`) + toText(member))
      .join(';');
  }
  return value.text;
}

/** Times in scripts print as clocks: `00:00:10`, `1d02:03:04`, `2w1d00:00:00`. */
function formatTime(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const days = Math.floor(seconds / 86_400);
  const two = (number: number): string => String(number).padStart(2, '0');
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  const weeks = Math.floor(days / 7);
  const span = `${weeks > 0 ? `${weeks}w` : ''}${days % 7 > 0 ? `${days % 7}d` : ''}${clock}`;
  const rest = Math.round(Math.abs(milliseconds) % 1000);
  return `${milliseconds < 0 ? '-' : ''}${span}${rest > 0 ? `.${String(rest).padStart(3, '0')}` : ''}`;
}

/** A value as an argument of a command: truth values and times in the words that commands take. */
export function toArgument(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value instanceof Time) return formatDuration(value.milliseconds);
  if (value instanceof ArrayValue) return value.entries.map((entry) => toArgument(entry.value)).join(',');
  return toText(value);
}

/** What `:typeof` answers. */
export function typeOf(value: Value): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'number') return 'num';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof Time) return 'time';
  if (value instanceof Id) return 'id';
  if (value instanceof ArrayValue) return 'array';
  if (value instanceof Code) return 'code';
  const family = value.text.includes(':') ? 'ip6' : 'ip';
  return value.text.includes('/') ? `${family}-prefix` : family;
}

/** The type a bare word has by its look: number, time, truth value, address, id, or text. */
export function fromWord(word: string): Value {
  if (/^\d+$/.test(word) || /^0x[\da-f]+$/i.test(word)) return Number(word);
  if (word === 'true') return true;
  if (word === 'false') return false;
  if (/^\*[\dA-F]+$/.test(word)) return new Id(word);
  if (isIpAddress(word) || (/\/\d{1,3}$/.test(word) && isIpAddress(word.replace(/\/\d+$/, ''))))
    return new Address(word);
  const milliseconds = /^\d/.test(word) ? parseDurationMs(word) : undefined;
  return milliseconds === undefined ? word : new Time(milliseconds);
}

/** A number where one is needed; undefined when the value is none. */
export function toNumber(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  if (value instanceof Time) return Math.floor(value.milliseconds / 1000);
  if (typeof value !== 'string' || !/^\s*-?(\d+|0x[\da-f]+)\s*$/i.test(value)) return undefined;
  return value.trim().startsWith('-') ? -Number(value.trim().slice(1)) : Number(value);
}

/** A truth value where one is needed; undefined when the value is none. */
export function toBoolean(value: Value): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (value === 'true' || value === 'yes') return true;
  if (value === 'false' || value === 'no' || value === undefined || value === '') return false;
  return undefined;
}

/** The members of an array; any other value is its own only member, and nothing has none. */
export function toEntries(value: Value): readonly Entry[] {
  if (value === undefined || value === '') return [];
  return value instanceof ArrayValue ? value.entries : [{ value }];
}
