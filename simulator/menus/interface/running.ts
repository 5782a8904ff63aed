import type { Item, RouterView } from '../../engine/definition.ts';
import { hasClients } from './wireless-clients.ts';
import { portsOf } from './bridge-membership.ts';

/**
 * Does the interface pass traffic? A port needs a link, a VLAN and VRRP what they are on, a bond one of its slaves, and a
 * bridge one of its ports (one without ports always runs); a radio runs while somebody is connected.
 */
export function isRunning(item: Item, router: RouterView): boolean {
  return runs(item, router, MOST_LEVELS);
}

/** Interfaces on interfaces, at most: a VLAN on a bridge that it is a port of has no end otherwise. */
export const MOST_LEVELS = 8;

function runs(item: Item, router: RouterView, levels: number): boolean {
  if (levels === 0 || item.values['disabled'] === 'true') return false;
  switch (item.values['type']) {
    case 'ether':
      return item.internal['unplugged'] !== 1;
    case 'bridge': {
      const ports = portsOf(item.id, router);
      return ports.length === 0 || anyRuns(ports, router, levels);
    }
    case 'bond':
      return anyRuns(slavesOf(item, router), router, levels);
    case 'vlan':
    case 'vrrp': {
      const below = interfaceAt(item.values['interface'], router);
      return below !== undefined && runs(below, router, levels - 1);
    }
    case 'cap':
    case 'wifi':
    case 'wlan':
      return hasClients(item, router);
    case 'pppoe-out':
      // Nothing on the simulated wires answers to PPPoE.
      return false;
    default:
      return true;
  }
}

function anyRuns(items: readonly Item[], router: RouterView, levels: number): boolean {
  return items.some((item) => runs(item, router, levels - 1));
}

/** The interfaces that a bond is made of. */
export function slavesOf(bond: Item, router: RouterView): Item[] {
  return idsIn(bond.values['slaves']).flatMap((id) => interfaceAt(id, router) ?? []);
}

/** The interface with an id; undefined when it is gone. */
export function interfaceAt(id: string | undefined, router: RouterView): Item | undefined {
  return id === undefined ? undefined : router.items('/interface').find((item) => item.id === id);
}

/** Members of a stored comma list. */
export function idsIn(list: string | undefined): string[] {
  return (list ?? '').split(',').filter((id) => id !== '');
}
