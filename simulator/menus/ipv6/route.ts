import type { MenuDefinition } from '../../engine/definition.ts';
import { ipv6Address, ipv6Network } from '../../values/address-types.ts';
import { routeMenu } from '../routing/route-menu.ts';

/** IPv6 routes: those of the configuration, and one for every network the router is connected to. */
export const ipv6Route: MenuDefinition = routeMenu({
  path: '/ipv6/route',
  family: 6,
  network: ipv6Network,
  address: ipv6Address,
});
