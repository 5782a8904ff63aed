import type { Item, RouterView } from '../../engine/definition.ts';
import { portEntryOf } from './bridge-membership.ts';

/** Does a bridge look at VLAN tags? One that does not passes every VLAN between all of its ports. */
export function filtersVlans(bridge: Item): boolean {
  return bridge.values['vlan-filtering'] === 'true';
}

/** The VLAN that untagged frames belong to at a port, or at the bridge itself. */
export function pvidOf(interfaceId: string, router: RouterView): number {
  const bridge = router.items('/interface/bridge').find((item) => item.id === interfaceId);
  return Number((bridge ?? portEntryOf(interfaceId, router))?.values['pvid'] ?? 1);
}

/** What a VLAN-filtering bridge does with a VLAN at one of its ports or at itself (`member` is an interface id). */
export function vlanAt(
  bridge: Item,
  member: string,
  vlanId: number,
  router: RouterView,
): 'tagged' | 'untagged' | 'blocked' {
  const entries = vlanEntriesOf(bridge.id, router).filter((entry) => coversVlan(entry, vlanId));
  const lists = (name: string): boolean => entries.some((entry) => entry.values[name]?.split(',').includes(member));
  if (lists('tagged')) return 'tagged';
  if (lists('untagged') || pvidOf(member, router) === vlanId) return 'untagged';
  return 'blocked';
}

/** The enabled entries of `/interface/bridge/vlan` for a bridge. */
export function vlanEntriesOf(bridgeId: string, router: RouterView): Item[] {
  return router
    .items('/interface/bridge/vlan')
    .filter((entry) => entry.values['bridge'] === bridgeId && entry.values['disabled'] !== 'true');
}

/** Is the VLAN one of an entry's `vlan-ids` (`10,20-30`)? */
export function coversVlan(entry: Item, vlanId: number): boolean {
  return (entry.values['vlan-ids'] ?? '').split(',').some((part) => {
    const [first = '', last = first] = part.split('-');
    return Number(first) <= vlanId && vlanId <= Number(last);
  });
}
