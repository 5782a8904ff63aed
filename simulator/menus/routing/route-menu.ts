import type { Change, FieldType, Item, MenuDefinition, Row, RouterView, Values } from '../../engine/definition.ts';
import { badRequest, missingArgument } from '../../engine/router-error.ts';
import { gatewaysOf, hopText, type Route } from '../../network/resolve-routes.ts';
import { routesOf } from '../../network/routes.ts';
import { linkLocalAddresses } from '../../network/link-local.ts';
import { interfaceName } from '../../network/links.ts';
import { formatIp, formatIpPrefix, parseIp } from '../../values/ip-prefix.ts';
import { boolean, flag, integer, reference, text, word } from '../../values/field-types.ts';
import { comment } from '../row-fields.ts';
import { sortedRow } from '../sorted-row.ts';

type RouteMenuOptions = {
  readonly path: string;
  readonly family: 4 | 6;
  readonly network: FieldType;
  readonly address: FieldType;
};

/** What `/ip/route` and `/ipv6/route` have in common. */
export function routeMenu({ path, family, network, address }: RouteMenuOptions): MenuDefinition {
  return {
    path,
    kind: 'list',
    noun: 'route',
    firstId: 0x80000001,
    fields: {
      blackhole: { type: flag, canUnset: true },
      'check-gateway': { type: word('none', 'ping', 'arp', 'bfd'), canUnset: true },
      comment,
      disabled: { type: boolean },
      distance: { type: integer(1, 255), default: '1' },
      'dst-address': { type: network, default: family === 4 ? '0.0.0.0/0' : '::/0' },
      gateway: { type: text, canUnset: true },
      'pref-src': { type: address, canUnset: true, ...(family === 6 ? { since: '7.17' } : {}) },
      'routing-table': { type: routingTable, default: 'main' },
      scope: { type: integer(0, 255), default: '30' },
      'suppress-hw-offload': { type: boolean, canUnset: true, until: '7.22' },
      'target-scope': { type: integer(0, 255), default: '10' },
      'vrf-interface': { type: reference('/interface'), canUnset: true },
    },
    derived: (router) => [...(family === 6 ? linkLocalRows(router) : []), ...routeRows(router, family)],
    prepare: checkGateways,
    view: (row, item, router) => viewRoute(row, item, router, family),
  };
}

/** A routing table by name; `main` is always there. */
export const routingTable = reference('/routing/table', ['main']);

function checkGateways({ kind, after }: Change, router: RouterView): void {
  if (kind === 'remove') return;
  if (after['gateway'] === undefined && after['blackhole'] === undefined) throw missingArgument('gateway');
  for (const gateway of gatewaysOf(after['gateway'])) {
    const [hop = '', zone] = (gateway.split('@')[0] ?? '').split('%');
    const names = [...(zone === undefined ? [] : [zone]), ...(parseIp(hop) ? [] : [hop])];
    if (!names.every((name) => isInterfaceName(name, router))) {
      throw badRequest('invalid or unexpected argument gateway');
    }
  }
}

function isInterfaceName(name: string, router: RouterView): boolean {
  return router.items('/interface').some(({ values }) => values['name'] === name);
}

function routeRows(router: RouterView, family: 4 | 6): Item[] {
  return routesOf(router, family).flatMap((route) => (route.source === 'static' ? [] : [derivedRow(route, router)]));
}

/** The network of link-local addresses, once for every interface. */
function linkLocalRows(router: RouterView): Item[] {
  return linkLocalAddresses(router).map(({ port, address }) => {
    const name = port.values['name'] ?? '';
    const values = {
      active: 'true',
      connect: 'true',
      distance: '0',
      'dst-address': `fe80::%${name}/64`,
      dynamic: 'true',
      gateway: name,
      'immediate-gw': name,
      inactive: 'false',
      'local-address': `${address.split('/')[0]}%${name}`,
      'routing-table': 'main',
      scope: '10',
      'target-scope': '5',
    };
    return { id: `*2018FE80${port.id.slice(1)}`, dynamic: true, values, internal: {} };
  });
}

/** The row of a route that the router made itself. */
function derivedRow(route: Route, router: RouterView): Item {
  const [gateway = ''] = route.gateways;
  const values: Values = {
    ...(route.active ? { active: 'true' } : {}),
    [route.source]: 'true',
    distance: String(route.distance),
    'dst-address': formatIpPrefix(route.destination),
    dynamic: 'true',
    ...(route.ecmp ? { ecmp: 'true' } : {}),
    gateway: route.source === 'connect' ? interfaceName(router, gateway) : gateway,
    'immediate-gw': route.hops.map((hop) => hopText(hop, router)).join(','),
    inactive: String(!route.reachable),
    'routing-table': 'main',
    scope: String(route.scope),
    'target-scope': String(route.targetScope),
    ...(route.source === 'dhcp' ? { 'vrf-interface': interfaceName(router, route.hops[0]?.interface ?? '') } : {}),
  };
  if (route.localAddress) values['local-address'] = `${formatIp(route.localAddress)}%${interfaceName(router, gateway)}`;
  return { id: route.id, dynamic: true, values, internal: {} };
}

function viewRoute(row: Row, item: Item, router: RouterView, family: 4 | 6): Row {
  if (item.dynamic) return sortedRow({ '.id': item.id, ...item.values });
  const { '.id': id = item.id, comment: remark, 'dst-address': destination, gateway, ...others } = row;
  const shared = {
    ...(remark === undefined ? {} : { comment: remark }),
    ...(destination === undefined ? {} : { 'dst-address': destination }),
    ...(gateway === undefined ? {} : { gateway }),
    static: 'true',
  };
  if (row['disabled'] === 'true') return sortedRow({ '.id': id, ...shared, disabled: 'true', inactive: 'true' });
  const { disabled: _never, ...shown } = others;
  const route = routesOf(router, family).find((candidate) => candidate.item === item);
  const state = {
    ...(route?.active ? { active: 'true' } : {}),
    dynamic: 'false',
    ...(route?.ecmp ? { ecmp: 'true' } : {}),
    inactive: String(!route?.reachable),
  };
  if (row['blackhole'] !== undefined) {
    const { scope: _scope, 'target-scope': _target, ...bare } = shown;
    return sortedRow({ '.id': id, ...shared, ...bare, ...state });
  }
  const via = route?.hops.map((hop) => hopText(hop, router)).join(',') ?? '';
  return sortedRow({ '.id': id, ...shared, ...shown, ...state, 'immediate-gw': via });
}
