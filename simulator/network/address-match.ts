import type { RouterView } from '../engine/definition.ts';
import { resolvedEntries } from '../menus/firewall/listed-names.ts';
import { type IpAddress, networkPrefix, parseIp, parseIpPrefix } from '../values/ip-prefix.ts';

/** Is the address the one, in the network, or in the range that a text names? */
export function containsAddressText(text: string, address: string): boolean {
  const [range, wanted] = [rangeOf(text), rangeOf(address)];
  return range !== undefined && wanted !== undefined && contains(range, wanted.first);
}

/** Is the address on a list of the firewall, by itself or by the name it belongs to? */
export function isListed(router: RouterView, list: string, address: string): boolean {
  const wanted = rangeOf(address)?.first;
  if (!wanted) return false;
  const path = wanted.family === 4 ? '/ip/firewall/address-list' : '/ipv6/firewall/address-list';
  return [router.items(path), resolvedEntries(path, router)].some((entries) =>
    entries.some(({ values }) => {
      if (values['list'] !== list || values['disabled'] === 'true') return false;
      const range = rangeOf(values['address'] ?? '');
      return range !== undefined && contains(range, wanted);
    }),
  );
}

type Range = { readonly first: IpAddress; readonly last: bigint };

function contains({ first, last }: Range, address: IpAddress): boolean {
  return first.family === address.family && first.value <= address.value && address.value <= last;
}

/** Rules and lists hold the same few thousand texts for every packet: each is read once. */
const KNOWN = new Map<string, Range | undefined>();
const MOST_KNOWN = 50_000;

function rangeOf(text: string): Range | undefined {
  const known = KNOWN.get(text);
  if (known || KNOWN.has(text)) return known;
  if (KNOWN.size >= MOST_KNOWN) KNOWN.clear();
  const range = readRange(text);
  KNOWN.set(text, range);
  return range;
}

function readRange(text: string): Range | undefined {
  const [from = '', to] = text.split('-');
  if (to !== undefined) {
    const [first, last] = [parseIp(from), parseIp(to)];
    return first && last && first.family === last.family ? { first, last: last.value } : undefined;
  }
  const prefix = parseIpPrefix(text);
  if (!prefix) return undefined;
  const first = networkPrefix(prefix);
  const hostBits = BigInt((prefix.family === 4 ? 32 : 128) - prefix.length);
  return { first, last: first.value + (1n << hostBits) - 1n };
}
