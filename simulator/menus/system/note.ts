import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, text } from '../../values/field-types.ts';

/** A text shown to those who log in. */
export const systemNote: MenuDefinition = {
  path: '/system/note',
  kind: 'singleton',
  noun: 'system note',
  fields: {
    note: { type: text, default: '' },
    'show-at-cli-login': { type: boolean, default: 'false', since: '7.15' },
    'show-at-login': { type: boolean, default: 'true' },
  },
};
