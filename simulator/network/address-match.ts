import type { RouterView } from '../engine/definition.ts';
import { type IpAddress, parseIp, parseIpPrefix, prefixContains } from '../values/ip-prefix.ts';

/** Is the address the one, in the network, or in the range that a text names? */
export function containsAddressText(text: string, address: string): boolean {
  const wanted = parseIp(address);
  return wanted !== undefined && contains(text, wanted);
}

/** Is the address on a list of the firewall, by itself or by the name it belongs to? */
export function isListed(router: RouterView, list: string, address: string): boolean {
  const wanted = parseIp(address);
  if (!wanted) return false;
  const path = wanted.family === 4 ? '/ip/firewall/address-list' : '/ipv6/firewall/address-list';
  return router
    .rows(path)
    .some((row) => row['list'] === list && row['disabled'] !== 'true' && contains(row['address'] ?? '', wanted));
}

function contains(text: string, address: IpAddress): boolean {
  const [first = '', last] = text.split('-');
  if (last === undefined) {
    const prefix = parseIpPrefix(text);
    return prefix !== undefined && prefixContains(prefix, address);
  }
  const [from, to] = [parseIp(first), parseIp(last)];
  if (from?.family !== address.family || to?.family !== address.family) return false;
  return from.value <= address.value && address.value <= to.value;
}
