import type { RouterValues } from '../../domain/change.ts';
import { AppError } from '../../errors/app-error.ts';
import { holdsValues, sameValue } from '../../routeros/canonical.ts';
import type { RuleRef } from './rule-changes.ts';
import { ruleIdIn, tagOf } from './rule-tag.ts';
import { matchersOf, valuesOf } from './rule-values.ts';

/** A rule on its way through a change: `id` is ours, of this calculation only. */
export interface Row {
  id: number;
  values: RouterValues;
}
export type Table = readonly Row[];

/** The rule that is meant; null when there is none. Fails with DEVICE_ENTRY_AMBIGUOUS when it could be several. */
export function findRow(table: Table, chain: string, ref: RuleRef): Row | null {
  const found =
    'ruleId' in ref
      ? table.filter((row) => ruleIdIn(row.values['comment']) === ref.ruleId)
      : table.filter((row) => row.values['chain'] === chain && hasFingerprint(row.values, valuesOf(ref.match)));
  if (found.length > 1) throw ambiguous(table, found, describeRef(chain, ref));
  const [row] = found;
  if (row !== undefined && row.values['chain'] !== chain) {
    throw new AppError('CONFLICT', {
      message: `${describeRow(table, row)} is in chain ${row.values['chain'] ?? '(none)'}, not in ${chain}.`,
      hint: 'Give the chain that the rule is in; remove it there and add it here to change the chain.',
    });
  }
  return row ?? null;
}

/** As `findRow`; a rule that is not there is DEVICE_ENTRY_MISSING. */
export function requireRow(table: Table, chain: string, ref: RuleRef): Row {
  const row = findRow(table, chain, ref);
  if (row !== null) return row;
  throw new AppError('DEVICE_ENTRY_MISSING', {
    message: `There is no filter rule with ${describeRef(chain, ref)}.`,
    hint: 'See list_firewall_rules for the rules that are there.',
  });
}

/** Action and matchers are these, and there are no others. */
export function hasFingerprint(rule: RouterValues, { action = 'accept', ...matchers }: RouterValues): boolean {
  return (
    (rule['action'] ?? 'accept') === action &&
    matchersOf(rule).every((field) => matchers[field] !== undefined) &&
    holdsValues(rule, matchers)
  );
}

/** Rows are named by the first of these that tell them apart; the comment alone where that is enough. */
const NAMING = [
  'comment',
  'chain',
  'action',
  'protocol',
  'dst-port',
  'in-interface-list',
  'out-interface-list',
  'in-interface',
  'out-interface',
  'src-address',
  'dst-address',
  'src-address-list',
  'dst-address-list',
  'src-port',
  'jump-target',
  'log-prefix',
  'connection-state',
];

/**
 * Fields that name one rule among all versions of all others, without those in `avoid`; null when nothing tells it apart.
 * With `mayLack` also what it lacks, as an empty value.
 */
export function keyOf(
  row: Row,
  versions: readonly Row[],
  { avoid, mayLack }: { avoid: readonly string[]; mayLack: boolean },
): RouterValues | null {
  const others = versions.filter(({ id }) => id !== row.id);
  const isUnique = (key: RouterValues): boolean => !others.some(({ values }) => holdsValues(values, key));
  const usable = [...NAMING, ...Object.keys(row.values).filter((field) => !NAMING.includes(field))].filter(
    (field) => !avoid.includes(field) && (row.values[field] ?? '') !== '' && !STATES.has(field),
  );
  const key: RouterValues = {};
  for (const field of usable) {
    key[field] = row.values[field]!;
    if (isUnique(key)) return key;
  }
  // A rule that matches more than others do is told from them by what it lacks.
  for (const field of NAMING) {
    if (!mayLack || avoid.includes(field) || (row.values[field] ?? '') !== '') continue;
    key[field] = '';
    if (isUnique(key)) return key;
  }
  return null;
}

/** Absent and off are the same of these, so they tell nothing apart. */
const STATES: ReadonlySet<string> = new Set(['disabled', 'log', 'hw-offload']);

/** The fields in which two versions of a rule differ. */
export function differing(before: RouterValues, after: Readonly<Record<string, string | null>>): string[] {
  return Object.keys(after).filter((field) => !sameValue(field, before[field], after[field] ?? undefined));
}

export function ambiguous(table: Table, rows: readonly Row[], what: string): AppError {
  return new AppError('DEVICE_ENTRY_AMBIGUOUS', {
    message: `${rows.length} filter rules have ${what}: ${rows.map((row) => describeRow(table, row)).join('; ')}.`,
    hint: 'Make them tell apart on the device, for example by their comments, and propose the change again.',
    details: { entries: rows.length },
  });
}

/** `rule 3 of chain input ("allow dns")`, counted from 0 as RouterOS numbers rules that are configured. */
export function describeRow(table: Table, row: Row): string {
  const { comment, chain = '', action = 'accept' } = row.values;
  const position = table.findIndex(({ id }) => id === row.id);
  const which = position === -1 ? 'the new rule' : `rule ${position}`;
  return `${which} (${action} in ${chain}${comment ? `, "${comment}"` : ', without a comment'})`;
}

function describeRef(chain: string, ref: RuleRef): string {
  if ('ruleId' in ref) return `the tag "${tagOf(ref.ruleId)}"`;
  const fields = Object.entries(valuesOf(ref.match)).map(([field, value]) => `${field}=${value}`);
  return `exactly chain=${chain}, ${fields.join(', ')}`;
}
