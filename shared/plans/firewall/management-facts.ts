import { z } from 'zod';
import { AppError } from '../../errors/app-error.ts';
import { findManagementPath, MANAGEMENT_MENUS, MANAGEMENT_SERVICES } from '../../routeros/management-path.ts';
import { parseAddress } from '../../routeros/ip-text.ts';
import { isWithin, parsePrefix } from '../../routeros/prefixes.ts';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toNumber } from '../../routeros/values.ts';
import type { Family } from './rule-fields.ts';

/** What of a router tells whether a rule meets the packets by which it is managed. */
export const ManagementFacts = z.strictObject({
  managers: z.array(
    z.strictObject({
      address: z.string(),
      /** Address lists that hold it; null when there are too many entries to look. */
      lists: z.array(z.string()).nullable(),
    }),
  ),
  /** Of the router, that managers talk to; none when they see another one. */
  addresses: z.array(z.string()),
  interfaces: z.array(z.string()),
  services: z.array(z.strictObject({ name: z.string(), port: z.int() })),
});
export type ManagementFacts = z.infer<typeof ManagementFacts>;

/** Interfaces, and the members of each interface list. */
export const InterfaceFacts = z.strictObject({
  names: z.array(z.string()),
  lists: z.record(z.string(), z.array(z.string())),
});
export type InterfaceFacts = z.infer<typeof InterfaceFacts>;

const INTERFACES = '/interface';
const LISTS = '/interface/list';
const MEMBERS = '/interface/list/member';
const SERVICES = '/ip/service';
const ADDRESS_LISTS = { ipv4: '/ip/firewall/address-list', ipv6: '/ipv6/firewall/address-list' } as const;

/** What is read for both. */
export const FACT_MENUS: readonly string[] = [
  ...new Set([...MANAGEMENT_MENUS, INTERFACES, LISTS, MEMBERS, SERVICES, ...Object.values(ADDRESS_LISTS)]),
];

/** A longer list of addresses is not read to find the managers in it. */
const MOST_ENTRIES = 10_000;

export async function captureInterfaces(router: Router): Promise<InterfaceFacts> {
  const names = (await router.list(INTERFACES, { fields: ['name'] })).map(({ name = '' }) => name).sort();
  const lists = await router.list(LISTS, { fields: ['name', 'include', 'exclude'] });
  const members = (await router.list(MEMBERS, { fields: ['list', 'interface', 'disabled'] })).filter(
    ({ disabled }) => !toBoolean(disabled),
  );
  const own = new Map<string, Set<string>>(lists.map(({ name = '' }) => [name, new Set<string>()]));
  for (const { list = '', interface: member = '' } of members) own.get(list)?.add(member);
  own.set('all', new Set(names));
  // Lists include each other; what one leaves out, it leaves out whatever it includes.
  for (let round = 0; round < lists.length; round++) {
    for (const { name = '', include, exclude } of lists) {
      const list = own.get(name);
      for (const other of toList(include)) for (const member of own.get(other) ?? []) list?.add(member);
      for (const other of toList(exclude)) for (const member of own.get(other) ?? []) list?.delete(member);
    }
  }
  return { names, lists: Object.fromEntries([...own].map(([name, list]) => [name, [...list].sort()])) };
}

/** Null when nothing tells how the router is managed. */
export async function captureManagement(router: Router, family: Family): Promise<ManagementFacts | null> {
  const path = await findManagementPath(router).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'UNSAFE_OPERATION') return null;
    throw error;
  });
  if (path === null || path.managers.size === 0) return null;
  const isOfFamily = (address: string): boolean => parseAddress(address)?.family === (family === 'ipv4' ? 4 : 6);
  const managers = [...path.managers].filter(isOfFamily).sort();
  const entries = managers.length === 0 ? [] : await listedAddresses(router, family);
  return {
    managers: managers.map((address) => ({ address, lists: entries && listsOf(address, entries) })),
    addresses: [...path.addresses].filter(isOfFamily).sort(),
    interfaces: await masters(router, [...path.interfaces]),
    services: await servicesOf(router),
  };
}

async function servicesOf(router: Router): Promise<ManagementFacts['services']> {
  const rows = await router.list(SERVICES, { fields: ['name', 'port', 'disabled', 'connection', 'dynamic'] });
  return rows
    .filter((row) => !toBoolean(row['connection']) && !toBoolean(row['disabled']))
    .filter((row) => MANAGEMENT_SERVICES.has(row['name'] ?? ''))
    .flatMap(({ name = '', port }) => {
      const number = toNumber(port);
      return number === null ? [] : [{ name, port: number }];
    })
    .sort((a, b) => a.port - b.port);
}

/** Rules see the bridge or bond, not its ports, so these are left out where others are left. */
async function masters(router: Router, interfaces: readonly string[]): Promise<string[]> {
  const rows = await router.list(INTERFACES, { fields: ['name', 'slave'] });
  const slaves = new Set(rows.filter(({ slave }) => toBoolean(slave)).map(({ name }) => name));
  const free = interfaces.filter((name) => !slaves.has(name));
  return (free.length > 0 ? free : [...interfaces]).sort();
}

async function listedAddresses(router: Router, family: Family): Promise<RouterRecord[] | null> {
  const menu = ADDRESS_LISTS[family];
  if ((await router.count(menu)) > MOST_ENTRIES) return null;
  const rows = await router.list(menu, { fields: ['list', 'address', 'disabled'] });
  return rows.filter(({ disabled }) => !toBoolean(disabled));
}

function listsOf(address: string, entries: readonly RouterRecord[]): string[] {
  const holding = entries.filter((entry) => holdsAddress(entry['address'] ?? '', address));
  return [...new Set(holding.map(({ list = '' }) => list))].sort();
}

/** An address, a network or a range; names of hosts hold nothing, the addresses behind them are rows of their own. */
export function holdsAddress(text: string, address: string): boolean {
  const [from = '', to] = text.split('-');
  const looked = parseAddress(address);
  if (to === undefined) {
    const prefix = parsePrefix(from);
    return prefix !== null && isWithin(address, prefix);
  }
  const [first, last] = [parseAddress(from), parseAddress(to)];
  if (looked === null || first?.family !== looked.family || last?.family !== looked.family) return false;
  return first.value <= looked.value && looked.value <= last.value;
}
