import type { RouterView } from '../engine/definition.ts';
import { learnedRoutes } from './learned-routes.ts';
import { isUp } from './links.ts';
import { computeRoutes, type Route } from './resolve-routes.ts';
import { upstreamLeases } from './upstream-lease.ts';

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
  const menus = family === 4 ? ['/ip/address', '/ip/route'] : ['/ipv6/address', '/ipv6/route', '/ipv6/settings'];
  const rows = ['/interface/bridge/port', ...menus].flatMap((menu) => router.items(menu).map(({ values }) => values));
  const links = router.items('/interface').flatMap(({ values, id }) => [values, isUp(router, id)]);
  const leases = upstreamLeases(router).flatMap(({ client, lease }) => [client.values, lease.address]);
  return [...rows, ...links, ...(family === 4 ? leases : [])];
}
