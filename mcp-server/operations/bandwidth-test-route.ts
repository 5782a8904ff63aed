import { canonicalAddress } from '../../shared/routeros/addresses.ts';
import { isWithin, parsePrefix } from '../../shared/routeros/prefixes.ts';

/**
 * The address of the target that the source tests against, out of the target's own (with their prefix lengths): the one it
 * is registered under, or else one in a network in which the source has an address too. Null when there is none. An address
 * that both have, as routers of the same make do, means the source itself.
 */
export function addressToTest(
  targetHost: string,
  targetAddresses: readonly string[],
  sourceAddresses: readonly string[],
): string | null {
  const taken = new Set(sourceAddresses.map(bare));
  const own = targetAddresses.filter((address) => !taken.has(bare(address)));
  const registered = canonicalAddress(targetHost);
  if (registered !== null && own.some((address) => bare(address) === registered)) return registered;
  const shared = own.find((address) =>
    sourceAddresses.some((source) => {
      const network = parsePrefix(source);
      return network !== null && network.length < 32 && isWithin(address, network);
    }),
  );
  return shared === undefined ? null : bare(shared);
}

/** Whether one of the source's addresses is in the networks that are let in; none named: all are. */
export function isLetIn(sourceAddresses: readonly string[], allowedFrom: readonly string[]): boolean {
  if (allowedFrom.length === 0) return true;
  const networks = allowedFrom.flatMap((text) => parsePrefix(text) ?? []);
  return sourceAddresses.some((address) => networks.some((network) => isWithin(address, network)));
}

function bare(address: string): string {
  return address.split('/')[0] ?? '';
}
