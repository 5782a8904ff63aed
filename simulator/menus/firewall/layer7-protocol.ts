import type { MenuDefinition } from '../../engine/definition.ts';
import { text } from '../../values/field-types.ts';
import { comment } from '../row-fields.ts';
import { name } from './value-types.ts';

/** Patterns that rules look for in the first packets of a connection. */
export const layer7Protocol: MenuDefinition = {
  path: '/ip/firewall/layer7-protocol',
  kind: 'list',
  nameField: 'name',
  noun: 'layer7 protocol',
  fields: {
    comment,
    name: { type: name, required: true },
    regexp: { type: text, default: '' },
  },
  collision: (candidate, others) =>
    others.some((other) => other.values['name'] === candidate['name'])
      ? 'item with this name already exists'
      : undefined,
};
