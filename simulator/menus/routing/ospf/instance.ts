import type { Change, Field, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { ipv4Address, flag, integer, reference, text, word } from '../../../values/field-types.ts';
import { comment, computed, disabled } from '../../row-fields.ts';
import { routingTable } from '../route-menu.ts';

const option = (type: Field['type']): Field => ({ type, canUnset: true });

const named = (
  { name }: { readonly [field: string]: string },
  others: readonly { values: Record<string, string> }[],
) => (others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined);

/** Neighbours are met anew after a change. */
export function noteStart({ kind, item }: Change, router: RouterView): void {
  if (kind !== 'remove') item.internal['startedMs'] = router.clock.uptimeMs();
}

/** OSPF processes of the router. */
export const ospfInstance: MenuDefinition = {
  path: '/routing/ospf/instance',
  kind: 'list',
  noun: 'ospf instance',
  nameField: 'name',
  fields: {
    comment,
    disabled,
    'domain-id': option(text),
    'domain-tag': option(integer(0, 4_294_967_295)),
    'in-filter-chain': option(text),
    inactive: computed((item) => item.values['disabled'] ?? 'false'),
    'mpls-te-address': option(ipv4Address),
    'mpls-te-area': option(ipv4Address),
    name: { type: text, required: true },
    'originate-default': option(word('always', 'if-installed', 'never')),
    'out-filter-chain': option(text),
    'out-filter-select': option(text),
    redistribute: option(text),
    'router-id': { type: text, default: 'main', canUnset: true },
    'routing-table': option(routingTable),
    'use-dn': option(word('true', 'false', 'yes', 'no')),
    version: { type: word('2', '3'), default: '2' },
    vrf: { type: word('main'), default: 'main' },
  },
  collision: named,
  applied: noteStart,
};

/** Areas of instances. */
export const ospfArea: MenuDefinition = {
  path: '/routing/ospf/area',
  kind: 'list',
  noun: 'ospf area',
  nameField: 'name',
  fields: {
    'area-id': { type: ipv4Address, default: '0.0.0.0' },
    comment,
    'default-cost': option(integer(0, 4_294_967_295)),
    disabled,
    inactive: computed((item, router) => String(!isActiveArea(item.values, router))),
    instance: { type: reference('/routing/ospf/instance'), required: true },
    name: { type: text, required: true },
    'no-summaries': option(flag),
    'nssa-translator': option(word('candidate', 'always', 'never')),
    type: { type: word('default', 'stub', 'nssa'), default: 'default' },
  },
  collision: named,
  applied: noteStart,
};

function isActiveArea(values: Readonly<Record<string, string>>, router: RouterView): boolean {
  const instance = router.items('/routing/ospf/instance').find(({ id }) => id === values['instance']);
  return values['disabled'] !== 'true' && instance !== undefined && instance.values['disabled'] !== 'true';
}
