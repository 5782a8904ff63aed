import type { MenuDefinition } from '../../engine/definition.ts';
import { text } from '../../values/field-types.ts';

export const systemIdentity: MenuDefinition = {
  path: '/system/identity',
  kind: 'singleton',
  noun: 'system identity',
  fields: { name: { type: text, default: 'MikroTik' } },
  seed: (router) => [{ name: router.name }],
};
