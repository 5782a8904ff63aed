import { z } from 'zod';
import { isWithin, parsePrefix, PrefixText } from '../routeros/prefixes.ts';

/** The name of an interface, which may be any text. */
export const InterfaceName = z.string().min(1).max(128);

/** Part of a text, in whatever case. */
export const PartOfText = z.string().min(1).max(64);

/** A MAC address or its beginning, in whatever notation; becomes `00:1B:21`. */
export const MacStart = z
  .string()
  .regex(/^[\da-f]{2}(?:[:-]?[\da-f]{2}){0,5}$/i, 'must be a MAC address or its first bytes, such as "00:1B:21"')
  .overwrite((text) => (text.toUpperCase().match(/[\dA-F]{2}/g) ?? []).join(':'));

/** The MAC address when the beginning is all of it, as routers write it. */
export function wholeMac(start: string | undefined): string | undefined {
  return start?.length === 17 ? start : undefined;
}

/** A network, for filters by address. */
export const Within = PrefixText;

/** The family that is meant: the one that was named, else that of a network or address, else IPv4. */
export function familyOf(
  named: 'ipv4' | 'ipv6' | undefined,
  ...networks: readonly (string | undefined)[]
): 'ipv4' | 'ipv6' {
  return named ?? (networks.some((network) => network?.includes(':')) ? 'ipv6' : 'ipv4');
}

/** Whether a value is the wanted one; any is, when none is wanted. */
export function isWanted<T>(wanted: T | undefined, value: T): boolean {
  return wanted === undefined || value === wanted;
}

/** Whether one of the texts holds the wanted part. */
export function holdsPart(part: string | undefined, ...texts: readonly (string | null | undefined)[]): boolean {
  if (part === undefined) return true;
  const wanted = part.toLowerCase();
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}

/** Whether the address is in the wanted network. An entry without an address is in none. */
export function isInNetwork(network: string | undefined, address: string | null | undefined): boolean {
  if (network === undefined) return true;
  const prefix = parsePrefix(network);
  return prefix !== null && typeof address === 'string' && isWithin(address, prefix);
}

/** Whether the MAC address begins as wanted. */
export function hasMacStart(start: string | undefined, mac: string | null | undefined): boolean {
  return start === undefined || (mac?.toUpperCase().startsWith(start) ?? false);
}
