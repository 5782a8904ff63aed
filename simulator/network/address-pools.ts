import type { Item, RouterView } from '../engine/definition.ts';
import { readRanges } from '../values/address-types.ts';
import { formatIpv4 } from '../values/ip-address.ts';
import { ownAddresses } from './own-addresses.ts';
import { formatIp } from '../values/ip-prefix.ts';

/** How many addresses a pool holds. */
export function poolTotal(pool: Item): number {
  return readRanges(pool.values['ranges'] ?? '').reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** An address of a pool that a lease holds. */
export type PoolUse = { readonly pool: string; readonly address: string; readonly info: string };

/** Addresses that bound leases took from pools; reading the leases first keeps them up to date. */
export function poolUses(router: RouterView): PoolUse[] {
  return router.rows('/ip/dhcp-server/lease').flatMap((lease) => {
    const address = lease['active-address'];
    if (address === undefined) return [];
    const server = router.items('/ip/dhcp-server').find(({ values }) => values['name'] === lease['active-server']);
    const pool = router.items('/ip/pool').find(({ id }) => id === server?.values['address-pool']);
    return pool ? [{ pool: pool.id, address, info: lease['active-mac-address'] ?? '' }] : [];
  });
}

/** A free address of a pool, from its upper end downwards as devices take them; undefined when it is exhausted. */
export function freeAddress(router: RouterView, poolId: string, taken: ReadonlySet<string>): string | undefined {
  const visited = new Set<string>();
  let pool = router.items('/ip/pool').find(({ id }) => id === poolId);
  while (pool && !visited.has(pool.id)) {
    visited.add(pool.id);
    const own = new Set(ownAddresses(router).map(({ prefix }) => formatIp(prefix)));
    for (const { first, last } of readRanges(pool.values['ranges'] ?? '').toReversed()) {
      for (let address = last; address >= first; address--) {
        const candidate = formatIpv4(address);
        if (!taken.has(candidate) && !own.has(candidate)) return candidate;
      }
    }
    const next = pool.values['next-pool'];
    pool = router.items('/ip/pool').find(({ id }) => id === next);
  }
  return undefined;
}
