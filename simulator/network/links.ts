import type { Item, RouterView } from '../engine/definition.ts';
import { actualInterface as carrierOf, bridgeOf } from '../menus/interface/bridge-membership.ts';
import { interfaceAt, isRunning } from '../menus/interface/running.ts';

/** The interface of an id; undefined when it is gone. */
export function interfaceOf(router: RouterView, id: string | undefined): Item | undefined {
  return interfaceAt(id, router);
}

/** Name of the interface with an id; the bare id when it is gone. */
export function interfaceName(router: RouterView, id: string): string {
  return interfaceOf(router, id)?.values['name'] ?? id;
}

/** Id of the interface that packets of an address really use: the bridge or bond, when the interface is part of one. */
export function actualInterface(router: RouterView, id: string): string {
  const item = interfaceOf(router, id);
  return item ? carrierOf(item, router).id : id;
}

/** Is the interface part of a bridge or a bond? */
export function isSlavePort(router: RouterView, id: string): boolean {
  return actualInterface(router, id) !== id;
}

/** Is the interface there, enabled, and does its link work? */
export function isUp(router: RouterView, id: string | undefined): boolean {
  const item = interfaceOf(router, id);
  return item !== undefined && isRunning(item, router);
}

/** Does the interface, or a port of the bridge that it is, lead to the network upstream? */
export function leadsUpstream(router: RouterView, id: string): boolean {
  const uplink = uplinkInterface(router);
  return uplink !== undefined && isUp(router, uplink) && (uplink === id || bridgeOf(uplink, router)?.id === id);
}

/** The first port of the board, into which the network upstream is plugged. */
export function uplinkInterface(router: RouterView): string | undefined {
  const port = router.board.interfaces[0]?.name;
  return router.items('/interface').find(({ values }) => (values['default-name'] ?? values['name']) === port)?.id;
}
