import type { Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { actualInterface, interfaceOf, isUp } from '../../network/links.ts';
import { lanOperators } from '../../network/lan-operators.ts';
import { interfaceThatReceives } from '../../network/reception.ts';
import { UPLINK_GATEWAY } from '../../network/outside.ts';
import { lookUpRoute } from '../../network/look-up-route.ts';
import { isBound, refreshLeases } from '../../network/lan-leases.ts';
import { macAddress } from '../../values/mac-address.ts';
import { boolean, ipv4Address, word } from '../../values/field-types.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** First version that prints the state of an entry and its VRF. Where they came in is not measured. */
const STATUS_SINCE = '7.15';

/** How `DHCP` is spelt: in upper case on 7.11.2; whether later versions changed it is not measured. */
const DHCP_KEY = 'DHCP';

/** MAC address of the gateway upstream. */
const GATEWAY_MAC = '2C:C8:1B:F0:A8:BA';

/** Neighbours on the link: entries of the configuration, and those that the router learned. */
export const ipArp: MenuDefinition = {
  path: '/ip/arp',
  kind: 'list',
  noun: 'arp entry',
  fields: {
    [DHCP_KEY]: computed((item) => String(item.internal['dhcp'] === 1)),
    address: { type: ipv4Address, required: true },
    comment,
    complete: computed((item) => String(item.values['mac-address'] !== undefined)),
    disabled,
    dynamic,
    interface: { type: interfaceReference, required: true },
    invalid: computed((item, router) => String(interfaceOf(router, item.values['interface']) === undefined)),
    'mac-address': { type: macAddress },
    published: { type: boolean, default: 'false' },
    status: { ...computed(statusOf), since: STATUS_SINCE },
    vrf: { type: word('main'), access: 'read-only', default: 'main', since: STATUS_SINCE },
  },
  derived: (router) => [...upstreamNeighbours(router), ...lanNeighbours(router), ...managers(router)],
  collision: ({ address, interface: port, disabled: off }, others) =>
    off !== 'true' &&
    others.some(
      ({ values }) => values['address'] === address && values['interface'] === port && values['disabled'] !== 'true',
    )
      ? 'already have such entry'
      : undefined,
};

/** Learned entries go stale and are confirmed again, each in its own time. */
function statusOf(item: Item, router: RouterView): string {
  if (!item.dynamic) return item.values['mac-address'] === undefined ? 'incomplete' : 'permanent';
  const phase = (router.clock.uptimeMs() / 1000 + (item.internal['phase'] ?? 0)) % 90;
  if (phase < 30) return 'reachable';
  if (phase < 80) return 'stale';
  return phase < 85 ? 'delay' : 'probe';
}

function upstreamNeighbours(router: RouterView): Item[] {
  const way = lookUpRoute(router, UPLINK_GATEWAY);
  if (way.kind !== 'forward' || way.gateway !== undefined) return [];
  return [neighbour('*10000', UPLINK_GATEWAY, way.interface, GATEWAY_MAC, 0)];
}

/** Machines with a lease; a server with `add-arp` makes the entry itself. */
function lanNeighbours(router: RouterView): Item[] {
  refreshLeases(router);
  return router.items('/ip/dhcp-server/lease').flatMap((lease) => {
    const serverId = `*${(lease.internal['server'] ?? 0).toString(16).toUpperCase()}`;
    const server = router.items('/ip/dhcp-server').find(({ id }) => id === serverId);
    const { address, 'mac-address': mac } = lease.values;
    const port = server && actualInterface(router, server.values['interface'] ?? '');
    if (!isBound(lease, router) || !address || !mac || port === undefined || !isUp(router, port)) return [];
    const position = Number.parseInt(lease.id.slice(1), 16);
    const entry = neighbour(`*${(0x10000 + position).toString(16).toUpperCase()}`, address, port, mac, position * 17);
    if (server?.values['add-arp'] === 'true') entry.internal['dhcp'] = 1;
    return [entry];
  });
}

/** Those who are connected from the router's own LAN. */
function managers(router: RouterView): Item[] {
  const port = interfaceThatReceives(router)?.interface;
  if (port === undefined) return [];
  return lanOperators(router).map(({ address, mac }, position) =>
    neighbour(`*${(0x20000 + position).toString(16).toUpperCase()}`, address, port, mac, position * 13),
  );
}

function neighbour(id: string, address: string, port: string, mac: string, phase: number): Item {
  const values = { address, disabled: 'false', interface: port, 'mac-address': mac, published: 'false', vrf: 'main' };
  return { id, dynamic: true, values, internal: { phase } };
}
