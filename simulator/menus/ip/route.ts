import type { MenuDefinition } from '../../engine/definition.ts';
import { UPLINK_GATEWAY } from '../../network/outside.ts';
import { network, ipv4Address } from '../../values/field-types.ts';
import { routeMenu } from '../routing/route-menu.ts';
import { routeCheck } from './route-check.ts';

/** IPv4 routes: those of the configuration, and one for every network the router is connected to or was told of. */
export const ipRoute: MenuDefinition = {
  ...routeMenu({ path: '/ip/route', family: 4, network, address: ipv4Address }),
  seed: () => [{ gateway: UPLINK_GATEWAY, comment: 'uplink' }],
  commands: { check: routeCheck },
};
