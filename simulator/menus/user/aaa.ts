import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean, duration, reference, text } from '../../values/field-types.ts';

/** Logins that a RADIUS server knows. Simulated routers have none to ask. */
export const userAaa: MenuDefinition = {
  path: '/user/aaa',
  kind: 'singleton',
  noun: 'user aaa settings',
  writePolicy: 'policy',
  fields: {
    accounting: { type: boolean, default: 'true' },
    'default-group': { type: reference('/user/group'), default: '*1' },
    'exclude-groups': { type: text, default: '' },
    'interim-update': { type: duration(), default: '0s' },
    'use-radius': { type: boolean, default: 'false' },
  },
};
