import type { RouterValues } from '../../domain/change.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { ruleIdIn, taggedComment } from './rule-tag.ts';
import { EFFECT_FIELDS, MATCH_FIELDS, type Family, type RuleChanges } from './rule-fields.ts';

/** `srcAddressList` is `src-address-list` on a router. */
export function routerField(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What a router calls the matchers that can be given here. */
export const KNOWN_MATCHERS: readonly string[] = Object.keys(MATCH_FIELDS).map(routerField);

/** Flags that are off when they are absent. */
export const SWITCHES: readonly string[] = ['disabled', 'log'];

/** Fields that say what a rule does and is, not what it matches. */
const NOT_MATCHERS: ReadonlySet<string> = new Set([
  'chain',
  'action',
  'hw-offload',
  ...Object.keys(EFFECT_FIELDS).map(routerField),
]);

/** All that a rule on a router matches by, also what cannot be given here. */
export function matchersOf(rule: RouterValues): string[] {
  return Object.keys(rule).filter((field) => !NOT_MATCHERS.has(field) && rule[field] !== '');
}

/** What of a rule on a router can be written again; what is off or empty is left out, the action is always there. */
export function captureRule(row: RouterRecord): RouterValues {
  const held = Object.entries(row).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      entry[1] !== '' &&
      !NOT_WRITABLE.has(entry[0]) &&
      !(SWITCHES.includes(entry[0]) && ['false', 'no'].includes(entry[1])),
  );
  return { ...Object.fromEntries(held), action: row['action'] ?? 'accept' };
}

/** Counters, ids and what the router finds out by itself. */
const NOT_WRITABLE: ReadonlySet<string> = new Set([
  '.id',
  '.nextid',
  '.dead',
  'bytes',
  'packets',
  'dynamic',
  'invalid',
  'creation-time',
]);

/** The wanted fields in the router's words, without the comment, which carries the tag as well. */
export function valuesOf(fields: Readonly<Record<string, string | boolean | undefined>>): RouterValues {
  const given = Object.entries(fields).filter(
    (entry): entry is [string, string | boolean] => entry[0] !== 'comment' && entry[1] !== undefined,
  );
  return Object.fromEntries(given.map(([field, value]) => [routerField(field), String(value)]));
}

/** What shall be set in a rule, in the router's words; null takes a field back. */
export function changesFor(rule: RouterValues, set: RuleChanges, family: Family): Record<string, string | null> {
  const { comment, ...fields } = set;
  const wanted: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) wanted[routerField(name)] = value === null ? absent(routerField(name)) : String(value);
  }
  if (set.action !== undefined && set.action !== rule['action']) settleAction(wanted, rule, set.action, family);
  if (comment === undefined) return wanted;
  const ruleId = ruleIdIn(rule['comment']);
  return { ...wanted, comment: ruleId === null ? comment : taggedComment(ruleId, comment) };
}

/** These are never unset on a router; they are off, or empty. */
function absent(field: string): string | null {
  if (SWITCHES.includes(field)) return 'false';
  return field === 'log-prefix' ? '' : null;
}

/** What belongs to the old action goes, and what a router adds by itself to the new one is said, so that it can be undone. */
function settleAction(wanted: Record<string, string | null>, rule: RouterValues, action: string, family: Family): void {
  for (const [field, belongsTo] of Object.entries(SETTINGS_OF_ACTIONS)) {
    if (rule[field] !== undefined && !belongsTo.test(action)) wanted[field] ??= null;
  }
  if (action === 'reject') wanted['reject-with'] ??= REJECTS_WITH[family];
  if (action.startsWith('add-')) wanted['address-list-timeout'] ??= rule['address-list-timeout'] ?? 'none-dynamic';
}

const SETTINGS_OF_ACTIONS: Readonly<Record<string, RegExp>> = {
  'jump-target': /^jump$/,
  'reject-with': /^reject$/,
  'address-list': /^add-/,
  'address-list-timeout': /^add-/,
};

/** How routers reject unless they are told. */
const REJECTS_WITH: Readonly<Record<Family, string>> = { ipv4: 'icmp-network-unreachable', ipv6: 'icmp-no-route' };
