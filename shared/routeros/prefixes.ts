import { z } from 'zod';
import { refused } from './addresses.ts';
import { parseAddress } from './ip-text.ts';

/** A network: the addresses that share the first `length` bits of `value`. */
export interface Prefix {
  family: 4 | 6;
  value: bigint;
  length: number;
}

/** `192.168.88.0/24` or `2001:db8::/32`; an address alone is a network of one. Null when the text is none. */
export function parsePrefix(text: string): Prefix | null {
  const [start = '', length, ...more] = text.split('/');
  const address = parseAddress(start);
  if (address === null || more.length > 0) return null;
  const most = BITS[address.family];
  if (length === undefined) return { ...address, length: most };
  return /^\d{1,3}$/.test(length) && Number(length) <= most ? { ...address, length: Number(length) } : null;
}

/** Whether an address is in the network; its own prefix length (`/24`) and zone (`%ether1`) do not matter. */
export function isWithin(address: string, { family, value, length }: Prefix): boolean {
  const found = parseAddress(address.split(/[/%]/)[0] ?? '');
  if (found === null || found.family !== family) return false;
  const rest = BigInt(BITS[family] - length);
  return found.value >> rest === value >> rest;
}

/** Whether the networks have an address in common: then one of them is within the other. */
export function overlaps(one: Prefix, other: Prefix): boolean {
  if (one.family !== other.family) return false;
  const rest = BigInt(BITS[one.family] - Math.min(one.length, other.length));
  return one.value >> rest === other.value >> rest;
}

/** Whether the prefix is a network: no bit is set behind its length. */
export function isNetwork({ family, value, length }: Prefix): boolean {
  const rest = BigInt(BITS[family] - length);
  return (value >> rest) << rest === value;
}

/** A network as callers name it. */
export const PrefixText = z
  .string()
  .max(49)
  .check(
    refused((text) =>
      parsePrefix(text) === null
        ? `${JSON.stringify(text.slice(0, 49))} is not an address or network such as "192.168.88.0/24"`
        : null,
    ),
  );

const BITS = { 4: 32, 6: 128 } as const;
