import type { RouterView } from '../engine/definition.ts';
import { parseIp } from '../values/ip-prefix.ts';
import { lookUpRoute } from './look-up-route.ts';
import { carriesTo, mannerOf } from './outside.ts';

/** Does a machine at an address answer packets of the router? */
export function answersFrom(router: RouterView, address: string): boolean {
  const way = lookUpRoute(router, address);
  const target = parseIp(address);
  if (way.kind === 'local') return true;
  if (way.kind !== 'forward' || !target || mannerOf(target) === 'silent') return false;
  const gateway = way.gateway === undefined ? undefined : parseIp(way.gateway);
  return !gateway || carriesTo(gateway, target);
}
