import type { RouterView } from '../engine/definition.ts';
import { formatIp, type IpAddress, parseIp, parseIpPrefix, prefixContains } from '../values/ip-prefix.ts';
import { interfaceName } from './links.ts';
import { isOwnAddress, ownAddresses } from './own-addresses.ts';
import { byPreference, type Route } from './resolve-routes.ts';
import { routesOf } from './routes.ts';

/** Where the router sends packets for a destination. */
export type RouteLookUp =
  /** To itself. */
  | { readonly kind: 'local' }
  | {
      readonly kind: 'forward';
      readonly route: Route;
      /** Id of the interface that packets leave by; of bridge ports the bridge. */
      readonly interface: string;
      readonly interfaceName: string;
      /** Absent when the destination is on the link. */
      readonly gateway?: string;
      /** The address that the router's own packets carry. */
      readonly source?: string;
    }
  | { readonly kind: 'blackhole'; readonly route: Route }
  /** A routing rule refuses, or no table has a route. */
  | { readonly kind: 'unreachable' };

export type LookUpOptions = {
  /** Name of the routing table. Default: the rules decide, then `main`. */
  readonly table?: string;
  /** Source address of the packets, for routing rules. */
  readonly source?: string;
};

/** Looks a destination (IPv4 or IPv6 address) up: rules first, then the longest prefix of the table. Changes nothing. */
export function lookUpRoute(router: RouterView, destination: string, options: LookUpOptions = {}): RouteLookUp {
  const target = parseIp(destination.split('%')[0] ?? '');
  if (!target) return { kind: 'unreachable' };
  if (isOwnAddress(router, destination)) return { kind: 'local' };
  const routes = routesOf(router, target.family).filter(
    (route) => route.active && prefixContains(route.destination, target),
  );
  for (const { table, last } of tablesFor(router, target, options)) {
    if (table === undefined) return { kind: 'unreachable' };
    const [route] = routes.filter((candidate) => candidate.table === table).sort(byPreference);
    if (route) return follow(route, target, router);
    if (last) break;
  }
  return { kind: 'unreachable' };
}

function follow(route: Route, target: IpAddress, router: RouterView): RouteLookUp {
  if (route.blackhole) return { kind: 'blackhole', route };
  // Of several ways, a destination always takes the same one.
  const hop = route.hops[Number(target.value % BigInt(Math.max(1, route.hops.length)))];
  if (!hop) return { kind: 'unreachable' };
  const source = sourceFor(route, hop.interface, hop.gateway ?? target, router);
  return {
    kind: 'forward',
    route,
    interface: hop.interface,
    interfaceName: interfaceName(router, hop.interface),
    ...(hop.gateway ? { gateway: formatIp(hop.gateway) } : {}),
    ...(source === undefined ? {} : { source }),
  };
}

/** The preferred source of the route, or the address in the network of the next hop, or any of the interface. */
function sourceFor(route: Route, port: string, next: IpAddress, router: RouterView): string | undefined {
  const preferred = route.item?.values['pref-src'];
  if (preferred !== undefined) return preferred;
  if (route.localAddress) return formatIp(route.localAddress);
  const own = ownAddresses(router, next.family).filter((address) => address.usable && address.actualInterface === port);
  const found = own.find(({ prefix }) => prefixContains(prefix, next)) ?? own[0];
  return found && formatIp(found.prefix);
}

type TableStep = { readonly table: string | undefined; readonly last: boolean };

/** Ids of the tables to ask in turn; undefined where a rule drops. */
function tablesFor(router: RouterView, target: IpAddress, { table, source }: LookUpOptions): TableStep[] {
  if (table !== undefined) return [{ table: tableId(router, table), last: true }];
  const steps = router.items('/routing/rule').flatMap(({ values }): TableStep[] => {
    if (values['disabled'] === 'true' || values['routing-mark'] !== undefined || values['interface'] !== undefined) {
      return [];
    }
    if (!matches(values['dst-address'], target)) return [];
    if (!matches(values['src-address'], source === undefined ? undefined : parseIp(source))) return [];
    if (values['action'] === 'drop' || values['action'] === 'unreachable') return [{ table: undefined, last: true }];
    return [{ table: values['table'] ?? 'main', last: values['action'] === 'lookup-only-in-table' }];
  });
  return [...steps, { table: 'main', last: true }];
}

function tableId(router: RouterView, name: string): string {
  return router.items('/routing/table').find(({ values }) => values['name'] === name)?.id ?? name;
}

/** Does the rule's prefix hold the address? A rule without one takes every address. */
function matches(prefixText: string | undefined, address: IpAddress | undefined): boolean {
  if (prefixText === undefined) return true;
  const prefix = parseIpPrefix(prefixText);
  return prefix !== undefined && address !== undefined && prefixContains(prefix, address);
}
