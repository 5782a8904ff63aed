import { AppError } from '../errors/app-error.ts';
import { clipText } from './device-text.ts';

/** `true`/`yes` and `false`/`no`; an absent key is false. Fails with DEVICE_REPLY_INVALID on anything else. */
export function toBoolean(text: string | undefined): boolean {
  if (text === 'true' || text === 'yes') return true;
  if (text === undefined || text === 'false' || text === 'no') return false;
  throw unexpected(text, '"true", "false", "yes" or "no"');
}

/** As `toBoolean`, but null when the router does not say. */
export function toOptionalBoolean(text: string | undefined): boolean | null {
  return text === undefined || text === '' ? null : toBoolean(text);
}

/**
 * Whether a flag is set that routers show only then: as `true`, or as a key with nothing behind it (`blackhole`, `ecmp`).
 */
export function toFlag(text: string | undefined): boolean {
  return text === '' || toBoolean(text);
}

/**
 * A number, decimal or `0x` hexadecimal. Null when absent, empty, or when something else stands in its place, such as
 * `auto` or `unlimited`: one odd value must not cost a whole list.
 */
export function toNumber(text: string | undefined): number | null {
  if (text === undefined) return null;
  return /^-?\d+(\.\d+)?$/.test(text) || /^0x[\da-f]+$/i.test(text) ? Number(text) : null;
}

/** As `toNumber`, for a number that every router has; fails with DEVICE_REPLY_INVALID when it is missing. */
export function toRequiredNumber(text: string | undefined): number {
  const number = toNumber(text);
  if (number === null) throw unexpected(text ?? '', 'a number');
  return number;
}

/** A text that every router has; fails with DEVICE_REPLY_INVALID when it is missing. */
export function toRequiredText(text: string | undefined, key: string): string {
  if (text === undefined) throw new AppError('DEVICE_REPLY_INVALID', { message: `The device's reply lacks "${key}".` });
  return text;
}

/**
 * A measured value with or without its unit, such as `-4.812dBm` or `41`. Null when absent and for anything else: some
 * hardware gives nonsense for what it cannot measure.
 */
export function toMeasure(text: string | undefined): number | null {
  const match = /^(-?\d{1,9}(?:\.\d{1,9})?)\s?(?:dBm|C|V|mA|ms|nm|PPM|W)?$/.exec(text ?? '');
  return match ? Number(match[1]) : null;
}

/** A counter; those of ports with several lanes, which come as a comma list, are added up. Null when absent or unreadable. */
export function toCount(text: string | undefined): number | null {
  if (text === undefined || !/^\d+(,\d+)*$/.test(text)) return null;
  return text.split(',').reduce((sum, lane) => sum + Number(lane), 0);
}

/** Bytes: plain digits as REST prints them, or `673.0MiB` as the console does. Null when absent or unreadable. */
export function toBytes(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB|TiB)?$/.exec(text ?? '');
  return match ? Math.round(Number(match[1]) * BYTES_PER[match[2] ?? 'B']!) : null;
}

/** Bits per second: plain digits, `10M`, or `1Gbps`. Null when absent or when something else, such as `unknown`, stands there. */
export function toBps(text: string | undefined): number | null {
  const match = /^(\d+(?:\.\d+)?)([kMG])?(?:bps)?$/.exec(text ?? '');
  return match ? Math.round(Number(match[1]) * BITS_PER[match[2] ?? '']!) : null;
}

/** Members of a comma list; none when absent or empty. */
export function toList(text: string | undefined): string[] {
  if (text === undefined) return [];
  return text
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}

/** A reply that is not of the form its field has. What was answered travels beside the message, which is ours alone. */
export function unexpected(text: string, expected: string): AppError {
  return new AppError('DEVICE_REPLY_INVALID', {
    message: `The device answered something else where ${expected} was expected.`,
    details: { deviceText: clipText(text, 80), untrusted: ['deviceText'] },
  });
}

const BYTES_PER: Record<string, number> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };
const BITS_PER: Record<string, number> = { '': 1, k: 1e3, M: 1e6, G: 1e9 };
