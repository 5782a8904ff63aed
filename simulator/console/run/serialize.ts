import { Address, ArrayValue, Code, Id, Time, toText, type Value } from './values.ts';

/** A value as JSON: named members make objects, numbers and truth values are those of JSON. */
export function toJson(value: Value, pretty: boolean): string {
  return JSON.stringify(plain(value), undefined, pretty ? 4 : undefined);
}

function plain(value: Value): unknown {
  if (value === undefined) return null;
  if (value instanceof ArrayValue) {
    const named = value.entries.length > 0 && value.entries.every((entry) => entry.key !== undefined);
    if (named) return Object.fromEntries(value.entries.map((entry) => [entry.key ?? '', plain(entry.value)]));
    return value.entries.map((entry) => plain(entry.value));
  }
  if (value instanceof Time || value instanceof Address || value instanceof Id || value instanceof Code) {
    return toText(value);
  }
  // Texts that look like numbers become numbers.
  return typeof value === 'string' && /^-?(0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
}
