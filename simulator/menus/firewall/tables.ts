import type { MenuDefinition } from '../../engine/definition.ts';
import { filterRules, ipv6FilterRules, natRules } from './defconf-rules.ts';
import { ruleMenu } from './rule-menu.ts';

const none = (): readonly [] => [];

/** The rule tables of both families. */
export const RULE_TABLES: readonly MenuDefinition[] = [
  ruleMenu('ip', 'filter', filterRules),
  ruleMenu('ip', 'nat', natRules),
  ruleMenu('ip', 'mangle', none),
  ruleMenu('ip', 'raw', none),
  ruleMenu('ipv6', 'filter', ipv6FilterRules),
  ruleMenu('ipv6', 'nat', none),
  ruleMenu('ipv6', 'mangle', none),
  ruleMenu('ipv6', 'raw', none),
];
