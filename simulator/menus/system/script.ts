import type { CommandDefinition, FieldType, MenuDefinition, Reply } from '../../engine/definition.ts';
import { badRequest, missingArgument, noMatch, noSuchItem } from '../../engine/router-error.ts';
import { boolean, text } from '../../values/field-types.ts';
import { formatLocal } from '../../values/local-time.ts';
import { comment, computed } from '../row-fields.ts';
import { freeName } from './free-name.ts';
import { DEFAULT_POLICIES, refuseForeignPolicies, scriptPolicies } from './script-policies.ts';
import { SCRIPTS, startScript } from './script-start.ts';

const owner: FieldType = {
  kind: 'reference',
  parse: (input, field, router) => {
    if (!router.items('/user').some((item) => item.values['name'] === input)) throw noMatch(field);
    return input;
  },
};

/** Scripts that can be run by name. */
export const systemScript: MenuDefinition = {
  path: SCRIPTS,
  kind: 'list',
  noun: 'script',
  nameField: 'name',
  fields: {
    comment,
    'dont-require-permissions': { type: boolean, default: 'false' },
    invalid: { type: boolean, compute: () => 'false' },
    'last-started': computed((item, router) => {
      const startedMs = item.internal['startedMs'];
      return startedMs === undefined ? undefined : formatLocal(startedMs, router.timeZone());
    }),
    name: { type: text, default: (router) => freeName(router, SCRIPTS, 'script') },
    owner: { type: owner, default: (_router, caller) => caller.user },
    policy: { type: scriptPolicies, default: DEFAULT_POLICIES },
    'run-count': computed((item) => String(item.internal['runs'] ?? 0)),
    source: { type: text, default: '' },
  },
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'item with this name already exists' : undefined,
  prepare: refuseForeignPolicies,
  booted: (router) => {
    for (const item of router.items(SCRIPTS)) {
      delete item.internal['runs'];
      delete item.internal['startedMs'];
    }
  },
  commands: { run: runCommand() },
};

/** Answers when the script has ended; its error is the command's. */
function runCommand(): CommandDefinition {
  return {
    policy: 'read',
    parameters: ['.id', 'number', 'numbers', 'use-script-permissions'],
    versions: { 'use-script-permissions': { since: '7.15' } },
    run: (args, router, caller): Promise<Reply> => {
      const key = args.get('.id') ?? args.get('number') ?? args.get('numbers');
      if (key === undefined) throw missingArgument('.id');
      const script = router.find(SCRIPTS, key);
      if (!script) throw noSuchItem();
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      startScript(router, script, caller, {
        useScriptPermissions: isYes(args.get('use-script-permissions')),
        onDone: () => resolve({ kind: 'done' }),
        onFailure: (message) => reject(badRequest(message)),
      });
      return promise;
    },
  };
}

function isYes(value: string | undefined): boolean {
  return value === '' || value === 'yes' || value === 'true';
}
