import type { Field, MenuDefinition } from '../../engine/definition.ts';
import { anyNetwork } from '../../values/address-types.ts';
import { integer, reference, text, word } from '../../values/field-types.ts';
import { comment, computed, disabled } from '../row-fields.ts';
import { routingTable } from './route-menu.ts';

const matcher = (type: Field['type'], since?: string): Field => ({
  type,
  canUnset: true,
  ...(since === undefined ? {} : { since }),
});

/** Rules that choose the routing table of a packet, the first that matches first. */
export const routingRule: MenuDefinition = {
  path: '/routing/rule',
  kind: 'list',
  noun: 'routing rule',
  ordered: true,
  fields: {
    action: { type: word('lookup', 'lookup-only-in-table', 'drop', 'unreachable'), default: 'lookup' },
    chain: matcher(text, '7.21'),
    comment,
    disabled,
    'dst-address': matcher(anyNetwork),
    inactive: computed((item) => item.values['disabled'] ?? 'false'),
    interface: matcher(reference('/interface')),
    'min-prefix': matcher(integer(0, 128)),
    realm: matcher(integer(0, 4_294_967_295), '7.21'),
    'routing-mark': matcher(routingTable),
    'src-address': matcher(anyNetwork),
    table: matcher(routingTable),
    vrf: matcher(word('main'), '7.21'),
  },
};

/** Conditions and actions on routes, in the language of routing filters. */
export const routingFilterRule: MenuDefinition = {
  path: '/routing/filter/rule',
  kind: 'list',
  noun: 'routing filter rule',
  ordered: true,
  fields: {
    chain: { type: text, required: true },
    comment,
    disabled,
    inactive: computed((item) => item.values['disabled'] ?? 'false'),
    invalid: computed((item) => String(!isBalanced(item.values['rule'] ?? ''))),
    rule: { type: text, default: '' },
  },
};

/** A rule whose brackets do not close cannot be read. */
function isBalanced(rule: string): boolean {
  let depth = 0;
  for (const character of rule) {
    if (character === '{' || character === '(') depth += 1;
    if (character === '}' || character === ')') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
