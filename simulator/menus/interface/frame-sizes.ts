import type { Item, RouterView } from '../../engine/definition.ts';
import { portsOf } from './bridge-membership.ts';
import { interfaceAt, MOST_LEVELS, slavesOf } from './running.ts';

/** Largest packet of an interface: as set, or what `auto` makes of the interfaces below it (1500 without any). */
export function actualMtu(item: Item, router: RouterView, levels = MOST_LEVELS): string | undefined {
  const { mtu } = item.values;
  if (mtu !== 'auto' || levels === 0) return mtu;
  const below = portsOf(item.id, router).flatMap((port) => Number(actualMtu(port, router, levels - 1)) || []);
  return String(Math.min(1500, ...below));
}

/** Largest frame without the Ethernet header; undefined for interfaces that carry none. */
export function l2mtuOf(item: Item, router: RouterView, levels = MOST_LEVELS): string | undefined {
  if (levels === 0) return undefined;
  switch (item.values['type']) {
    case 'ether':
      return item.values['l2mtu'] ?? '1598';
    case 'wifi':
      return item.values['l2mtu'] ?? '1560';
    case 'wlan':
      return item.values['l2mtu'] ?? '1600';
    case 'bridge':
      return smallest(portsOf(item.id, router), router, levels) ?? '65535';
    case 'bond':
      return smallest(slavesOf(item, router), router, levels);
    case 'vlan':
    case 'vrrp': {
      const below = interfaceAt(item.values['interface'], router);
      const size = below && l2mtuOf(below, router, levels - 1);
      return size === undefined ? undefined : String(Number(size) - (item.values['type'] === 'vlan' ? TAG_BYTES : 0));
    }
    default:
      return undefined;
  }
}

/** Largest frame that the hardware can be set to. */
export function maxL2mtuOf(item: Item): string | undefined {
  if (item.values['type'] === 'ether') return '9796';
  return item.values['type'] === 'wlan' ? '2290' : undefined;
}

const TAG_BYTES = 4;

function smallest(items: readonly Item[], router: RouterView, levels: number): string | undefined {
  const sizes = items.flatMap((item) => Number(l2mtuOf(item, router, levels - 1)) || []);
  return sizes.length === 0 ? undefined : String(Math.min(...sizes));
}
