import type { CommandDefinition, Item, MenuDefinition, RouterView, Values } from '../../engine/definition.ts';
import { missingArgument, noSuchItem } from '../../engine/router-error.ts';
import { boolean } from '../../values/field-types.ts';
import { comment, computed, dynamic } from '../row-fields.ts';
import { actionFields } from './actions.ts';
import { countOf, resetCount } from './counters.ts';
import { fasttrackDummies } from './fasttrack-dummies.ts';
import { type Family, MATCHERS, optional, type Table } from './matchers.ts';
import { prepareRule } from './rule-checks.ts';
import { name } from './value-types.ts';

/**
 * One table of rules, in the order in which packets meet them. `disabled`, `log` and `log-prefix` are there once they
 * were written; matchers only while they are set.
 */
export function ruleMenu(
  family: Family,
  table: Table,
  seed: (router: RouterView) => readonly Values[],
): MenuDefinition {
  const path = `/${family}/firewall/${table}`;
  return {
    path,
    kind: 'list',
    ordered: true,
    numberedByComment: true,
    noun: `${table} rule`,
    fields: {
      ...MATCHERS[family][table],
      ...actionFields(family, table),
      bytes: computed((item, router) => String(countOf(item, router).bytes)),
      chain: { type: name, required: true },
      comment,
      disabled: optional(boolean),
      dynamic,
      invalid: computed(() => 'false'),
      packets: computed((item, router) => String(countOf(item, router).packets)),
    },
    seed,
    derived: (router) => fasttrackDummies(family, table, router),
    prepare: (change, router) => prepareRule(family, table, router.version, change),
    booted: (router) => {
      for (const item of router.items(path)) resetCount(item, 0);
    },
    commands: {
      'reset-counters': resetCounters(path),
      'reset-counters-all': {
        policy: 'write',
        parameters: [],
        run: (_args, router) => {
          for (const item of router.items(path)) resetCount(item, router.clock.uptimeMs());
          return { kind: 'done' };
        },
      },
    },
  };
}

function resetCounters(path: string): CommandDefinition {
  return {
    policy: 'write',
    parameters: ['.id', 'numbers'],
    run: (args, router) => {
      const given = args.get('.id') ?? args.get('numbers');
      if (given === undefined) throw missingArgument('.id');
      const keys = given.split(',');
      const items = keys.map((key) => router.find(path, key));
      if (items.includes(undefined)) throw noSuchItem();
      for (const item of items.filter((found): found is Item => found !== undefined)) {
        resetCount(item, router.clock.uptimeMs());
      }
      return { kind: 'done' };
    },
  };
}
