import { z } from 'zod';
import type { Router, RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toFlag, toList, toRequiredText } from '../../routeros/values.ts';
import { defineRead } from '../define-operation.ts';
import { Name, untrusted } from '../output-fields.ts';
import {
  distanceOf,
  Family,
  MOST_ROUTES,
  PROTOCOL_FLAGS,
  protocolOf,
  ROUTE_FIELDS,
  ROUTE_MENUS,
  RouteProtocol,
  tableOf,
} from './routes.ts';

const TABLES = '/routing/table';
const VRFS = '/ip/vrf';
const DEFAULTS = { ipv4: '0.0.0.0/0', ipv6: '::/0' } as const;
const MOST_DEFAULTS = 20;
const MOST_NAMES = 100;

const DefaultRoute = z.strictObject({
  gateway: untrusted(512).nullable(),
  distance: z.number().nullable(),
  table: Name.nullable(),
  protocol: RouteProtocol,
  active: z.boolean(),
  disabled: z.boolean(),
});

const RoutesOfFamily = z.strictObject({
  family: Family,
  total: z.int(),
  active: z.int(),
  inactive: z.int(),
  disabled: z.int(),
  dynamic: z.int(),
  /** By where they came from, without those that have none. */
  byProtocol: z.array(z.strictObject({ protocol: RouteProtocol, routes: z.int() })),
  defaultRoutes: z.array(DefaultRoute),
});

export const getRoutingSummary = defineRead({
  name: 'get_routing_summary',
  title: 'Routing summary',
  summary:
    'How many routes a router has by protocol and state, its default routes, routing tables and VRFs, at any table size.',
  toolset: 'routing',
  phase: 1,
  paths: [...Object.values(ROUTE_MENUS), TABLES, VRFS],
  input: z.strictObject({}),
  output: z.strictObject({
    families: z.array(RoutesOfFamily),
    tables: z.array(z.strictObject({ name: Name, disabled: z.boolean(), dynamic: z.boolean() })),
    vrfs: z.array(z.strictObject({ name: Name, interfaces: z.array(Name), disabled: z.boolean() })),
  }),
  example: {},
  handler: async (router) => ({
    families: [await summaryOf(router, 'ipv4'), await summaryOf(router, 'ipv6')],
    tables: (await router.list(TABLES, { fields: ['name', 'disabled', 'dynamic'] }))
      .slice(0, MOST_NAMES)
      .map((row) => ({
        name: toRequiredText(row['name'], 'name'),
        disabled: toBoolean(row['disabled']),
        dynamic: toBoolean(row['dynamic']),
      })),
    vrfs: (await router.list(VRFS, { fields: ['name', 'interfaces', 'disabled'] })).slice(0, MOST_NAMES).map((row) => ({
      name: toRequiredText(row['name'], 'name'),
      interfaces: toList(row['interfaces']).slice(0, MOST_NAMES),
      disabled: toBoolean(row['disabled']),
    })),
  }),
});

async function summaryOf(router: Router, family: Family): Promise<z.input<typeof RoutesOfFamily>> {
  const menu = ROUTE_MENUS[family];
  const total = await router.count(menu);
  if (total > MOST_ROUTES) return countedByRouter(router, family, total);
  const rows = await router.list(menu, { fields: ROUTE_FIELDS });
  const having = (flag: string): number => rows.filter((row) => toFlag(row[flag])).length;
  const byProtocol = RouteProtocol.options.map((protocol) => ({
    protocol,
    routes: rows.filter((row) => protocolOf(row) === protocol).length,
  }));
  return {
    family,
    total: rows.length,
    active: having('active'),
    inactive: having('inactive'),
    disabled: having('disabled'),
    dynamic: having('dynamic'),
    byProtocol: byProtocol.filter(({ routes }) => routes > 0),
    defaultRoutes: defaultsOf(rows.filter((row) => row['dst-address'] === DEFAULTS[family])),
  };
}

/** The router counts a table that is too large to be read. */
async function countedByRouter(router: Router, family: Family, total: number): Promise<z.input<typeof RoutesOfFamily>> {
  const menu = ROUTE_MENUS[family];
  const having = (flag: string): Promise<number> => router.count(menu, { [flag]: 'true' });
  const byProtocol = [];
  for (const [protocol, flag] of Object.entries(PROTOCOL_FLAGS)) {
    byProtocol.push({ protocol: protocol as RouteProtocol, routes: await having(flag) });
  }
  const known = byProtocol.reduce((sum, { routes }) => sum + routes, 0);
  byProtocol.push({ protocol: 'other' as const, routes: Math.max(0, total - known) });
  return {
    family,
    total,
    active: await having('active'),
    inactive: await having('inactive'),
    disabled: await having('disabled'),
    dynamic: await having('dynamic'),
    byProtocol: byProtocol.filter(({ routes }) => routes > 0),
    defaultRoutes: defaultsOf(
      await router.list(menu, { fields: ROUTE_FIELDS, only: { 'dst-address': DEFAULTS[family] } }),
    ),
  };
}

function defaultsOf(rows: readonly RouterRecord[]): z.input<typeof DefaultRoute>[] {
  return rows.slice(0, MOST_DEFAULTS).map((row) => ({
    gateway: row['gateway'] || null,
    distance: distanceOf(row),
    table: tableOf(row),
    protocol: protocolOf(row),
    active: toFlag(row['active']),
    disabled: toBoolean(row['disabled']),
  }));
}
