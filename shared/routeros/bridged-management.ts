import { canonicalAddress } from './addresses.ts';
import { BRIDGE, BRIDGE_PORT } from './bridge-forwarding.ts';
import { carriersOf, CARRIER_MENUS } from './interface-carriers.ts';
import { findManagementPath, MANAGEMENT_MENUS, type ManagementPath } from './management-path.ts';
import { isWithin, parsePrefix } from './prefixes.ts';
import type { Router, RouterRecord } from './router.ts';
import { toBoolean, toNumber } from './values.ts';

const INTERFACES = '/interface';
const ADDRESSES = '/ip/address';
const ARP = '/ip/arp';
const HOSTS = `${BRIDGE}/host`;
const VLAN_INTERFACES = '/interface/vlan';

/** What `findBridgedManagement` reads. */
export const BRIDGED_MANAGEMENT_MENUS: readonly string[] = [
  ...new Set([...MANAGEMENT_MENUS, ...CARRIER_MENUS, INTERFACES, ADDRESSES, ARP, HOSTS, BRIDGE_PORT]),
];

/** A bridge through which the router is managed, and what on it receives: itself, or a VLAN interface. */
export interface ManagedBridge {
  bridge: string;
  /** Id of the VLAN interface on it; null for the bridge itself. */
  vlan: number | null;
  /** Behind which those are who manage it, by its MAC table; null when the table does not tell. */
  ports: string[] | null;
}

/** What carries the connection by which a router is managed. */
export interface BridgedManagement {
  bridges: ManagedBridge[];
  /** Interfaces of all kinds that carry it, or may: of a bridge those ports behind which the managers are, or else all. */
  carriers: string[];
}

/**
 * Finds what carries the connection by which the router is managed, down to the ports of bridges. Fails with
 * UNSAFE_OPERATION when nothing tells, such as behind a tunnel.
 */
export async function findBridgedManagement(router: Router): Promise<BridgedManagement> {
  const path = await findManagementPath(router);
  const macs = await managerMacs(router, path);
  const hosts = macs === null ? [] : await router.list(HOSTS, { fields: HOST_FIELDS });
  const portsOf = (bridge: string): string[] | null => (macs === null ? null : portsBehind(bridge, macs, hosts));
  const carriers = await carriersOf(router, path.interfaces, portsOf);
  const bridges = await managedBridges(router, path, carriers);
  return {
    bridges: bridges.map((one) => ({ ...one, ports: portsOf(one.bridge) })),
    carriers: [...carriers].toSorted(),
  };
}

const HOST_FIELDS = ['mac-address', 'on-interface', 'bridge', 'local'];

/** The bridges among the carriers, each with what on it carries. */
async function managedBridges(
  router: Router,
  { interfaces }: ManagementPath,
  carriers: ReadonlySet<string>,
): Promise<{ bridge: string; vlan: number | null }[]> {
  const rows = await router.list(INTERFACES, { fields: ['name', 'type'] });
  const bridges = new Set(
    rows.filter(({ type, name = '' }) => type === 'bridge' && carriers.has(name)).map(({ name }) => name),
  );
  if (bridges.size === 0) return [];
  const vlans = rows.some(({ type, name = '' }) => type === 'vlan' && carriers.has(name))
    ? await router.list(VLAN_INTERFACES, { fields: ['name', 'interface', 'vlan-id'] })
    : [];
  const onBridges = vlans.filter((row) => carriers.has(row['name'] ?? '') && bridges.has(row['interface']));
  const tagged = onBridges.map((row) => ({ bridge: row['interface'] ?? '', vlan: toNumber(row['vlan-id']) }));
  // What lies on a bridge makes the bridge a carrier too; by itself it carries where nothing with a tag does.
  const others = [...bridges].filter(
    (bridge = '') => interfaces.has(bridge) || !tagged.some((one) => one.bridge === bridge),
  );
  return [...tagged, ...others.map((bridge = '') => ({ bridge, vlan: null }))];
}

/** MAC addresses of the managers, or of the next hop to them; null when one of those is not known. */
async function managerMacs(router: Router, { peers, addresses, interfaces }: ManagementPath): Promise<string[] | null> {
  const networks = (await router.list(ADDRESSES, { fields: ['address'] })).flatMap(({ address = '' }) => {
    const own = canonicalAddress(address.split('/')[0] ?? '') ?? '';
    return addresses.has(own) ? (parsePrefix(address) ?? []) : [];
  });
  const near = [...peers].filter((peer) => networks.some((network) => isWithin(peer, network)));
  const neighbours = await router.list(ARP, { fields: ['address', 'mac-address', 'interface'] });
  const macs = near.map(
    (peer) =>
      neighbours.find(({ address, interface: name = '' }) => address === peer && interfaces.has(name))?.['mac-address'],
  );
  const known = macs.filter((mac) => mac !== undefined && mac !== '');
  return known.length === 0 || known.length < macs.length ? null : known.flatMap((mac) => mac?.toUpperCase() ?? []);
}

function portsBehind(bridge: string, macs: readonly string[], hosts: readonly RouterRecord[]): string[] | null {
  const ports = macs.map(
    (mac) =>
      hosts.find(
        (host) => host['bridge'] === bridge && host['mac-address']?.toUpperCase() === mac && !toBoolean(host['local']),
      )?.['on-interface'],
  );
  if (ports.includes(undefined)) return null;
  return [...new Set(ports.flatMap((port) => port ?? []))].toSorted();
}
