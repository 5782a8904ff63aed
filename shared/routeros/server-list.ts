import { z } from 'zod';
import { canonicalHost, refused } from './addresses.ts';
import { toList } from './values.ts';

/** One to ten servers in order of preference, each named once. */
export function serverListOf<Server extends z.ZodType<string>>(server: Server): z.ZodArray<Server> {
  return z
    .array(server)
    .min(1, 'give at least one server')
    .max(10, 'at most 10 servers are allowed')
    .check(refused((servers) => duplicateIn(servers)));
}

/** Whether a router's comma list holds exactly these servers in this order, whatever way they are written. */
export function holdsServers(held: string, wanted: readonly string[]): boolean {
  const canonical = toList(held).map((server) => canonicalHost(server) ?? server);
  return canonical.length === wanted.length && canonical.every((server, index) => server === wanted[index]);
}

function duplicateIn(servers: readonly string[]): string | null {
  const canonical = servers.map((server) => canonicalHost(server) ?? server);
  const duplicate = canonical.find((server, index) => canonical.indexOf(server) !== index);
  return duplicate === undefined ? null : `${JSON.stringify(duplicate)} is given more than once`;
}
