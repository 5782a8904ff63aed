import type { CommandDefinition, Item, MenuDefinition } from '../../engine/definition.ts';
import { badRequest, missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { reference, text } from '../../values/field-types.ts';

const ACTIVE = '/user/active';

/** Logins the router remembers. Those of REST stay until it reboots, and cannot be removed. */
export const userActive: MenuDefinition = {
  path: ACTIVE,
  kind: 'list',
  rows: 'read-only',
  backedUp: false,
  fields: {
    address: { type: text, access: 'read-only' },
    group: { type: reference('/user/group'), access: 'read-only' },
    name: { type: text, access: 'read-only' },
    radius: { type: text, access: 'read-only' },
    via: { type: text, access: 'read-only' },
    when: { type: text, access: 'read-only' },
  },
  derived: (router) =>
    router.sessions().map((session): Item => {
      const account = router.items('/user').find((item) => item.values['name'] === session.user);
      return {
        id: idOf(session.id),
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
    remove: { ...endLogin(), since: '7.20' },
    'request-logout': { ...endLogin(), until: '7.20' },
  },
};

const idOf = (number: number): string => `*${number.toString(16).toUpperCase()}`;

function endLogin(): CommandDefinition {
  return {
    policy: 'policy',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      const rows = router.rows(ACTIVE);
      for (const key of keys.split(',')) {
        const id = key.startsWith('*') ? key.toUpperCase() : rows[Number(key)]?.['.id'];
        const session = router.sessions().find((candidate) => idOf(candidate.id) === id);
        if (!session) throw noSuchItem();
        if (!session.end) throw badRequest('action failed (6)');
        session.end();
      }
      return { kind: 'done' };
    },
  };
}
