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

/** Ends of the way: ports and radios of the router itself. */
const CARRIES_ITSELF: ReadonlySet<string> = new Set(['ether', 'loopback', 'lo', 'wlan', 'wifi', 'lte', 'cap', 'veth']);

/** What `carriersOf` reads. */
export const CARRIER_MENUS: readonly string[] = [
  INTERFACES,
  BRIDGE_PORTS,
  ...Object.values(MADE_OF_OTHERS).map(({ menu }) => menu),
];

/**
 * The interfaces and all that carry them: ports of a bridge, what a VLAN lies on, members of a bond, and so on down. Fails
 * with UNSAFE_OPERATION when one of them is a tunnel or of another type whose carriers cannot be told.
 */
export async function carriersOf(router: Router, names: Iterable<string>): Promise<ReadonlySet<string>> {
  const typeOf = new Map(
    (await router.list(INTERFACES, { fields: ['name', 'type'] })).map((row) => [row['name'] ?? '', row['type'] ?? '']),
  );
  const rowsOf = remembering((menu, fields) => router.list(menu, { fields }));
  const found = new Set<string>();
  const open = [...names];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(await beneath(name, typeOf.get(name) ?? '', rowsOf)));
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
