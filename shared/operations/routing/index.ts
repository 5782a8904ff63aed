import { getRoutingSummary } from './get-routing-summary.ts';
import { listRoutes } from './list-routes.ts';
import { listRoutingPeers } from './list-routing-peers.ts';

export const ROUTING_OPERATIONS = [getRoutingSummary, listRoutes, listRoutingPeers];
