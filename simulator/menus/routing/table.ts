import type { MenuDefinition } from '../../engine/definition.ts';
import { flag, text } from '../../values/field-types.ts';
import { comment, computed, disabled, dynamic } from '../row-fields.ts';

/** Routing tables; `main` is the router's own. */
export const routingTables: MenuDefinition = {
  path: '/routing/table',
  kind: 'list',
  noun: 'routing table',
  nameField: 'name',
  fields: {
    comment,
    disabled,
    dynamic,
    fib: { type: flag, canUnset: true },
    invalid: computed(() => 'false'),
    name: { type: text, required: true },
  },
  seed: () => [{ '.id': '*0', name: 'main', fib: '' }],
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
};
