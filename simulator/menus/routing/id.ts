import type { Item, MenuDefinition } from '../../engine/definition.ts';
import { routerIdOf } from '../../network/router-id.ts';
import { ipv4Address, text, word } from '../../values/field-types.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** Router ids: `main` follows the router's addresses. */
export const routingId: MenuDefinition = {
  path: '/routing/id',
  kind: 'list',
  noun: 'router id',
  nameField: 'name',
  fields: {
    comment,
    disabled,
    dynamic,
    'dynamic-id': computed((item, router) => (item.values['id'] === undefined ? routerIdOf(router) : undefined)),
    id: { type: ipv4Address, canUnset: true },
    inactive: computed((item) => item.values['disabled'] ?? 'false'),
    name: { type: text, required: true },
    'select-dynamic-id': { type: text, canUnset: true },
    'select-from-vrf': { type: word('main'), canUnset: true },
  },
  derived: () => [MAIN_ID],
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
};

const MAIN_ID: Item = {
  id: '*1000000',
  dynamic: true,
  values: { disabled: 'false', name: 'main', 'select-dynamic-id': 'only-vrf', 'select-from-vrf': 'main' },
  internal: {},
};
