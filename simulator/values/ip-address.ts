import { isIPv4, isIPv6 } from 'node:net';

/** Reads dotted decimal into an unsigned 32-bit number; undefined when it is no IPv4 address. */
export function parseIpv4(text: string): number | undefined {
  if (!isIPv4(text)) return undefined;
  return text.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** Is the text an address of either family (IPv6 may carry a `%interface`)? */
export function isIpAddress(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

export type Prefix = { readonly address: number; readonly length: number };

/** Reads `10.0.0.1/24`, or `10.0.0.1` as a `/32`; undefined when it is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const match = /^([\d.]+)(?:\/(\d{1,2}))?$/.exec(text);
  const address = parseIpv4(match?.[1] ?? '');
  const length = Number(match?.[2] ?? 32);
  return address === undefined || length > 32 ? undefined : { address, length };
}

export function networkOf(prefix: Prefix): number {
  return (prefix.address & maskOf(prefix.length)) >>> 0;
}

export function broadcastOf(prefix: Prefix): number {
  return (networkOf(prefix) | ~maskOf(prefix.length)) >>> 0;
}

export function containsAddress(prefix: Prefix, address: number): boolean {
  return networkOf(prefix) === (address & maskOf(prefix.length)) >>> 0;
}

/** Length of a netmask such as `255.255.255.0`; undefined when its ones are not contiguous. */
export function maskLength(mask: number): number | undefined {
  for (let length = 0; length <= 32; length++) if (maskOf(length) === mask) return length;
  return undefined;
}

function maskOf(length: number): number {
  return length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0;
}
