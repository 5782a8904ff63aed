import { z } from 'zod';

const ULID = '[0-9A-HJKMNP-TV-Z]{26}';

/** `pln_` + ULID. */
export const PlanId = z.string().regex(new RegExp(`^pln_${ULID}$`), 'a plan id is "pln_" and 26 characters');
/** `snp_` + ULID. */
export const SnapshotId = z.string().regex(new RegExp(`^snp_${ULID}$`), 'a snapshot id is "snp_" and 26 characters');
/** `dev_` + ULID. */
export const DeviceId = z.string().regex(new RegExp(`^dev_${ULID}$`), 'a device id is "dev_" and 26 characters');
/** `stp_` + ULID. */
export const StopId = z.string().regex(new RegExp(`^stp_${ULID}$`), 'the id of a stop is "stp_" and 26 characters');

const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The ULID of a time and of what else tells it apart, 20 or more hexadecimal digits: where the same one must come out however
 * often it is asked for.
 */
export function ulidOf(atMs: number, hex: string): string {
  return `${inBase32(BigInt(atMs), 10)}${inBase32(BigInt(`0x${hex.slice(0, 20)}`), 16)}`;
}

function inBase32(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = DIGITS.charAt(Number(rest & 31n)) + text;
  return text;
}
