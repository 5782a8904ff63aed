import { z } from 'zod';
import type { Step } from '../domain/change.ts';
import { holdsValues, sameValue } from './canonical.ts';
import type { ManagementPath } from './management-path.ts';
import { isWithin, parsePrefix } from './prefixes.ts';
import type { RouterRecord } from './router.ts';
import { heldRoute, type HeldRoute } from './static-routes.ts';
import { toList } from './values.ts';

/** Whom a router must be able to answer, and by which routing tables it does; see `ManagementPath`. */
export const ManagedBy = z.strictObject({ peers: z.array(z.string()), tables: z.array(z.string()) });
export type ManagedBy = z.infer<typeof ManagedBy>;

export function managedBy({ peers, tables }: ManagementPath): ManagedBy {
  return { peers: [...peers].toSorted(), tables: [...tables].toSorted() };
}

/** Whether packets to one of those who manage the router could take a route to this destination. */
export function leadsToManagers(destination: string, { peers }: ManagedBy): boolean {
  const prefix = parsePrefix(destination);
  return prefix !== null && peers.some((peer) => isWithin(peer, prefix));
}

/**
 * The first step after which the router would answer its managers by another way than before, or by none; null when the way
 * stays. A route that is added counts as usable, and so does one that only a better one keeps from being used: whether their
 * gateways answer is not known before. `routes` are all that lead to managers.
 */
export function stepThatTurnsAway(
  steps: readonly Step[],
  routes: readonly HeldRoute[],
  managed: ManagedBy,
): Step | null {
  const before = routes.filter((route) => !route.disabled && (route.active || isOutbid(route, routes)));
  const ways = waysOf(before, managed);
  let now: readonly HeldRoute[] = before;
  for (const step of steps) {
    now = afterStep(now, routes, step);
    if (!keepsWays(ways, waysOf(now, managed))) return step;
  }
  return null;
}

/** Not used, and one that is to the same destination is preferred: it takes over when that one goes. */
function isOutbid(route: HeldRoute, routes: readonly HeldRoute[]): boolean {
  return routes.some(
    (other) => other.active && sameDestination(other, route) && distanceOf(other.values) < distanceOf(route.values),
  );
}

function sameDestination({ values: left }: HeldRoute, { values: right }: HeldRoute): boolean {
  return (
    sameValue('dst-address', left['dst-address'], right['dst-address']) &&
    left['routing-table'] === right['routing-table']
  );
}

function afterStep(now: readonly HeldRoute[], all: readonly HeldRoute[], step: Step): readonly HeldRoute[] {
  if (step.op === 'add') return [...now, heldRoute({ ...step.values, active: 'true' })];
  if (step.op !== 'remove' && step.op !== 'change') return now;
  const named = (route: HeldRoute): boolean =>
    route.configured && !route.disabled && holdsValues(route.values, step.key);
  const others = now.filter((route) => !named(route));
  if (step.op === 'remove') return others;
  const changed = [...now, ...all].find(named);
  return changed === undefined
    ? others
    : [...others, { ...changed, values: changedValues(changed.values, step.after) }];
}

function changedValues(values: RouterRecord, after: Readonly<Record<string, string | null>>): Record<string, string> {
  const changed = Object.entries({ ...values, ...after });
  return Object.fromEntries(changed.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** By peer and table, each way that packets may take. */
type Ways = readonly (readonly (readonly string[])[])[];

function waysOf(routes: readonly HeldRoute[], { peers, tables }: ManagedBy): Ways {
  return tables.flatMap((table) => {
    const ofTable = routes.filter(({ values }) => (values['routing-table'] ?? 'main') === table);
    return peers.map((peer) => bestOf(peer, ofTable).map(spellingsOf));
  });
}

/** The longest prefix, and of these the shortest distance; several when packets are spread over them. */
function bestOf(peer: string, routes: readonly HeldRoute[]): HeldRoute[] {
  const matching = routes.flatMap((route) => {
    const prefix = parsePrefix(route.values['dst-address'] ?? '');
    return prefix !== null && isWithin(peer, prefix) ? [{ route, length: prefix.length }] : [];
  });
  const longest = Math.max(...matching.map(({ length }) => length));
  const close = matching.filter(({ length }) => length === longest).map(({ route }) => route);
  const least = Math.min(...close.map(({ values }) => distanceOf(values)));
  return close.filter(({ values }) => distanceOf(values) === least);
}

/** The same way may be written as a gateway alone, or with the interface it is reached by. */
function spellingsOf({ values, via }: HeldRoute): string[] {
  if (values['blackhole'] !== undefined) return [];
  return [
    ...new Set(
      [values['gateway'] ?? '', via].filter((text) => text !== '').map((text) => toList(text).sort().join(',')),
    ),
  ];
}

function keepsWays(before: Ways, now: Ways): boolean {
  return now.every((ways, index) => {
    const known = new Set(before[index]?.flat());
    if (ways.length === 0) return known.size === 0;
    return ways.every((spellings) => spellings.some((spelling) => known.has(spelling)));
  });
}

function distanceOf(values: RouterRecord): number {
  return Number(values['distance'] ?? 1);
}
