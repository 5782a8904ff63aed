import { z } from 'zod';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBytes, toNumber, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { holdsPart, isWanted, PartOfText } from '../list-filters.ts';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';
import { ACTION_SETTINGS, MATCHERS } from './rule-fields.ts';

const TABLES = ['filter', 'nat', 'mangle', 'raw'] as const;
const FAMILIES = { ipv4: '/ip/firewall', ipv6: '/ipv6/firewall' } as const;
const FIELDS = [
  'chain',
  'action',
  ...MATCHERS,
  ...ACTION_SETTINGS,
  'bytes',
  'packets',
  'disabled',
  'dynamic',
  'invalid',
  'log',
  'log-prefix',
  'comment',
];

const Rule = z.strictObject({
  id: Word,
  /** Place in the table, from 0, as RouterOS numbers rules; packets meet them in this order. */
  position: z.int(),
  chain: Name,
  action: Word,
  /** What packets must have; a rule without any matches all. */
  matchers: z.array(z.strictObject({ name: Word, not: z.boolean(), value: untrusted(512) })),
  /** What the action is told, such as to-addresses or jump-target. */
  settings: z.array(z.strictObject({ name: Word, value: untrusted(512) })),
  bytes: z.number().nullable(),
  packets: z.number().nullable(),
  disabled: z.boolean(),
  dynamic: z.boolean(),
  invalid: z.boolean(),
  log: z.boolean(),
  logPrefix: Name.nullable(),
  comment: CommentText,
});

export const listFirewallRules = defineListRead({
  name: 'list_firewall_rules',
  title: 'Firewall rules',
  summary:
    'Rules of one firewall table (filter, nat, mangle or raw) in order: chain, action, matchers, counters, comment.',
  toolset: 'firewall',
  isCore: true,
  phase: 1,
  paths: Object.values(FAMILIES).flatMap((menu) => TABLES.map((table) => `${menu}/${table}`)),
  filters: z.strictObject({
    table: z.enum(TABLES).default('filter').describe('Which table'),
    family: z.enum(['ipv4', 'ipv6']).default('ipv4').describe('Which firewall'),
    chain: z.string().min(1).max(64).optional().describe('Only this chain, such as "input"'),
    action: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'an action is 1 to 40 lower-case letters, digits or "-"')
      .optional()
      .describe('Only this action, such as "drop"'),
    disabled: z.boolean().optional().describe('Only disabled rules, or only the others'),
    contains: PartOfText.optional().describe('Only rules with this in comment, matchers or settings'),
  }),
  item: Rule,
  items: 'rules',
  limits: { usual: 50, most: 300 },
  read: async (router, { table, family, chain, action, disabled, contains }) => {
    const rows = await router.list(`${FAMILIES[family]}/${table}`, { fields: FIELDS });
    const rules = rows.map(toRule);
    return {
      rows: rules.filter(
        (rule) =>
          isWanted(chain, rule.chain) &&
          isWanted(action, rule.action) &&
          isWanted(disabled, rule.disabled) &&
          holdsPart(contains, rule.comment, ...[...rule.matchers, ...rule.settings].map(({ value }) => value)),
      ),
    };
  },
});

function toRule(row: RouterRecord, position: number): z.input<typeof Rule> {
  return {
    id: toRequiredText(row['.id'], '.id'),
    position,
    chain: toRequiredText(row['chain'], 'chain'),
    // Left out when it is the usual one.
    action: row['action'] ?? 'accept',
    matchers: valuesOf(row, MATCHERS).map(([name, value]) =>
      value.startsWith('!') ? { name, not: true, value: value.slice(1) } : { name, not: false, value },
    ),
    settings: valuesOf(row, ACTION_SETTINGS).map(([name, value]) => ({ name, value })),
    bytes: toBytes(row['bytes']),
    packets: toNumber(row['packets']),
    disabled: toBoolean(row['disabled']),
    dynamic: toBoolean(row['dynamic']),
    invalid: toBoolean(row['invalid']),
    log: toBoolean(row['log']),
    logPrefix: row['log-prefix'] || null,
    comment: row['comment'] ?? null,
  };
}

function valuesOf(row: RouterRecord, names: readonly string[]): [string, string][] {
  return names.flatMap((name): [string, string][] => {
    const value = row[name];
    return value === undefined || value === '' ? [] : [[name, value]];
  });
}
