import type { FieldType, MenuDefinition } from '../../engine/definition.ts';
import { text } from '../../values/field-types.ts';
import { referenceList } from '../../values/reference-list.ts';
import { comment, computed, disabled } from '../row-fields.ts';

const listed = referenceList('/interface');

/** Interfaces of a VRF, or the word that means all that are in no other. */
const interfaces: FieldType = {
  ...listed,
  parse: (input, field, router) => (input === 'all' || input === 'none' ? input : listed.parse(input, field, router)),
};

/** Separate worlds of routing; `main` is the router's own and holds every interface that is in no other. */
export const ipVrf: MenuDefinition = {
  path: '/ip/vrf',
  kind: 'list',
  ordered: true,
  noun: 'vrf',
  nameField: 'name',
  fields: {
    builtin: computed((item) => (item.values['name'] === 'main' ? 'true' : undefined)),
    comment,
    disabled,
    interfaces: { type: interfaces, default: 'none' },
    name: { type: text, required: true },
  },
  seed: () => [{ name: 'main', interfaces: 'all' }],
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
};
