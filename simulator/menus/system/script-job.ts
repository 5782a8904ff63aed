import type { CommandDefinition, Item, MenuDefinition } from '../../engine/definition.ts';
import { formatPolicies } from '../../engine/policy.ts';
import { missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { text } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { comment } from '../row-fields.ts';

const JOBS = '/system/script/job';

/** Scripts that are running; removing a row ends one. */
export const systemScriptJob: MenuDefinition = {
  path: JOBS,
  kind: 'list',
  rows: 'fixed',
  backedUp: false,
  fields: {
    comment,
    owner: { type: text, access: 'read-only' },
    policy: { type: text, access: 'read-only' },
    script: { type: text, access: 'read-only' },
    started: { type: text },
    type: { type: text },
  },
  derived: (router) =>
    router.jobs().map(({ id, owner, script, startedAtMs, policies }): Item => ({
      id,
      dynamic: true,
      values: {
        owner,
        policy: formatPolicies(policies)
          .split(',')
          .filter((policy) => !policy.startsWith('!'))
          .join(','),
        ...(script === '' ? {} : { script }),
        started: formatLocal(startedAtMs, router.timeZone()),
        type: 'command',
      },
      internal: {},
    })),
  commands: { remove: removeCommand() },
};

function removeCommand(): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      const keys = args.get('.id') ?? args.get('numbers');
      if (keys === undefined) throw missingArgument('.id');
      for (const key of keys.split(',')) {
        const id = router.find(JOBS, key)?.id;
        const job = router.jobs().find((candidate) => candidate.id === id);
        if (!job) throw noSuchItem();
        job.end();
      }
      return { kind: 'done' };
    },
  };
}
