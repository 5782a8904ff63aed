import type { Item, RouterView } from '../../engine/definition.ts';
import { portsOf } from './bridge-membership.ts';
import { hexOctets } from './made-macs.ts';
import { interfaceAt, MOST_LEVELS, slavesOf } from './running.ts';

/** The address that an interface uses now; undefined for those that have none (WireGuard, PPP). */
export function macOf(item: Item, router: RouterView, levels = MOST_LEVELS): string | undefined {
  if (levels === 0) return undefined;
  switch (item.values['type']) {
    case 'bridge':
      if (item.values['auto-mac'] === 'false' && item.values['admin-mac']) return item.values['admin-mac'];
      return firstMac(portsOf(item.id, router), router, levels) ?? ownMac(item, router);
    case 'bond': {
      const forced = item.values['forced-mac-address'];
      return forced && forced !== NO_MAC
        ? forced
        : (firstMac(slavesOf(item, router), router, levels) ?? ownMac(item, router));
    }
    case 'vlan': {
      const below = interfaceAt(item.values['interface'], router);
      return (below && macOf(below, router, levels - 1)) ?? NO_MAC;
    }
    case 'vrrp':
      return `00:00:5E:00:${item.values['v3-protocol'] === 'ipv6' ? '02' : '01'}:${hexOctets(Number(item.values['vrid']), 1)}`;
    case 'loopback':
      return NO_MAC;
    case 'wg':
    case 'pppoe-out':
      return undefined;
    default:
      return item.values['mac-address'];
  }
}

/** What stands where there is no address. */
export const NO_MAC = '00:00:00:00:00:00';

function firstMac(items: readonly Item[], router: RouterView, levels: number): string | undefined {
  for (const item of items) {
    const mac = macOf(item, router, levels - 1);
    if (mac !== undefined) return mac;
  }
  return undefined;
}

/** Locally administered, from the row's id. */
function ownMac(item: Item, router: RouterView): string {
  return `0A:${hexOctets(router.index, 2)}:${hexOctets(Number.parseInt(item.id.slice(1), 16), 3)}`;
}
