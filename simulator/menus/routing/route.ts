import type { Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { hopText, type Route } from '../../network/resolve-routes.ts';
import { routesOf } from '../../network/routes.ts';
import { interfaceName } from '../../network/links.ts';
import { formatIp, formatIpPrefix } from '../../values/ip-prefix.ts';
import { boolean, text } from '../../values/field-types.ts';
import { comment } from '../row-fields.ts';

const readOnly = { type: text, access: 'read-only' } as const;

/** The routes of all families in one table, as the routing processes see them. */
export const routingRoute: MenuDefinition = {
  path: '/routing/route',
  kind: 'list',
  rows: 'fixed',
  fields: {
    active: readOnly,
    afi: readOnly,
    bgp: readOnly,
    blackhole: readOnly,
    comment,
    connect: readOnly,
    dhcp: readOnly,
    disabled: { type: boolean, canUnset: true },
    distance: readOnly,
    'dst-address': readOnly,
    ecmp: readOnly,
    gateway: readOnly,
    'immediate-gw': readOnly,
    'local-address': readOnly,
    ospf: readOnly,
    'routing-table': readOnly,
    scope: readOnly,
    static: readOnly,
    'target-scope': readOnly,
  },
  derived: (router) => [...rowsOf(router, 4), ...rowsOf(router, 6)],
};

function rowsOf(router: RouterView, family: 4 | 6): Item[] {
  return routesOf(router, family).map((route, position) => ({
    id: `*${family === 4 ? 'F' : '1F'}${position.toString(16).toUpperCase().padStart(6, '0')}`,
    dynamic: true,
    values: valuesOf(route, router, family),
    internal: {},
  }));
}

function valuesOf(route: Route, router: RouterView, family: 4 | 6): Item['values'] {
  const [gateway = ''] = route.gateways;
  const table = router.items('/routing/table').find(({ id }) => id === route.table)?.values['name'];
  const remark = route.source === 'static' ? route.item?.values['comment'] : undefined;
  return {
    ...(route.active ? { active: 'true' } : {}),
    afi: family === 4 ? 'ip4' : 'ip6',
    ...(route.blackhole ? { blackhole: '' } : {}),
    ...(remark === undefined ? {} : { comment: remark }),
    [route.source]: 'true',
    distance: String(route.distance),
    'dst-address': formatIpPrefix(route.destination),
    ...(route.ecmp ? { ecmp: 'true' } : {}),
    ...(route.blackhole
      ? {}
      : { gateway: route.source === 'connect' ? interfaceName(router, gateway) : route.gateways.join(',') }),
    'immediate-gw': route.hops.map((hop) => hopText(hop, router)).join(','),
    ...(route.localAddress
      ? { 'local-address': `${formatIp(route.localAddress)}%${interfaceName(router, gateway)}` }
      : {}),
    'routing-table': table ?? route.table,
    scope: String(route.scope),
    'target-scope': String(route.targetScope),
  };
}
