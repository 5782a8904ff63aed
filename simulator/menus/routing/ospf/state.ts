import type { Item, MenuDefinition, RouterView, Values } from '../../../engine/definition.ts';
import { interfaceName } from '../../../network/links.ts';
import {
  isDesignated,
  isPointToPoint,
  type OspfInterface,
  ospfInterfaces,
  type OspfNeighbour,
  ospfNeighbours,
} from '../../../network/ospf-neighbours.ts';
import { resolveRouterId } from '../../../network/router-id.ts';
import { formatDuration } from '../../../values/duration.ts';
import { text } from '../../../values/field-types.ts';
import { formatIp } from '../../../values/ip-prefix.ts';
import { comment } from '../../row-fields.ts';

const readOnly = { type: text, access: 'read-only' } as const;

const fields = (...names: string[]): MenuDefinition['fields'] =>
  Object.fromEntries(names.map((name) => [name, readOnly]));

/** Interfaces that speak OSPF now. */
export const ospfInterface: MenuDefinition = {
  path: '/routing/ospf/interface',
  kind: 'list',
  rows: 'read-only',
  fields: fields(
    'address',
    'area',
    'bdr',
    'cost',
    'dead-interval',
    'dr',
    'dynamic',
    'hello-interval',
    'instance',
    'interface',
    'network-type',
    'priority',
    'retransmit-interval',
    'state',
    'transmit-delay',
  ),
  derived: (router) => numbered(ospfInterfaces(router).map((found) => interfaceRow(found, router))),
};

/** Other routers that were heard. */
export const ospfNeighbor: MenuDefinition = {
  path: '/routing/ospf/neighbor',
  kind: 'list',
  rows: 'fixed',
  fields: {
    ...fields(
      'address',
      'adjacency',
      'area',
      'bdr',
      'db-summaries',
      'dr',
      'dynamic',
      'instance',
      'interface',
      'ls-requests',
      'ls-retransmits',
      'priority',
      'router-id',
      'state',
      'state-changes',
      'timeout',
    ),
    comment,
  },
  derived: (router) => numbered(ospfNeighbours(router).map((neighbour) => neighbourRow(neighbour, router))),
};

/** What the routers of an area told each other. */
export const ospfLsa: MenuDefinition = {
  path: '/routing/ospf/lsa',
  kind: 'list',
  rows: 'read-only',
  fields: fields('age', 'area', 'body', 'checksum', 'dynamic', 'id', 'instance', 'originator', 'sequence', 'type'),
  derived: (router) => numbered(linkStates(router)),
};

function numbered(rows: readonly Values[]): Item[] {
  return rows.map((values, position) => ({
    id: `*${(position + 1).toString(16).toUpperCase()}`,
    dynamic: true,
    values: { ...values, dynamic: 'true' },
    internal: {},
  }));
}

function interfaceRow(found: OspfInterface, router: RouterView): Values {
  const { template, own } = found;
  const neighbour = ospfNeighbours(router).find(({ on }) => on.own.id === own.id);
  const shared = {
    address: formatIp(own.prefix),
    area: found.area.values['name'] ?? '',
    cost: template.values['cost'] ?? '1',
    'dead-interval': template.values['dead-interval'] ?? '40s',
    'hello-interval': template.values['hello-interval'] ?? '10s',
    instance: found.instance.values['name'] ?? '',
    interface: interfaceName(router, own.actualInterface),
    'network-type': template.values['type'] ?? 'broadcast',
    priority: template.values['priority'] ?? '128',
    'retransmit-interval': template.values['retransmit-interval'] ?? '5s',
    'transmit-delay': template.values['transmit-delay'] ?? '1s',
  };
  if (found.isPassive) return { ...shared, state: 'passive' };
  if (isPointToPoint(template)) return { ...shared, state: 'ptp' };
  if (!neighbour) return { ...shared, dr: formatIp(own.prefix), state: 'dr' };
  const roles = rolesOf(neighbour, router);
  return { ...shared, ...roles, state: roles.dr === formatIp(own.prefix) ? 'dr' : 'bdr' };
}

function rolesOf(neighbour: OspfNeighbour, router: RouterView): { readonly dr: string; readonly bdr: string } {
  const own = formatIp(neighbour.on.own.prefix);
  const { address } = neighbour;
  return isDesignated(neighbour, router) ? { dr: own, bdr: address } : { dr: address, bdr: own };
}

function neighbourRow(neighbour: OspfNeighbour, router: RouterView): Values {
  const { on, state } = neighbour;
  const steps = ['Init', 'TwoWay', 'ExStart', 'Exchange', 'Loading', 'Full'].indexOf(state) + 1;
  const restSeconds = 40 - (Math.floor(on.ageMs / 1000) % 10);
  return {
    address: neighbour.address,
    ...(state === 'Full' ? { adjacency: formatDuration(Math.floor(neighbour.adjacencyMs / 1000) * 1000) } : {}),
    area: on.area.values['name'] ?? '',
    ...(isPointToPoint(on.template) ? {} : rolesOf(neighbour, router)),
    'db-summaries': '0',
    instance: on.instance.values['name'] ?? '',
    interface: interfaceName(router, on.own.actualInterface),
    'ls-requests': '0',
    'ls-retransmits': '0',
    priority: '128',
    'router-id': neighbour.routerId,
    state,
    'state-changes': String(steps),
    timeout: `${restSeconds}s`,
  };
}

/** A router's own links, and those of every router it is fully adjacent to. */
function linkStates(router: RouterView): Values[] {
  const spoken = ospfInterfaces(router);
  const areas = new Map(spoken.map((found) => [found.area.id, found]));
  const own = [...areas.values()].map((found) => {
    const id = resolveRouterId(router, found.instance.values['router-id']);
    return linkState(found, id, router);
  });
  const others = ospfNeighbours(router)
    .filter(({ state }) => state === 'Full')
    .map(({ on, routerId }) => linkState(on, routerId, router));
  return [...own, ...others];
}

function linkState(found: OspfInterface, originator: string, router: RouterView): Values {
  // Link states are sent again every half an hour.
  const ageSeconds = Math.floor(found.ageMs / 1000) % 1800;
  const round = Math.floor(found.ageMs / 1_800_000);
  return {
    age: String(ageSeconds),
    area: found.area.values['name'] ?? '',
    body: `options=E type=ptp id=${formatIp(found.own.prefix)} metric=${found.template.values['cost'] ?? '1'}`,
    checksum: `0x${((originator.length * 4099 + round * 17 + router.index) & 0xffff).toString(16)}`,
    id: originator,
    instance: found.instance.values['name'] ?? '',
    originator,
    sequence: `0x${(0x80000001 + round).toString(16).toUpperCase()}`,
    type: 'router',
  };
}
