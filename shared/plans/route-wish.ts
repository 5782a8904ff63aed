import { z } from 'zod';
import { CommentInput } from '../operations/comment-input.ts';
import { GatewayText, parseGateway } from '../routeros/gateway.ts';
import { DestinationText } from '../routeros/static-routes.ts';

export const MAIN_TABLE = 'main';
const MOST_ROUTES = 50;

const Distance = z.number().int().min(1).max(255);
const Scope = z.number().int().min(0).max(255);
const TableName = z.string().min(1).max(64);

const NAME_FIELDS = {
  destination: DestinationText.describe('Network, such as "10.20.0.0/16", "0.0.0.0/0" or "2001:db8::/32"'),
  gateway: GatewayText.optional().describe('Address, interface, address%interface, or one of them with @table'),
  blackhole: z.literal(true).optional().describe('Instead of gateway: packets are thrown away'),
  table: TableName.default(MAIN_TABLE).describe('Routing table; default main'),
};

const WantedRoute = z.strictObject({
  ...NAME_FIELDS,
  distance: Distance.optional().describe('Left out, a new route has 1; tells apart where two have the same gateway'),
  scope: Scope.optional().describe('Left out, a new route has 30'),
  targetScope: Scope.optional().describe('Left out, a new route has 10'),
  checkGateway: z.enum(['none', 'ping', 'arp', 'bfd']).optional().describe('How the gateway is watched'),
  comment: CommentInput.optional().describe('Of the route; an empty text clears it'),
});
export type WantedRoute = z.output<typeof WantedRoute>;

const UnwantedRoute = z.strictObject({
  ...NAME_FIELDS,
  distance: Distance.optional().describe('Only the route with this distance'),
});
export type UnwantedRoute = z.output<typeof UnwantedRoute>;

export const StaticRoutesInput = z.strictObject({
  routes: z
    .array(WantedRoute)
    .max(MOST_ROUTES)
    .default([])
    .describe('Routes that there shall be; what is left out stays'),
  remove: z.array(UnwantedRoute).max(MOST_ROUTES).default([]).describe('Routes that there shall not be'),
});
export type StaticRoutesInput = z.output<typeof StaticRoutesInput>;

/** Why the wish cannot be meant, as a sentence that names the field; null when it can. */
export function refuseRoutes({ routes, remove }: StaticRoutesInput): string | null {
  if (routes.length + remove.length === 0) return 'give routes, remove or both';
  const given = [
    ...routes.map((route, index) => ({ route, key: `routes[${index}]` })),
    ...remove.map((route, index) => ({ route, key: `remove[${index}]` })),
  ];
  const seen = new Map<string, string>();
  for (const { route, key } of given) {
    const problem = problemOf(route);
    if (problem !== null) return `${key}: ${problem}`;
    const name = JSON.stringify([route.destination, route.gateway, route.table]);
    // Two routes that only their distances tell apart may go together.
    const alike = key.startsWith('remove') ? [name, `${name} ${route.distance ?? ''}`] : [name, name];
    const [other, again] = alike.map((text) => seen.get(text));
    if (other?.startsWith('routes') && key.startsWith('remove')) return `${key} removes the route that ${other} wants`;
    if (again !== undefined) return `${key} is the same route as ${again}`;
    seen.set(alike[1] ?? name, key);
  }
  return contradiction(routes);
}

function problemOf(route: WantedRoute | UnwantedRoute): string | null {
  const { destination, gateway, blackhole } = route;
  if ((gateway === undefined) === (blackhole === undefined)) return 'give gateway or blackhole, and not both';
  const misplaced = ['scope', 'targetScope', 'checkGateway'].filter((field) => field in route);
  if (blackhole && misplaced.length > 0) return `a blackhole has no ${misplaced.join(', ')}`;
  const address = parseGateway(gateway ?? '')?.address ?? null;
  if (address === null || familyOf(address) === familyOf(destination)) return null;
  return `the gateway ${address} is of another family than ${destination}`;
}

/** What throws packets away and what sends them on, with the same preference. */
function contradiction(routes: readonly WantedRoute[]): string | null {
  const alike = Map.groupBy(routes, ({ destination, table, distance = 1 }) =>
    JSON.stringify([destination, table, distance]),
  );
  for (const [first, ...others] of alike.values()) {
    if (first === undefined || others.every(({ blackhole }) => blackhole === first.blackhole)) continue;
    return `routes: packets to ${first.destination} cannot be both sent on and thrown away with the same distance`;
  }
  return null;
}

export function familyOf(text: string): 'ipv4' | 'ipv6' {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}
