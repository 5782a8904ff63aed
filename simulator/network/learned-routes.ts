import type { RouterView } from '../engine/definition.ts';
import { parseIpPrefix } from '../values/ip-prefix.ts';
import { announcedBy, bgpSessions } from './bgp-sessions.ts';
import { ospfNeighbours } from './ospf-neighbours.ts';
import type { Candidate } from './resolve-routes.ts';

/** Distances of the protocols, as everywhere on RouterOS. */
const DISTANCES = { ebgp: 20, ibgp: 200, ospf: 110 } as const;

/** Routes that neighbours told the router: three of every BGP session, one of every full OSPF neighbour. */
export function learnedRoutes(router: RouterView, family: 4 | 6): readonly Candidate[] {
  if (family === 6) return [];
  const bgp = bgpSessions(router)
    .filter(({ isEstablished }) => isEstablished)
    .flatMap((session) =>
      announcedBy(session).flatMap((network) =>
        learned('bgp', network, session.remoteAddress, session.isInternal ? DISTANCES.ibgp : DISTANCES.ebgp),
      ),
    );
  const ospf = ospfNeighbours(router)
    .filter(({ state }) => state === 'Full')
    .flatMap(({ routerId, address }) => learned('ospf', `${routerId}/32`, address, DISTANCES.ospf));
  return [...bgp, ...ospf];
}

function learned(source: 'bgp' | 'ospf', network: string, gateway: string, distance: number): Candidate[] {
  const destination = parseIpPrefix(network);
  if (!destination) return [];
  // The id follows from what the route says, so that it stays while the route does.
  const tail = (destination.value & 0xffffffn).toString(16).toUpperCase().padStart(6, '0');
  return [
    {
      id: `*${source === 'bgp' ? '7' : '6'}0${tail}`,
      source,
      destination,
      table: 'main',
      distance,
      scope: source === 'bgp' ? 40 : 20,
      targetScope: source === 'bgp' ? 30 : 10,
      blackhole: false,
      checkGateway: false,
      gateways: [gateway],
    },
  ];
}
