import type { MenuDefinition } from '../../engine/definition.ts';
import { bgpConnection, bgpInstance, bgpTemplate } from './bgp/connection.ts';
import { bgpAdvertisements, bgpSession } from './bgp/session.ts';
import { routingId } from './id.ts';
import { ospfArea, ospfInstance } from './ospf/instance.ts';
import { ospfInterfaceTemplate } from './ospf/interface-template.ts';
import { ospfInterface, ospfLsa, ospfNeighbor } from './ospf/state.ts';
import { routingRoute } from './route.ts';
import { routingFilterRule, routingRule } from './rule.ts';
import { routingTables } from './table.ts';

/** `/routing`: tables, rules and protocols. */
export const ROUTING_MENUS: readonly MenuDefinition[] = [
  bgpAdvertisements,
  bgpConnection,
  bgpInstance,
  bgpSession,
  bgpTemplate,
  ospfArea,
  ospfInstance,
  ospfInterface,
  ospfInterfaceTemplate,
  ospfLsa,
  ospfNeighbor,
  routingFilterRule,
  routingId,
  routingRoute,
  routingRule,
  routingTables,
];
