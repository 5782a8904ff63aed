import type { Caller, Change, FieldType, Item, RouterView } from '../../engine/definition.ts';
import { parsePolicies, type Policy } from '../../engine/policy.ts';
import { noMatch, notPermitted } from '../../engine/router-error.ts';

/** The printing order of what a script may do differs from that of a group. */
const AS_PRINTED: readonly Policy[] = [
  'ftp',
  'reboot',
  'read',
  'write',
  'policy',
  'test',
  'password',
  'sniff',
  'sensitive',
  'romon',
];

/** What a script or a scheduled one may do when nothing is said. */
export const DEFAULT_POLICIES = AS_PRINTED.join(',');

export const scriptPolicies: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const granted = parsePolicies(input);
    if (!granted) throw noMatch(field);
    return AS_PRINTED.filter((policy) => granted.has(policy)).join(',');
  },
};

/** What is in the field `policy` of a row. */
export function policiesIn(item: Item): Set<Policy> {
  return parsePolicies(item.values['policy'] ?? '') ?? new Set();
}

/** A row acts as its owner, with the policies that both it and the owner have. */
export function scriptCaller(item: Item, router: RouterView): Caller {
  const user = item.values['owner'] ?? '';
  const group = router.policiesOf(user);
  const policies = new Set([...policiesIn(item)].filter((policy) => group.has(policy)));
  return { user, transport: 'script', address: '', policies };
}

/** Nobody can give a script a policy that he does not have himself; the default is cut down silently. */
export function refuseForeignPolicies({ kind, after, given, caller }: Change): void {
  if (kind === 'remove') return;
  const wanted = parsePolicies(after['policy'] ?? '') ?? new Set<Policy>();
  const lacking = [...wanted].filter((policy) => !caller.policies.has(policy));
  if (lacking.length === 0) return;
  if (given.has('policy')) throw notPermitted();
  after['policy'] = AS_PRINTED.filter((policy) => wanted.has(policy) && !lacking.includes(policy)).join(',');
}
