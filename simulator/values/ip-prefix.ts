import { isIPv4, isIPv6 } from 'node:net';
import { formatIpv4, parseIpv4 } from './ip-address.ts';

/** An address of either family as one number. */
export type IpAddress = { readonly family: 4 | 6; readonly value: bigint };

/** An address of either family with a prefix length. */
export type IpPrefix = IpAddress & { readonly length: number };

/** Reads an address of either family; undefined when it is none. A zone such as `%ether1` is not part of it. */
export function parseIp(text: string): IpAddress | undefined {
  if (isIPv4(text)) return { family: 4, value: BigInt(parseIpv4(text) ?? 0) };
  return isIPv6(text) && !text.includes('%') ? { family: 6, value: parseIpv6(text) } : undefined;
}

/** Reads `10.0.0.1/24` or `2001:db8::1/64`; without a length all bits count. */
export function parseIpPrefix(text: string): IpPrefix | undefined {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = parseIp(match?.[1] ?? '');
  if (!address) return undefined;
  const length = Number(match?.[2] ?? bitsOf(address));
  return length > bitsOf(address) ? undefined : { ...address, length };
}

/** How RouterOS prints an address: IPv6 in lower case, the longest run of zeros as `::`. */
export function formatIp({ family, value }: IpAddress): string {
  return family === 4 ? formatIpv4(Number(value)) : formatIpv6(value);
}

export function formatIpPrefix(prefix: IpPrefix): string {
  return `${formatIp(prefix)}/${prefix.length}`;
}

/** The prefix with its host bits cleared. */
export function networkPrefix(prefix: IpPrefix): IpPrefix {
  const hostBits = BigInt(bitsOf(prefix) - prefix.length);
  return { ...prefix, value: (prefix.value >> hostBits) << hostBits };
}

export function prefixContains(prefix: IpPrefix, address: IpAddress): boolean {
  if (prefix.family !== address.family) return false;
  const hostBits = BigInt(bitsOf(prefix) - prefix.length);
  return prefix.value >> hostBits === address.value >> hostBits;
}

const bitsOf = ({ family }: IpAddress): 32 | 128 => (family === 4 ? 32 : 128);

function parseIpv6(text: string): bigint {
  // A dotted tail (`::ffff:192.0.2.1`) stands for the last two groups.
  const tail = /[\d.]+$/.exec(text)?.[0] ?? '';
  const v4 = tail.includes('.') ? (parseIpv4(tail) ?? 0) : undefined;
  const plain =
    v4 === undefined ? text : `${text.slice(0, -tail.length)}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  const [head = '', rest] = plain.split('::');
  const groups = (part: string): string[] => part.split(':').filter((group) => group !== '');
  const left = groups(head);
  const right = groups(rest ?? '');
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) => ((value >> BigInt(112 - at * 16)) & 0xffffn).toString(16));
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === '0') length += 1;
    if (length > best.length) best = { at, length };
  }
  if (best.at === -1) return groups.join(':');
  return `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`;
}
