import type { Item, MenuDefinition, Row, RouterView } from '../../engine/definition.ts';
import { badRequest, missingArgument } from '../../engine/router-error.ts';
import { boolean, flag, integer, ipv4Address, network, reference, text, word } from '../../values/field-types.ts';
import { containsAddress, formatIpv4, networkOf, parseIpv4, parsePrefix } from '../../values/ip-address.ts';
import { isRunning } from '../interface/interface.ts';
import { UPLINK_GATEWAY } from './address.ts';
import { comment } from '../row-fields.ts';

/** IPv4 routes: those of the configuration, and one for every network the router is connected to. */
export const ipRoute: MenuDefinition = {
  path: '/ip/route',
  kind: 'list',
  noun: 'route',
  firstId: 0x80000001,
  fields: {
    blackhole: { type: flag, canUnset: true },
    'check-gateway': { type: word('none', 'ping', 'arp', 'bfd'), canUnset: true },
    comment,
    disabled: { type: boolean },
    distance: { type: integer(1, 255), default: '1' },
    'dst-address': { type: network, default: '0.0.0.0/0' },
    gateway: { type: text },
    'pref-src': { type: ipv4Address, canUnset: true },
    'routing-table': { type: word('main'), default: 'main' },
    scope: { type: integer(0, 255), default: '30' },
    'suppress-hw-offload': { type: boolean, canUnset: true, until: '7.22' },
    'target-scope': { type: integer(0, 255), default: '10' },
    'vrf-interface': { type: reference('/interface'), canUnset: true },
  },
  seed: () => [{ gateway: UPLINK_GATEWAY, comment: 'uplink' }],
  derived: connectedRoutes,
  prepare: ({ kind, after }, router) => {
    if (kind === 'remove') return;
    if (after['gateway'] === undefined && after['blackhole'] === undefined) throw missingArgument('gateway');
    for (const gateway of gatewaysOf(after['gateway'])) {
      if (parseIpv4(gateway) === undefined && !interfaceNamed(gateway, router)) {
        throw badRequest(`invalid or unexpected argument gateway`);
      }
    }
  },
  view: viewRoute,
};

/** Networks behind enabled addresses on running interfaces. */
function connectedNetworks(
  router: RouterView,
): { network: ReturnType<typeof parsePrefix>; address: Item; port: string }[] {
  return router.items('/ip/address').flatMap((address) => {
    const port = router.items('/interface').find((item) => item.id === address.values['interface']);
    if (!port || !isRunning(port) || address.values['disabled'] === 'true') return [];
    return [{ network: parsePrefix(address.values['address'] ?? ''), address, port: port.values['name'] ?? '' }];
  });
}

function connectedRoutes(router: RouterView): Item[] {
  return connectedNetworks(router).flatMap(({ network: prefix, address, port }) => {
    if (!prefix) return [];
    const own = formatIpv4(prefix.address);
    const values = {
      active: 'true',
      connect: 'true',
      distance: '0',
      'dst-address': `${formatIpv4(networkOf(prefix))}/${prefix.length}`,
      dynamic: 'true',
      gateway: port,
      'immediate-gw': port,
      inactive: 'false',
      'local-address': `${own}%${port}`,
      'routing-table': 'main',
      scope: '10',
      'target-scope': '5',
    };
    const id = `*2018${(networkOf(prefix) >>> 16).toString(16).toUpperCase().padStart(4, '0')}${address.id.slice(1)}`;
    return [{ id, dynamic: true, values, internal: {} }];
  });
}

function viewRoute(row: Row, item: Item, router: RouterView): Row {
  if (item.dynamic) return { '.id': item.id, ...item.values };
  const { '.id': id = item.id, comment: remark, 'dst-address': destination, gateway, ...others } = row;
  const shared = {
    ...(remark === undefined ? {} : { comment: remark }),
    ...(destination === undefined ? {} : { 'dst-address': destination }),
    ...(gateway === undefined ? {} : { gateway }),
    static: 'true',
  };
  if (row['disabled'] === 'true') return sorted(id, { ...shared, disabled: 'true', inactive: 'true' });
  const { disabled: _never, ...shown } = others;
  if (row['blackhole'] !== undefined) {
    const { scope: _scope, 'target-scope': _target, ...bare } = shown;
    return sorted(id, { ...shared, ...bare, active: 'true', dynamic: 'false', inactive: 'false' });
  }
  const via = nextHops(gateway, router);
  const rivals = reachableRivals(item, router);
  const best = Math.min(...rivals.map((rival) => Number(rival.values['distance'])));
  const active = via !== '' && Number(item.values['distance']) === best;
  const equals = rivals.filter((rival) => Number(rival.values['distance']) === best);
  return sorted(id, {
    ...shared,
    ...shown,
    ...(active ? { active: 'true' } : {}),
    ...(active && equals.length > 1 ? { ecmp: 'true' } : {}),
    dynamic: 'false',
    'immediate-gw': via,
    inactive: String(via === ''),
  });
}

/** Static routes to the same destination that could carry traffic, this one included. */
function reachableRivals(item: Item, router: RouterView): Item[] {
  return router
    .items('/ip/route')
    .filter(
      (other) =>
        other.values['dst-address'] === item.values['dst-address'] &&
        other.values['routing-table'] === item.values['routing-table'] &&
        other.values['disabled'] !== 'true' &&
        (other.values['blackhole'] !== undefined || nextHops(other.values['gateway'], router) !== ''),
    );
}

/** `10.0.0.1%ether2` for every gateway that a connected network reaches; empty when none does. */
function nextHops(gateway: string | undefined, router: RouterView): string {
  const networks = connectedNetworks(router);
  return gatewaysOf(gateway)
    .flatMap((hop) => {
      const address = parseIpv4(hop);
      if (address === undefined) return networks.some(({ port }) => port === hop) ? [hop] : [];
      const through = networks.find(({ network: prefix }) => prefix && containsAddress(prefix, address));
      return through ? [`${hop}%${through.port}`] : [];
    })
    .join(',');
}

function gatewaysOf(gateway: string | undefined): string[] {
  return (gateway ?? '').split(',').filter((hop) => hop !== '');
}

function interfaceNamed(name: string, router: RouterView): boolean {
  return router.items('/interface').some((item) => item.values['name'] === name);
}

function sorted(id: string, row: Row): Row {
  const entries = Object.entries(row).sort(([left], [right]) => (left < right ? -1 : 1));
  return { '.id': id, ...Object.fromEntries(entries) };
}
