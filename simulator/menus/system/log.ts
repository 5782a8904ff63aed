import type { CommandDefinition, Item, MenuDefinition } from '../../engine/definition.ts';
import { missingArgument } from '../../engine/router-error.ts';
import { text } from '../../values/field-types.ts';

export const log: MenuDefinition = {
  path: '/log',
  kind: 'list',
  rows: 'read-only',
  fields: {
    'extra-info': { type: text, access: 'read-only' },
    message: { type: text, access: 'read-only' },
    time: { type: text, access: 'read-only' },
    topics: { type: text, access: 'read-only' },
  },
  derived: (router) =>
    router.logLines().map(({ id, time, topics, message }): Item => ({
      id: `*${id.toString(16).toUpperCase()}`,
      dynamic: true,
      values: { 'extra-info': '', message, time, topics },
      internal: {},
    })),
  commands: { info: write('info'), warning: write('warning'), error: write('error'), debug: write('debug') },
};

function write(severity: string): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['message'],
    run: (args, router) => {
      const message = args.get('message');
      if (message === undefined) throw missingArgument('message');
      router.log(`script,${severity}`, message);
      return { kind: 'done' };
    },
  };
}
