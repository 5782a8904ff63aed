import type { Change, FieldType, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { ALL_POLICIES, formatPolicies, parsePolicies, type Policy } from '../../engine/policy.ts';
import { failure, noMatch } from '../../engine/router-error.ts';
import { text } from '../../values/field-types.ts';
import { BUILTIN_ROW } from '../builtin-row.ts';
import { comment } from '../row-fields.ts';

const policyList: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const granted = parsePolicies(input);
    if (!granted) throw noMatch(field);
    return formatPolicies(granted);
  },
};

export const userGroup: MenuDefinition = {
  path: '/user/group',
  kind: 'list',
  noun: 'group',
  nameField: 'name',
  writePolicy: 'policy',
  fields: {
    comment,
    name: { type: text, required: true },
    policy: { type: policyList, default: formatPolicies(new Set()) },
    skin: { type: text, default: 'default' },
  },
  seed: () => [
    { name: 'read', policy: formatPolicies(without('ftp', 'write', 'policy')) },
    { name: 'write', policy: formatPolicies(without('ftp', 'policy')) },
    { name: 'full', policy: formatPolicies(ALL_POLICIES) },
  ],
  collision: ({ name }, others) =>
    others.some((other) => other.values['name'] === name) ? 'group with the same name already exists' : undefined,
  prepare: ({ kind, item }: Change, router: RouterView) => {
    if (kind !== 'remove') return;
    if (router.items('/user').some((user) => user.values['group'] === item.id)) throw failure('group has some users');
    if (BUILTIN.has(item.id)) throw failure(BUILTIN_ROW);
  },
};

/** Ids of `read`, `write` and `full`. */
const BUILTIN: ReadonlySet<string> = new Set(['*1', '*2', '*3']);

function without(...policies: readonly Policy[]): Set<Policy> {
  return new Set([...ALL_POLICIES].filter((policy) => !policies.includes(policy)));
}
