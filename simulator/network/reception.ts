import type { Item, RouterView } from '../engine/definition.ts';
import { bondOf, portEntryOf } from '../menus/interface/bridge-membership.ts';
import { filtersVlans, pvidOf, vlanAt } from '../menus/interface/bridge-vlans.ts';
import { actualInterface, interfaceOf, isUp } from './links.ts';
import { managementPort } from './management-link.ts';

/** Where the router takes in what comes through the managers' cable. */
export type Reception = {
  /** Id of the interface that its addresses must be on. */
  readonly interface: string;
  /** Id of the port, when it is one of a bridge. */
  readonly bridgePort?: string;
};

/** Follows untagged frames from the managers' cable to an interface; undefined when they are lost on the way. */
export function interfaceThatReceives(router: RouterView): Reception | undefined {
  const port = managementPort(router);
  if (!port || !isUp(router, port.id)) return undefined;
  const carrier = interfaceOf(router, actualInterface(router, port.id));
  if (!carrier || !isUp(router, carrier.id)) return undefined;
  if (carrier.values['type'] !== 'bridge') return { interface: carrier.id };
  const member = bondOf(port.id, router) ?? port;
  const through = throughBridge(carrier, member, router);
  return through === undefined || !isUp(router, through) ? undefined : { interface: through, bridgePort: member.id };
}

/** The bridge itself, or the VLAN interface on it that the frames belong to. */
function throughBridge(bridge: Item, port: Item, router: RouterView): string | undefined {
  if (!filtersVlans(bridge)) return bridge.id;
  const entry = portEntryOf(port.id, router);
  if (entry?.values['frame-types'] === 'admit-only-vlan-tagged') return undefined;
  const vlanId = pvidOf(port.id, router);
  // What goes back must leave the port without a tag again.
  if (vlanAt(bridge, port.id, vlanId, router) !== 'untagged') return undefined;
  const atBridge = vlanAt(bridge, bridge.id, vlanId, router);
  if (atBridge === 'untagged') {
    return bridge.values['frame-types'] === 'admit-only-vlan-tagged' ? undefined : bridge.id;
  }
  if (atBridge === 'blocked') return undefined;
  return router
    .items('/interface')
    .find(
      ({ values }) =>
        values['type'] === 'vlan' && values['interface'] === bridge.id && values['vlan-id'] === String(vlanId),
    )?.id;
}
