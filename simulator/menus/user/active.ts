import type { Item, MenuDefinition } from '../../engine/definition.ts';
import { badRequest } from '../../engine/router-error.ts';
import { reference, text } from '../../values/field-types.ts';

/** Logins the router remembers. Those of REST stay until it reboots, and cannot be removed. */
export const userActive: MenuDefinition = {
  path: '/user/active',
  kind: 'list',
  rows: 'read-only',
  fields: {
    address: { type: text, access: 'read-only' },
    group: { type: reference('/user/group'), access: 'read-only' },
    name: { type: text, access: 'read-only' },
    radius: { type: text, access: 'read-only' },
    via: { type: text, access: 'read-only' },
    when: { type: text, access: 'read-only' },
  },
  derived: (router) =>
    router.sessions().map((session, position): Item => {
      const account = router.items('/user').find((item) => item.values['name'] === session.user);
      return {
        id: `*${(position + 1).toString(16).toUpperCase()}`,
        dynamic: true,
        values: {
          ...(session.address === '' ? {} : { address: session.address }),
          group: account?.values['group'] ?? '',
          name: session.user,
          radius: 'false',
          via: session.via,
          when: session.when,
        },
        internal: {},
      };
    }),
  commands: {
    remove: {
      policy: 'policy',
      parameters: ['.id', 'numbers'],
      since: '7.20',
      run: () => {
        throw badRequest('action failed (6)');
      },
    },
  },
};
