import { z } from 'zod';
import type { RouterValues, Step } from '../domain/change.ts';
import type { Risk } from '../domain/plan.ts';
import { AppError } from '../errors/app-error.ts';
import { readRoutes, ROUTE_MENUS } from '../operations/routing/routes.ts';
import { canonicalValue } from '../routeros/canonical.ts';
import { parseGateway } from '../routeros/gateway.ts';
import { findManagementPath, MANAGEMENT_MENUS, managementUnknown } from '../routeros/management-path.ts';
import { leadsToManagers, managedBy, ManagedBy, stepThatTurnsAway } from '../routeros/management-routes.ts';
import { parsePrefix } from '../routeros/prefixes.ts';
import type { Router } from '../routeros/router.ts';
import { HeldRoute, heldRoute, isNamed, type RouteName } from '../routeros/static-routes.ts';
import { definePlan, type RiskFacts } from './define-plan.ts';
import { fleetReasons } from './fleet-risk.ts';
import {
  familyOf,
  MAIN_TABLE,
  refuseRoutes,
  StaticRoutesInput,
  type UnwantedRoute,
  type WantedRoute,
} from './route-wish.ts';

const INTERFACES = '/interface';
const TABLES = '/routing/table';
const Current = z.strictObject({
  /** Routes to the destinations asked for, and all that lead to those who manage the router. */
  routes: z.array(HeldRoute),
  managed: ManagedBy,
  /** Interfaces and routing tables asked for that the router lacks. */
  missing: z.strictObject({ interfaces: z.array(z.string()), tables: z.array(z.string()) }),
});
type Current = z.output<typeof Current>;

export const staticRoutes = definePlan({
  kind: 'static_routes',
  title: 'Static routes',
  summary:
    'Proposes static IPv4 and IPv6 routes to add, change or remove. Refuses to turn the way to those who manage the router.',
  phase: 3,
  flag: 'allowRoutingWrites',
  paths: [...new Set([...Object.values(ROUTE_MENUS), INTERFACES, TABLES, ...MANAGEMENT_MENUS])],
  input: StaticRoutesInput,
  refuse: refuseRoutes,
  current: Current,
  capture: (router, { input }) => capture(router, input),
  steps: (current, input) => {
    refuseMissing(current);
    const steps = routeSteps(current, input);
    refuseTurningAway(current, steps);
    return steps;
  },
  rules: ({ routes }) =>
    Object.values(ROUTE_MENUS).map((menu) => ({ menu, together: 'dst-address', rules: rowsOf(menu, routes) })),
  risk: assessRisk,
  example: {
    routes: [{ destination: '198.51.100.0/24', gateway: 'bridge', distance: 10, comment: 'to the branch' }],
  },
});

async function capture(router: Router, input: StaticRoutesInput): Promise<z.input<typeof Current>> {
  const managed = managedBy(await findManagementPath(router));
  const wanted = [...input.routes, ...input.remove];
  const routes: HeldRoute[] = [];
  for (const family of ['ipv4', 'ipv6'] as const) {
    const ofFamily = wanted.filter(({ destination }) => familyOf(destination) === family);
    if (ofFamily.length === 0) continue;
    const destinations = new Set(ofFamily.map(({ destination }) => canonicalValue('dst-address', destination)));
    const held = (await readRoutes(router, family, { static: 'true' })).map(heldRoute);
    const asked = ({ values, configured }: HeldRoute): boolean =>
      configured && destinations.has(canonicalValue('dst-address', values['dst-address'] ?? ''));
    const matters = (route: HeldRoute): boolean =>
      asked(route) ||
      ((route.active || route.configured) && leadsToManagers(route.values['dst-address'] ?? '', managed));
    routes.push(...held.filter(matters));
  }
  return { routes: routes.toSorted(inOrder), managed, missing: await missingOf(router, input.routes) };
}

