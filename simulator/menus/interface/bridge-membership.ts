import type { Item, RouterView } from '../../engine/definition.ts';

/** The enabled entry of `/interface/bridge/port` for an interface; undefined when it is in no bridge. */
export function portEntryOf(interfaceId: string, router: RouterView): Item | undefined {
  return enabledEntries(router).find((entry) => entry.values['interface'] === interfaceId);
}

/** The bridge that an interface is a port of; undefined when it is in none, or the bridge is gone. */
export function bridgeOf(interfaceId: string, router: RouterView): Item | undefined {
  const entry = portEntryOf(interfaceId, router);
  return entry && router.items('/interface/bridge').find((bridge) => bridge.id === entry.values['bridge']);
}

/** The interfaces that are ports of a bridge, running or not. */
export function portsOf(bridgeId: string, router: RouterView): Item[] {
  const ids = enabledEntries(router)
    .filter((entry) => entry.values['bridge'] === bridgeId)
    .map((entry) => entry.values['interface']);
  return ids.length === 0 ? [] : router.items('/interface').filter((item) => ids.includes(item.id));
}

/** The bond that an interface is a slave of. */
export function bondOf(interfaceId: string, router: RouterView): Item | undefined {
  return router
    .items('/interface/bonding')
    .find((bond) => bond.values['disabled'] !== 'true' && bond.values['slaves']?.split(',').includes(interfaceId));
}

/** Does the interface belong to a bridge or a bond, which then carries its addresses and traffic? */
export function isSlave(interfaceId: string, router: RouterView): boolean {
  return bridgeOf(interfaceId, router) !== undefined || bondOf(interfaceId, router) !== undefined;
}

/** The interface whose traffic an interface carries in the end: its bond, its bridge, or itself. */
export function actualInterface(item: Item, router: RouterView): Item {
  const bond = bondOf(item.id, router) ?? item;
  return bridgeOf(bond.id, router) ?? bond;
}

function enabledEntries(router: RouterView): Item[] {
  return router.items('/interface/bridge/port').filter((entry) => entry.values['disabled'] !== 'true');
}
