import type { Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { isAtLeast } from '../../engine/version.ts';
import { isBound, refreshLeases } from '../../network/lan-leases.ts';
import { actualInterface, isUp } from '../../network/links.ts';
import { ipv6Address } from '../../values/address-types.ts';
import { macAddress } from '../../values/mac-address.ts';
import { text } from '../../values/field-types.ts';
import { formatIp } from '../../values/ip-prefix.ts';
import { interfaceReference } from '../interface/interface.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** First version in which neighbours can be written. The exact one is not measured. */
const STATIC_SINCE = '7.17';

const fields: MenuDefinition['fields'] = {
  address: { type: ipv6Address, required: true },
  comment,
  disabled,
  dynamic,
  interface: { type: interfaceReference, required: true },
  'mac-address': { type: macAddress },
  router: { type: text, access: 'read-only' },
  status: computed(statusOf),
};

/** Machines on the link; before they could be written there were only those that the router learned. */
export const ipv6Neighbor: MenuDefinition = {
  path: '/ipv6/neighbor',
  kind: 'list',
  noun: 'ipv6 neighbor',
  fields,
  derived: learned,
  available: ({ version }) => isAtLeast(version, STATIC_SINCE),
};

/** The same menu of older versions. */
export const ipv6LearnedNeighbor: MenuDefinition = {
  path: '/ipv6/neighbor',
  kind: 'list',
  rows: 'read-only',
  fields: {
    address: { type: text, access: 'read-only' },
    comment: { type: text, access: 'read-only' },
    dynamic,
    interface: { type: interfaceReference, access: 'read-only' },
    'mac-address': { type: text, access: 'read-only' },
    router: { type: text, access: 'read-only' },
    status: computed(statusOf),
  },
  derived: learned,
  available: ({ version }) => !isAtLeast(version, STATIC_SINCE),
};

function statusOf(item: Item, router: RouterView): string {
  if (!item.dynamic) return 'permanent';
  const phase = (router.clock.uptimeMs() / 1000 + (item.internal['phase'] ?? 0)) % 120;
  return phase < 40 ? 'reachable' : 'stale';
}

/** Machines with a lease speak IPv6 too, from their link-local addresses. */
function learned(router: RouterView): Item[] {
  if (router.singleton('/ipv6/settings')['disable-ipv6'] === 'true') return [];
  refreshLeases(router);
  return router.items('/ip/dhcp-server/lease').flatMap((lease) => {
    const serverId = `*${(lease.internal['server'] ?? 0).toString(16).toUpperCase()}`;
    const server = router.items('/ip/dhcp-server').find(({ id }) => id === serverId);
    const mac = lease.values['mac-address'];
    const port = actualInterface(router, server?.values['interface'] ?? '');
    if (!isBound(lease, router) || mac === undefined || !isUp(router, port)) return [];
    const position = Number.parseInt(lease.id.slice(1), 16);
    const values = { address: linkLocalOf(mac), disabled: 'false', interface: port, 'mac-address': mac };
    const id = `*${(0x10000 + position).toString(16).toUpperCase()}`;
    return [{ id, dynamic: true, values, internal: { phase: position * 23 } }];
  });
}

function linkLocalOf(mac: string): string {
  const [first = '0', second = '0', third = '0', ...rest] = mac.split(':');
  const octets = [
    Number.parseInt(first, 16) ^ 2,
    ...[second, third, 'FF', 'FE', ...rest].map((octet) => Number.parseInt(octet, 16)),
  ];
  const value = octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);
  return formatIp({ family: 6, value: (0xfe80n << 112n) | value });
}