async function missingOf(router: Router, wanted: readonly WantedRoute[]): Promise<Current['missing']> {
  const gateways = wanted.flatMap(({ gateway }) => parseGateway(gateway ?? '') ?? []);
  const interfaces = new Set(gateways.flatMap(({ interface: name }) => name ?? []));
  const tables = new Set([...wanted.map(({ table }) => table), ...gateways.flatMap(({ table }) => table ?? [])]);
  tables.delete(MAIN_TABLE);
  return {
    interfaces: await absentFrom(router, INTERFACES, interfaces),
    tables: await absentFrom(router, TABLES, tables),
  };
}

async function absentFrom(router: Router, menu: string, names: ReadonlySet<string>): Promise<string[]> {
  if (names.size === 0) return [];
  const present = new Set((await router.list(menu, { fields: ['name'] })).map((row) => row['name']));
  return [...names].filter((name) => !present.has(name)).toSorted();
}

function routeSteps({ routes }: Current, wish: StaticRoutesInput): Step[] {
  const held = routes.filter(({ configured }) => configured);
  const wanted = wish.routes.flatMap((route) => wantedStep(held, route) ?? []);
  return [
    ...wanted.filter(({ op }) => op === 'add'),
    ...wanted.filter(({ op }) => op === 'change'),
    ...wish.remove.flatMap((route) => removal(held, route) ?? []),
  ];
}

function wantedStep(held: readonly HeldRoute[], wish: WantedRoute): Step | null {
  const row = rowOf(held, wish);
  const menu = menuOf(wish);
  if (row === null) {
    const key = { 'dst-address': wish.destination, ...wayOf(wish), 'routing-table': wish.table };
    const values = Object.entries(settingsOf(wish)).filter((entry): entry is [string, string] => entry[1] !== null);
    return { op: 'add', menu, key, values: { ...key, ...Object.fromEntries(values) }, placeBefore: null };
  }
  const differing = Object.entries(settingsOf(wish)).filter(([field, value]) => settingOf(row, field) !== value);
  if (differing.length === 0) return null;
  const before = Object.fromEntries(differing.map(([field]) => [field, row.values[field] ?? null]));
  return { op: 'change', menu, key: keyOf(held, row), before, after: Object.fromEntries(differing) };
}

function removal(held: readonly HeldRoute[], wish: UnwantedRoute): Step | null {
  const row = rowOf(held, wish);
  if (row === null || (wish.distance !== undefined && row.values['distance'] !== String(wish.distance))) return null;
  return { op: 'remove', menu: menuOf(wish), key: keyOf(held, row), values: row.values, placeBefore: null };
}

/** The one route that is meant; null when there is none. Several are told apart by their distance. */
function rowOf(held: readonly HeldRoute[], wish: RouteName & { distance?: number | undefined }): HeldRoute | null {
  const named = held.filter((route) => isNamed(route, wish));
  if (named.some(({ disabled }) => disabled)) throw disabledRoute(wish);
  if (named.length <= 1) return named[0] ?? null;
  const [row, ...others] = named.filter(({ values }) => values['distance'] === String(wish.distance));
  if (row === undefined || others.length > 0) throw ambiguousRoute(wish, named.length);
  return row;
}

/** With the distance where it takes that to tell routes apart. */
function keyOf(held: readonly HeldRoute[], { values }: HeldRoute): RouterValues {
  const { 'dst-address': destination = '', gateway, 'routing-table': table = MAIN_TABLE, distance } = values;
  const named = held.filter((route) => isNamed(route, { destination, gateway, table }));
  return {
    'dst-address': destination,
    ...wayOf({ gateway }),
    'routing-table': table,
    ...(named.length > 1 && distance !== undefined ? { distance } : {}),
  };
}

function wayOf({ gateway }: { gateway?: string | undefined }): RouterValues {
  return gateway === undefined ? { blackhole: '' } : { gateway };
}

/** What is asked of the route's fields; null takes one back, and what is left out stays. */
function settingsOf({ distance, scope, targetScope, checkGateway, comment }: WantedRoute) {
  return {
    ...(distance === undefined ? {} : { distance: String(distance) }),
    ...(scope === undefined ? {} : { scope: String(scope) }),
    ...(targetScope === undefined ? {} : { 'target-scope': String(targetScope) }),
    ...(checkGateway === undefined ? {} : { 'check-gateway': checkGateway === 'none' ? null : checkGateway }),
    ...(comment === undefined ? {} : { comment: comment === '' ? null : comment }),
  } satisfies Record<string, string | null>;
}

