import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

export interface ProxyOptions {
  /** Addresses and networks (CIDR) of the proxies in front. Default: none, so no header is believed. */
  trustedProxies?: readonly string[] | undefined;
  /** The header in which they name the client. Default: `x-forwarded-for`. */
  clientAddressHeader?: 'x-forwarded-for' | 'cf-connecting-ip' | undefined;
}

/** The address a request came from, for limits and logs; `unknown` when its connection is gone. */
export type ClientAddressOf = (request: IncomingMessage) => string;

/**
 * Anybody can send a header, so it is believed only from a trusted proxy. Of `x-forwarded-for`, to which each proxy appends
 * the address it was called from, the last one that is no proxy's counts; what a client wrote in front of it does not.
 */
export function createClientAddresses({
  trustedProxies = [],
  clientAddressHeader = 'x-forwarded-for',
}: ProxyOptions = {}): ClientAddressOf {
  const trusted = listOf(trustedProxies);
  const isTrusted = (address: string): boolean => trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  return ({ socket, headers }) => {
    let address = plainAddress(socket.remoteAddress ?? '');
    if (address === null) return 'unknown';
    const named = [headers[clientAddressHeader] ?? []].flat().join(',').split(',').toReversed();
    // With one hop there is one name to take, or a client could put another one in front.
    if (clientAddressHeader === 'cf-connecting-ip' && named.length !== 1) return address;
    for (const one of named) {
      if (!isTrusted(address)) break;
      const before = plainAddress(one.trim());
      if (before === null) break;
      address = before;
    }
    return address;
  };
}

/** What one limit is for: one address, or the network of one IPv6 customer, whose addresses are without end. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const start = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - start.length - (tail === '' ? 0 : tail.split(':').length);
  const groups = [...start, ...Array.from({ length: missing }, () => '0'), ...(tail ?? '').split(':')];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

function listOf(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** Without port, brackets and zone, and an IPv4 address as such; null when it is no address. */
function plainAddress(text: string): string | null {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  const [unzoned = ''] = bare.split('%');
  const mapped = /^::ffff:([\d.]+)$/i.exec(unzoned)?.[1] ?? unzoned;
  return isIP(mapped) === 0 ? null : mapped.toLowerCase();
}
