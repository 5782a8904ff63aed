/** Menus whose rows are looked at from the first to the last, so that their order is a setting too. */
export const ORDERED_MENUS: ReadonlySet<string> = new Set([
  '/caps-man/access-list',
  '/caps-man/provisioning',
  '/interface/bridge/filter',
  '/interface/bridge/nat',
  '/interface/ethernet/switch/rule',
  '/interface/wifi/access-list',
  '/interface/wifi/provisioning',
  '/interface/wireless/access-list',
  '/interface/wireless/connect-list',
  '/ip/dns/static',
  '/ip/firewall/calea',
  '/ip/firewall/filter',
  '/ip/firewall/mangle',
  '/ip/firewall/nat',
  '/ip/firewall/raw',
  '/ip/hotspot/ip-binding',
  '/ip/hotspot/walled-garden',
  '/ip/hotspot/walled-garden/ip',
  '/ip/ipsec/policy',
  '/ip/proxy/access',
  '/ip/proxy/cache',
  '/ip/proxy/direct',
  '/ip/socks/access',
  '/ipv6/firewall/filter',
  '/ipv6/firewall/mangle',
  '/ipv6/firewall/nat',
  '/ipv6/firewall/raw',
  '/queue/simple',
  '/radius',
  '/routing/filter/rule',
  '/routing/ospf/interface-template',
  '/routing/rule',
]);

/**
 * The fields of an added row that say which one it is, as a person would name it: of a bridge port the interface. Those
 * that the row lacks are left out.
 */
export function namingFields(menu: string, values: Readonly<Record<string, string>>): string[] {
  const known = (NAMED_BY[menu] ?? []).filter((field) => Object.hasOwn(values, field));
  if (known.length > 0) return known;
  if (Object.hasOwn(values, 'name')) return ['name'];
  if ((values['comment'] ?? '') !== '') return ['chain', 'comment'].filter((field) => Object.hasOwn(values, field));
  const telling = Object.keys(values)
    .filter((field) => !INCIDENTAL.has(field))
    .sort();
  return telling.length > 0 ? telling : Object.keys(values).sort();
}

/** What a row is named by, where it is not its name, or where names repeat. */
const NAMED_BY: Readonly<Record<string, readonly string[]>> = {
  '/container/envs': ['list', 'name', 'key'],
  '/interface/bridge/mdb': ['bridge', 'group'],
  '/interface/bridge/msti': ['bridge', 'identifier'],
  '/interface/bridge/port': ['interface'],
  '/interface/bridge/vlan': ['bridge', 'vlan-ids'],
  '/interface/ethernet/switch/vlan': ['switch', 'vlan-id'],
  '/interface/list/member': ['interface', 'list'],
  '/interface/wireguard/peers': ['interface', 'public-key'],
  '/ip/address': ['address'],
  '/ip/arp': ['address', 'interface'],
  '/ip/dhcp-client': ['interface'],
  '/ip/dhcp-server/lease': ['mac-address', 'client-id', 'server'],
  '/ip/dhcp-server/network': ['address'],
  '/ip/dns/static': ['name', 'regexp', 'type'],
  '/ip/firewall/address-list': ['list', 'address'],
  '/ip/hotspot/ip-binding': ['mac-address', 'address'],
  '/ip/ipsec/identity': ['peer'],
  '/ip/ipsec/policy': ['peer', 'src-address', 'dst-address', 'group'],
  '/ip/route': ['dst-address', 'gateway', 'routing-table'],
  '/ip/traffic-flow/target': ['dst-address', 'port'],
  '/ip/upnp/interfaces': ['interface'],
  '/ipv6/address': ['address', 'from-pool', 'interface'],
  '/ipv6/dhcp-client': ['interface'],
  '/ipv6/firewall/address-list': ['list', 'address'],
  '/ipv6/nd': ['interface'],
  '/ipv6/nd/prefix': ['prefix', 'interface'],
  '/ipv6/route': ['dst-address', 'gateway', 'routing-table'],
  '/mpls/ldp/interface': ['interface'],
  '/radius': ['address', 'service'],
  '/routing/ospf/interface-template': ['area', 'interfaces', 'networks'],
  '/system/logging': ['topics', 'action', 'prefix'],
  '/system/ntp/client/servers': ['address'],
  '/tool/netwatch': ['host', 'type', 'port', 'name'],
};

/** Fields that are switched on a row that stays the same one. */
const INCIDENTAL: ReadonlySet<string> = new Set(['comment', 'disabled', 'log', 'log-prefix']);
