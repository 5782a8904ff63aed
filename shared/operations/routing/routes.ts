import { z } from 'zod';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toFlag, toNumber } from '../../routeros/values.ts';
import { listAtMost } from '../list-at-most.ts';

/** The routes of each family. */
export const ROUTE_MENUS = { ipv4: '/ip/route', ipv6: '/ipv6/route' } as const;
export const Family = z.enum(['ipv4', 'ipv6']);
export type Family = z.infer<typeof Family>;

/** Where a route came from, and the flag by which routers show it. */
export const PROTOCOL_FLAGS = {
  static: 'static',
  connected: 'connect',
  dhcp: 'dhcp',
  bgp: 'bgp',
  ospf: 'ospf',
  rip: 'rip',
  isis: 'is-is',
  vpn: 'vpn',
  modem: 'modem',
  slaac: 'slaac',
} as const;
export const RouteProtocol = z.enum([
  'static',
  'connected',
  'dhcp',
  'bgp',
  'ospf',
  'rip',
  'isis',
  'vpn',
  'modem',
  'slaac',
  'other',
]);
export type RouteProtocol = z.infer<typeof RouteProtocol>;

export const ROUTE_FIELDS = [
  'dst-address',
  'gateway',
  'immediate-gw',
  'distance',
  'scope',
  'target-scope',
  'routing-table',
  'pref-src',
  'check-gateway',
  'blackhole',
  'ecmp',
  'active',
  'inactive',
  'dynamic',
  'disabled',
  'comment',
  ...Object.values(PROTOCOL_FLAGS),
];

/** Routes that are read at once, a few MiB. A table with all routes of the Internet has a hundred times as many. */
export const MOST_ROUTES = 10_000;

/** The routes of a family; of a table too large to be read whole, those that hold `only`. */
export function readRoutes(
  router: Router,
  family: Family,
  only: Readonly<Record<string, string | undefined>>,
): Promise<RouterRecord[]> {
  const hint = 'Narrow the list by protocol, gateway or table, or take get_routing_summary.';
  return listAtMost(router, ROUTE_MENUS[family], { fields: ROUTE_FIELDS, only, most: MOST_ROUTES, hint });
}

export function protocolOf(row: RouterRecord): RouteProtocol {
  const found = Object.entries(PROTOCOL_FLAGS).find(([, flag]) => toFlag(row[flag]));
  if (found !== undefined) return found[0] as RouteProtocol;
  // Rows of older builds carry no flag when they are static.
  return toBoolean(row['dynamic']) ? 'other' : 'static';
}

/** Disabled routes lack what the router would work out for them. */
export function tableOf(row: RouterRecord): string | null {
  return row['routing-table'] ?? null;
}

export function distanceOf(row: RouterRecord): number | null {
  return toNumber(row['distance']);
}
