import type { CommandDefinition, Item, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { text } from '../../values/field-types.ts';
import { comment } from '../row-fields.ts';

const ENVIRONMENT = '/system/script/environment';

/** Variables that all scripts share until the router restarts. */
export const systemScriptEnvironment: MenuDefinition = {
  path: ENVIRONMENT,
  kind: 'list',
  rows: 'fixed',
  backedUp: false,
  nameField: 'name',
  fields: {
    comment,
    name: { type: text, access: 'read-only' },
    value: {
      type: text,
      access: 'argument',
      compute: (item, router) => router.globals().get(item.values['name'] ?? ''),
    },
  },
  derived: (router) =>
    [...router.globals().keys()].map((name, position): Item => ({
      id: `*${(position + 1).toString(16).toUpperCase()}`,
      dynamic: true,
      values: { name },
      internal: {},
    })),
  commands: {
    remove: change(['.id', 'numbers'], (router, name) => router.setGlobal(name, undefined)),
    set: change(['.id', 'numbers', 'value'], (router, name, value) => router.setGlobal(name, value ?? '')),
  },
};

function change(
  parameters: readonly string[],
  apply: (router: RouterView, name: string, value: string | undefined) => void,
): CommandDefinition {
  return {
    policy: 'write',
    parameters,
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      const names = keys.split(',').map((key) => router.find(ENVIRONMENT, key)?.values['name']);
      for (const name of names) {
        if (name === undefined) throw noSuchItem();
        apply(router, name, args.get('value'));
      }
      return { kind: 'done' };
    },
  };
}
