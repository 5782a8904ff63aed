import { AppError } from '../errors/app-error.ts';
import type { Router, RouterRecord } from './router.ts';
import { toList } from './values.ts';

const INTERFACES = '/interface';

/** Interfaces made of others, by their type: the menu that tells, and how its row names them. */
const MADE_OF_OTHERS: Readonly<Record<string, { menu: string; fields: readonly string[] }>> = {
  vlan: { menu: '/interface/vlan', fields: ['name', 'interface'] },
  bond: { menu: '/interface/bonding', fields: ['name', 'slaves'] },
  vrrp: { menu: '/interface/vrrp', fields: ['name', 'interface'] },
  'pppoe-out': { menu: '/interface/pppoe-client', fields: ['name', 'interface'] },
};
const BRIDGE_PORTS = '/interface/bridge/port';

/** Radios, by their type: a virtual access point is carried by the radio that it stands on, its master. */
const RADIOS: Readonly<Record<string, string>> = {
  cap: '/caps-man/interface',
  wifi: '/interface/wifi',
  wlan: '/interface/wireless',
};
const WIFI_BEFORE_7_13 = '/interface/wifiwave2';

/** Ends of the way: ports of the router itself. */
const CARRIES_ITSELF: ReadonlySet<string> = new Set(['ether', 'loopback', 'lo', 'lte', 'veth']);

/** What `carriersOf` reads. */
export const CARRIER_MENUS: readonly string[] = [
  INTERFACES,
  BRIDGE_PORTS,
  ...Object.values(MADE_OF_OTHERS).map(({ menu }) => menu),
  ...Object.values(RADIOS),
  WIFI_BEFORE_7_13,
];

/**
 * The interfaces and all that carry them: ports of a bridge, what a VLAN lies on, members of a bond, the radio of a virtual
 * access point, and so on down. Fails with UNSAFE_OPERATION when one of them is a tunnel or of another type whose carriers
 * cannot be told. `portsOf` names the ports of a bridge that matter, where that is known; null are all of them.
 */
export async function carriersOf(
  router: Router,
  names: Iterable<string>,
  portsOf: (bridge: string) => readonly string[] | null = () => null,
): Promise<ReadonlySet<string>> {
  const typeOf = new Map(
    (await router.list(INTERFACES, { fields: ['name', 'type'] })).map((row) => [row['name'] ?? '', row['type'] ?? '']),
  );
  const { radios } = await router.facts();
  const rowsOf = remembering((menu, fields) =>
    router.list(menu === RADIOS['wifi'] && radios === WIFI_BEFORE_7_13 ? radios : menu, { fields }),
  );
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    const type = typeOf.get(name) ?? '';
    open.push(...((type === 'bridge' ? portsOf(name) : null) ?? (await beneath(name, type, rowsOf))));
  }
  return found;
}

type RowsOf = (menu: string, fields: readonly string[]) => Promise<RouterRecord[]>;

async function beneath(name: string, type: string, rowsOf: RowsOf): Promise<string[]> {
  if (CARRIES_ITSELF.has(type)) return [];
  if (type === 'bridge') {
    const ports = await rowsOf(BRIDGE_PORTS, ['bridge', 'interface']);
    return ports.filter((port) => port['bridge'] === name).flatMap((port) => port['interface'] ?? []);
  }
  const radios = RADIOS[type];
  if (radios !== undefined) {
    const radio = (await rowsOf(radios, ['name', 'master-interface'])).find((candidate) => candidate['name'] === name);
    return toList(radio?.['master-interface']).filter((master) => master !== 'none');
  }
  const made = MADE_OF_OTHERS[type];
  const row = made && (await rowsOf(made.menu, made.fields)).find((candidate) => candidate['name'] === name);
  if (row) return toList(row['slaves'] ?? row['interface']);
  throw new AppError('UNSAFE_OPERATION', {
    message: 'The router is managed through an interface of which cannot be told what carries it, such as a tunnel.',
    hint: 'Make the change at the router.',
  });
}

/** Reads each menu once. */
function remembering(read: RowsOf): RowsOf {
  const known = new Map<string, Promise<RouterRecord[]>>();
  return (menu, fields) => {
    const rows = known.get(menu) ?? read(menu, fields);
    known.set(menu, rows);
    return rows;
  };
}
