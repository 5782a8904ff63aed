/** How the console lays out the rows of a menu. What is not listed prints in a general form. */
export type Layout = {
  /** Columns of the table, and the first properties of the other forms. */
  readonly columns?: readonly string[];
  /** `print` alone writes what others write with `detail`. */
  readonly detailed?: true;
  /** Flags in groups; each group is one column. */
  readonly flags?: readonly (readonly string[])[];
};

/** The layout of a menu. Sources: manual, the pages of the menus; captures of 7.16 and 7.18. */
export function layoutOf(path: string): Layout {
  return LAYOUTS[path] ?? (/\/firewall\/(filter|nat|mangle|raw)$/.test(path) ? FIREWALL : {});
}

const FIREWALL: Layout = { columns: ['chain', 'action'], detailed: true };

const INTERFACE_FLAGS = [['dynamic'], ['disabled', 'running'], ['slave']];
const ROUTE_FLAGS = [['dynamic'], ['disabled', 'inactive', 'active'], ['connect', 'static', 'bgp', 'ospf'], ['ecmp']];

const LAYOUTS: Readonly<Record<string, Layout | undefined>> = {
  '/interface': { columns: ['name', 'type', 'actual-mtu', 'l2mtu', 'mac-address'], flags: INTERFACE_FLAGS },
  '/interface/bridge': { detailed: true, columns: ['name', 'mtu', 'actual-mtu', 'l2mtu'], flags: INTERFACE_FLAGS },
  '/interface/bridge/port': { columns: ['interface', 'bridge', 'hw', 'pvid', 'priority'] },
  '/interface/bridge/vlan': { columns: ['bridge', 'vlan-ids', 'current-tagged', 'current-untagged'] },
  '/interface/ethernet': { columns: ['name', 'mtu', 'mac-address', 'arp', 'switch'], flags: INTERFACE_FLAGS },
  '/interface/list': { columns: ['name'] },
  '/interface/list/member': { columns: ['list', 'interface'] },
  '/interface/vlan': { columns: ['name', 'mtu', 'arp', 'vlan-id', 'interface'], flags: INTERFACE_FLAGS },
  '/interface/wifi': {
    columns: ['name', 'configuration.mode', 'configuration.ssid', 'channel.frequency', 'disabled'],
    flags: [['dynamic', 'default'], ['disabled', 'running'], ['slave']],
  },
  '/ip/address': { columns: ['address', 'network', 'interface'] },
  '/ip/arp': { columns: ['address', 'mac-address', 'interface', 'status'] },
  '/ip/dhcp-client': { columns: ['interface', 'use-peer-dns', 'add-default-route', 'status', 'address'] },
  '/ip/dhcp-server': { columns: ['name', 'interface', 'address-pool', 'lease-time'] },
  '/ip/dhcp-server/lease': { columns: ['address', 'mac-address', 'host-name', 'server', 'status', 'last-seen'] },
  '/ip/dhcp-server/network': { columns: ['address', 'gateway', 'dns-server'] },
  '/ip/dns/static': { columns: ['name', 'type', 'address', 'ttl'] },
  '/ip/firewall/address-list': { columns: ['list', 'address', 'creation-time', 'timeout'] },
  '/ip/neighbor': { columns: ['interface', 'address', 'mac-address', 'identity', 'version', 'board'] },
  '/ip/pool': { columns: ['name', 'ranges'] },
  '/ip/route': { columns: ['dst-address', 'gateway', 'routing-table', 'distance'], flags: ROUTE_FLAGS },
  '/ip/service': { columns: ['name', 'port', 'address', 'certificate', 'vrf', 'max-sessions'] },
  '/log': { columns: ['time', 'topics', 'message'] },
  '/file': { columns: ['name', 'type', 'size', 'last-modified'] },
  '/system/history': {
    columns: ['action', 'by', 'policy', 'time'],
    flags: [['undoable'], ['redoable'], ['floating-undo']],
  },
  '/system/logging': { columns: ['topics', 'action', 'prefix'] },
  '/system/package': { columns: ['name', 'version', 'build-time', 'size'] },
  '/system/resource': {
    columns: [
      'uptime',
      'version',
      'build-time',
      'factory-software',
      'free-memory',
      'total-memory',
      'cpu',
      'cpu-count',
      'cpu-frequency',
      'cpu-load',
      'free-hdd-space',
      'total-hdd-space',
      'write-sect-since-reboot',
      'write-sect-total',
      'bad-blocks',
      'architecture-name',
      'board-name',
      'platform',
    ],
  },
  '/system/scheduler': { columns: ['name', 'start-date', 'start-time', 'interval', 'on-event', 'run-count'] },
  '/system/script': { columns: ['name', 'owner', 'policy', 'source'], detailed: true },
  '/user': { columns: ['name', 'group', 'last-logged-in'] },
  '/user/active': { columns: ['when', 'name', 'address', 'via'] },
  '/user/group': { columns: ['name', 'policy', 'skin'], detailed: true },
};
