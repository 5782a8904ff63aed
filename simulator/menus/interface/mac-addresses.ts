import type { Item, RouterView } from '../../engine/definition.ts';
import { portsOf } from './bridge-membership.ts';
import { interfaceAt, MOST_LEVELS, slavesOf } from './running.ts';

/** The address a port of a router is made with: `position` counts the router's interfaces from 0. */
export function factoryMac(routerIndex: number, position: number): string {
  return `D4:01:C3:${hexOctets(routerIndex * 64 + position + 1, 3)}`;
}

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

/** The address of somebody else's device behind a router: `seed` tells them apart. */
export function neighbourMac(routerIndex: number, seed: number): string {
  return `${VENDORS[seed % VENDORS.length]}:${hexOctets(routerIndex * 251 + seed * 17 + 9, 3)}`;
}

const VENDORS = ['3C:22:FB', '9C:B6:D0', 'F0:18:98', 'A4:83:E7', '00:1B:63', 'DC:A6:32'];

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

function hexOctets(number: number, count: number): string {
  const digits = number
    .toString(16)
    .toUpperCase()
    .padStart(count * 2, '0')
    .slice(-count * 2);
  return digits.replaceAll(/..(?=.)/g, '$&:');
}