function settingOf({ values }: HeldRoute, field: string): string | null {
  const value = values[field] ?? null;
  return field === 'check-gateway' && value === 'none' ? null : value;
}

function refuseMissing({ missing: { interfaces, tables } }: Current): void {
  const [what, names] = interfaces.length > 0 ? ['interface', interfaces] : ['routing table', tables];
  if (names.length === 0) return;
  throw new AppError('DEVICE_REFERENCE_MISSING', {
    message: `The router has no ${what} ${names.map((name) => JSON.stringify(name)).join(', ')}.`,
    hint: 'Leave such devices out, or name what they have.',
  });
}

function refuseTurningAway({ routes, managed }: Current, steps: readonly Step[]): void {
  if (steps.length === 0) return;
  if (managed.peers.length === 0) throw managementUnknown();
  const step = stepThatTurnsAway(steps, routes, managed);
  if (step === null || step.op === 'set') return;
  throw new AppError('UNSAFE_OPERATION', {
    message: `With the route to ${step.key['dst-address']} changed like this, the router would answer those who manage it by another way, or not at all.`,
    hint: 'Add a route by the same gateway in the same plan, take a narrower destination, another table or a greater distance, or make the change at the router.',
  });
}

function disabledRoute({ destination, gateway }: RouteName): AppError {
  return new AppError('CONFLICT', {
    message: `There is a disabled route to ${destination} ${wayText(gateway)}; of such routes a router hides what else they are, so it is left alone.`,
    hint: 'Enable or remove it at the router, then propose the plan again.',
  });
}

function ambiguousRoute({ destination, gateway, table }: RouteName, count: number): AppError {
  return new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `There are ${count} routes to ${destination} ${wayText(gateway)} in table ${table}.`,
    hint: 'Give the distance of the one that is meant; list_routes shows them.',
  });
}

function assessRisk(facts: RiskFacts<Current>, input: StaticRoutesInput): { risk: Risk; reasons: string[] } {
  const named = [...input.routes, ...input.remove].map(({ destination }) => destination);
  const captured = facts.captured ?? [];
  const steps = captured.flatMap((current) => routeSteps(current, input));
  const reasons = [
    ...fleetReasons(facts),
    ...(named.some(leadsEverywhere) ? ['default routes are changed'] : []),
    ...(captured.some(({ managed }) => named.some((one) => leadsToManagers(one, managed)))
      ? ['it is about the way to those who manage the devices']
      : []),
    ...(input.remove.length > 0 || steps.some(({ op }) => op !== 'add') ? ['routes that are there are changed'] : []),
    ...(input.routes.some(({ blackhole }) => blackhole) ? ['packets are thrown away'] : []),
  ];
  if (reasons.length > 0) return { risk: 'high', reasons };
  return { risk: 'medium', reasons: ['packets take another way'] };
}

/** A default route, or one half of it. */
function leadsEverywhere(destination: string): boolean {
  return (parsePrefix(destination)?.length ?? 0) <= 1;
}

/** Those that somebody configured before those that the router made: a step is about one of the former. */
function rowsOf(menu: string, routes: readonly HeldRoute[]): RouterValues[] {
  const ofMenu = routes.filter(({ values }) => menuOf({ destination: values['dst-address'] ?? '' }) === menu);
  const [configured, made] = [ofMenu.filter((one) => one.configured), ofMenu.filter((one) => !one.configured)];
  return [...configured, ...made].map(({ values }) => values);
}

function menuOf({ destination }: { destination: string }): string {
  return ROUTE_MENUS[familyOf(destination)];
}

function wayText(gateway: string | undefined): string {
  return gateway === undefined ? 'that throws packets away' : `by ${gateway}`;
}

function inOrder(left: HeldRoute, right: HeldRoute): number {
  const [one, other] = [JSON.stringify(left), JSON.stringify(right)];
  return one < other ? -1 : Number(one > other);
}
