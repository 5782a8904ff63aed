import type { RouterView, Values } from '../engine/definition.ts';
import { learnedRoutes } from './learned-routes.ts';
import { isUp } from './links.ts';
import { ownAddresses } from './own-addresses.ts';
import { computeRoutes, type Route } from './resolve-routes.ts';

/** All enabled routes of a family: connected ones first, then learned ones, then those of the configuration. */
export function routesOf(router: RouterView, family: 4 | 6 = 4): readonly Route[] {
  const learned = learnedRoutes(router, family);
  const basis = [router, family, ...basisOf(router, family), ...learned.map(({ id }) => id)];
  const isSame = latest?.basis.length === basis.length && latest.basis.every((part, at) => part === basis[at]);
  if (!latest || !isSame) latest = { basis, routes: computeRoutes(router, family, learned) };
  return latest.routes;
}

/** The routes computed last, and what they follow from: a list of a thousand routes is computed once per print. */
let latest: { readonly basis: readonly unknown[]; readonly routes: readonly Route[] } | undefined;

/** Everything that routes follow from. Changed rows have new values, so that their identity tells. */
function basisOf(router: RouterView, family: 4 | 6): unknown[] {
  const routes = router.items(family === 4 ? '/ip/route' : '/ipv6/route').map(({ values }) => values);
  const ports = router.items('/interface').map(({ values }) => values);
  const own = ownAddresses(router, family).flatMap(({ id, item, usable, actualInterface }) => [
    item?.values ?? id,
    usable,
    actualInterface,
  ]);
  const clients = family === 4 ? router.items('/ip/dhcp-client').map(({ values }) => values) : [];
  // Links of interfaces without addresses matter only to routes that name them.
  const links = routes.some(namesInterface) ? router.items('/interface').map(({ id }) => isUp(router, id)) : [];
  return [...routes, ...ports, ...own, ...clients, ...links];
}

const namesInterface = ({ gateway = '' }: Values): boolean => !/^[\d.,:a-f]*$/.test(gateway) || /^[a-f]/.test(gateway);
