import { z } from 'zod';
import { parsePrefix } from '../../routeros/prefixes.ts';
import { ChainName, Family, Fingerprint, formed, RuleChanges, RuleFields } from './rule-fields.ts';

/**
 * Fields of a rule by name, checked as strictly as the rule itself. Listed in words: they stand in many places, and told
 * in full each time they would be most of what a client reads of this tool.
 */
const namedFields = <Value extends z.ZodType, Fields extends z.ZodType>(value: Value, fields: Fields) =>
  z.record(z.string().max(20), value).pipe(fields as z.ZodType<z.output<Fields>, Record<string, z.output<Value>>>);

const RuleId = formed(
  63,
  /^[a-z0-9][a-z0-9._-]{0,62}$/,
  'a ruleId is 1 to 63 lower-case letters, digits, ".", "_" or "-"',
);

/** A rule of the change's chain. */
const RuleRef = z.union([
  z.strictObject({ ruleId: RuleId }),
  z.strictObject({
    match: namedFields(z.string().max(120), Fingerprint).describe('action and all matchers, as in rule of op add'),
  }),
]);
export type RuleRef = z.infer<typeof RuleRef>;

const Place = z.union([
  z.enum(['top', 'bottom']),
  z.strictObject({ before: RuleRef }),
  z.strictObject({ after: RuleRef }),
]);
export type Place = z.infer<typeof Place>;
const PLACE = 'top or bottom of the chain, or before or after another of its rules; anywhere before or after it counts';

const chain = ChainName;

const RuleChange = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('add'),
    chain,
    ruleId: RuleId.describe('Stable name; on routers the comment begins with "convoy:" and this'),
    rule: RuleFields.describe('The rule'),
    place: Place.describe(PLACE),
  }),
  z.strictObject({
    op: z.literal('modify'),
    chain,
    rule: RuleRef,
    set: namedFields(z.union([z.string().max(150), z.boolean(), z.null()]), RuleChanges).describe(
      'Fields that change, as in rule of op add; null takes one back',
    ),
  }),
  z.strictObject({ op: z.literal('move'), chain, rule: RuleRef, place: Place }),
  z.strictObject({ op: z.literal('remove'), chain, rule: RuleRef }),
]);
export type RuleChange = z.infer<typeof RuleChange>;
export type RuleChangeOf<Op extends RuleChange['op']> = Extract<RuleChange, { op: Op }>;

export const FirewallInput = z.strictObject({
  family: Family.default('ipv4').describe('Which firewall'),
  changes: z
    .array(RuleChange)
    .min(1)
    .max(20)
    .describe('1 to 20 changes of filter rules, each of another rule; rules that are not named stay as they are'),
});
export type FirewallInput = z.infer<typeof FirewallInput>;

const PORT_PROTOCOLS: readonly unknown[] = ['tcp', 'udp', 'udp-lite', 'dccp', 'sctp'];

/** What of the changes can be on no router, as a sentence; null when nothing is. */
export function refuseChanges({ family, changes }: FirewallInput): string | null {
  const named = new Set<string>();
  const removed = new Set(changes.flatMap((change) => (change.op === 'remove' ? [nameOf(change)] : [])));
  const tops = new Set<string>();
  for (const [index, change] of changes.entries()) {
    const where = `changes[${index}]`;
    const name = nameOf(change);
    if (named.has(name))
      return `${where} is about a rule that another change is about already; give each rule one change`;
    named.add(name);
    const problem = change.op === 'add' ? unfit({ chain: change.chain, ...change.rule }) : null;
    if (problem !== null) return `${where}.rule: ${problem}`;
    const wrong = textsOf(change).find((text) => isOfOtherFamily(text, family));
    if (wrong !== undefined) return `${where}: "${wrong}" is no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`;
    if (change.op !== 'add' && change.op !== 'move') continue;
    const { place } = change;
    if (typeof place === 'string') {
      const end = `${change.chain} ${place}`;
      if (tops.has(end)) return `${where}.place: only one rule can be at the ${place} of ${change.chain}`;
      tops.add(end);
      continue;
    }
    const anchor = nameOfRef(change.chain, 'before' in place ? place.before : place.after);
    if (anchor === name) return `${where}.place: a rule cannot be placed by itself`;
    if (removed.has(anchor)) return `${where}.place names a rule that this plan removes; place it by one that stays`;
  }
  return null;
}

/** What does not fit together in a rule, with fields as they are given; null when it fits. */
export function unfit(rule: { chain: string; action?: unknown } & Readonly<Record<string, unknown>>): string | null {
  const has = (...fields: string[]): boolean => fields.some((field) => (rule[field] ?? null) !== null);
  const { chain: ofChain, action = 'accept', protocol } = rule;
  const addsToList = action === 'add-src-to-address-list' || action === 'add-dst-to-address-list';
  const checks: readonly (readonly [boolean, string])[] = [
    [has('srcPort', 'dstPort') && !PORT_PROTOCOLS.includes(protocol), 'srcPort and dstPort need protocol tcp or udp'],
    [has('inInterface', 'inInterfaceList') && ofChain === 'output', 'output has no inInterface and no inInterfaceList'],
    [
      has('outInterface', 'outInterfaceList') && ofChain === 'input',
      'input has no outInterface and no outInterfaceList',
    ],
    [action === 'jump' && !has('jumpTarget'), 'action jump needs jumpTarget'],
    [action !== 'jump' && has('jumpTarget'), 'jumpTarget is for action jump only'],
    [action === 'jump' && rule['jumpTarget'] === ofChain, 'a chain cannot jump to itself'],
    [action !== 'reject' && has('rejectWith'), 'rejectWith is for action reject only'],
    [rule['rejectWith'] === 'tcp-reset' && protocol !== 'tcp', 'rejectWith tcp-reset needs protocol tcp'],
    [addsToList && !has('addressList'), `action ${String(action)} needs addressList`],
    [!addsToList && has('addressList', 'addressListTimeout'), 'addressList is for the actions that add to one'],
    [
      action === 'fasttrack-connection' && !['forward', 'output'].includes(ofChain) && BUILT_IN.has(ofChain),
      'fasttrack-connection belongs into forward',
    ],
  ];
  return checks.find(([applies]) => applies)?.[1] ?? null;
}

const BUILT_IN: ReadonlySet<string> = new Set(['input', 'forward', 'output']);

function nameOf(change: RuleChange): string {
  return change.op === 'add'
    ? nameOfRef(change.chain, { ruleId: change.ruleId })
    : nameOfRef(change.chain, change.rule);
}

function nameOfRef(ofChain: string, ref: RuleRef): string {
  if ('ruleId' in ref) return ref.ruleId;
  return JSON.stringify([ofChain, ...Object.entries(ref.match).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function textsOf(change: RuleChange): string[] {
  const rules: Readonly<Record<string, unknown>>[] = [];
  if (change.op === 'add') rules.push(change.rule);
  if (change.op === 'modify') rules.push(change.set);
  if (change.op !== 'add' && 'match' in change.rule) rules.push(change.rule.match);
  return rules.flatMap(({ srcAddress, dstAddress }) =>
    [srcAddress, dstAddress].filter((text): text is string => typeof text === 'string'),
  );
}

function isOfOtherFamily(text: string, family: Family): boolean {
  const prefix = parsePrefix(text.replace(/^!/, '').split('-')[0] ?? '');
  return prefix !== null && prefix.family !== (family === 'ipv4' ? 4 : 6);
}
